package pdf

import (
	"bytes"
	"encoding/xml"
	"slices"
	"text/template"
	"time"
)

// software names the maker of the file.
const software = "emne"

// packet is the XMP metadata (ISO 16684-1) that says PDF/A-3b (ISO 19005-3
// 6.6.4). What is said in the document information dictionary says the same.
var packet = template.Must(template.New("xmp").Funcs(template.FuncMap{"x": escapeXML}).Parse(
	"<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang="x-default">{{x .Title}}</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>{{x .Author}}</rdf:li></rdf:Seq></dc:creator><dc:language><rdf:Bag><rdf:li>{{x .Language}}</rdf:li></rdf:Bag></dc:language></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>{{x .Software}}</pdf:Producer></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreatorTool>{{x .Software}}</xmp:CreatorTool><xmp:CreateDate>{{.Time}}</xmp:CreateDate><xmp:ModifyDate>{{.Time}}</xmp:ModifyDate></rdf:Description>
{{with .FacturX}}` + facturX + `{{end}}</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`))

// facturX names the invoice inside (Factur-X 1.0 section 6.3), after a
// description of the names, as PDF/A asks for it (ISO 19005-3 6.6.2.3).
const facturX = `<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X</pdfaSchema:schema><pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>` +
	`<rdf:li rdf:parseType="Resource"><pdfaProperty:name>DocumentFileName</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>name of the embedded XML invoice</pdfaProperty:description></rdf:li>` +
	`<rdf:li rdf:parseType="Resource"><pdfaProperty:name>DocumentType</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>kind of the embedded document</pdfaProperty:description></rdf:li>` +
	`<rdf:li rdf:parseType="Resource"><pdfaProperty:name>Version</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>version of the standard</pdfaProperty:description></rdf:li>` +
	`<rdf:li rdf:parseType="Resource"><pdfaProperty:name>ConformanceLevel</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>conformance level of the embedded invoice</pdfaProperty:description></rdf:li>` +
	`</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"><fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>{{x .Name}}</fx:DocumentFileName><fx:Version>1.0</fx:Version><fx:ConformanceLevel>{{x .FacturX}}</fx:ConformanceLevel></rdf:Description>
`

func metadata(a archived) ([]byte, error) {
	var b bytes.Buffer
	var invoice *Attachment
	if i := slices.IndexFunc(a.attachments, func(f Attachment) bool { return f.FacturX != "" }); i >= 0 {
		invoice = &a.attachments[i]
	}
	err := packet.Execute(&b, struct {
		Title, Author, Language, Software, Time string
		FacturX                                 *Attachment
	}{a.title, a.author, a.lang, software, a.madeAt.Format("2006-01-02T15:04:05+00:00"), invoice})
	return b.Bytes(), err
}

func escapeXML(s string) (string, error) {
	var b bytes.Buffer
	err := xml.EscapeText(&b, []byte(s))
	return b.String(), err
}

// pdfTime is a date of ISO 32000-1 7.9.4 in UTC.
func pdfTime(t time.Time) string { return t.UTC().Format("D:20060102150405") + "+00'00'" }
