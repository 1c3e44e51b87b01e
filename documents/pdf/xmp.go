package pdf

import (
	"bytes"
	"encoding/xml"
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
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`))

func metadata(a archived) ([]byte, error) {
	var b bytes.Buffer
	err := packet.Execute(&b, struct{ Title, Author, Language, Software, Time string }{
		a.title, a.author, a.lang, software, a.madeAt.Format("2006-01-02T15:04:05+00:00")})
	return b.Bytes(), err
}

func escapeXML(s string) (string, error) {
	var b bytes.Buffer
	err := xml.EscapeText(&b, []byte(s))
	return b.String(), err
}

// pdfTime is a date of ISO 32000-1 7.9.4 in UTC.
func pdfTime(t time.Time) string { return t.UTC().Format("D:20060102150405") + "+00'00'" }
