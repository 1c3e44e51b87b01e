package einvoice

import "strings"

// currencies are the codes of ISO 4217 that both EN 16931's and Peppol's lists
// know (BR-CL-04, PEPPOL-EN16931-CL007; lists of May 2026), less XXX, XTS and
// those for metals and funds, in which nobody invoices.
const currencies = " AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNH CNY COP CRC CUP CVE" +
	" CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF" +
	" KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP" +
	" PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU" +
	" UYW UZS VED VES VND VUV WST XAF XCD XCG XDR XOF XPF YER ZAR ZMW ZWG "

func knownCurrency(code string) bool { return listed(currencies, code) }

// addressSchemes is the list EAS as Peppol uses it (PEPPOL-EN16931-CL008, list of
// May 2026); EN 16931's own (BR-CL-25) has all of it.
const addressSchemes = " 0002 0007 0009 0060 0088 0096 0097 0106 0130 0135 0142 0151 0183 0184 0188 0190 0191 0192 0195 0196 0198 0199 0200 0201 0204 0208" +
	" 0209 0210 0211 0216 0218 0221 0225 0230 0235 0240 0242 0244 0245 0246 0248 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925 9926 9927 9928" +
	" 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947 9948 9949 9950 9951 9952 9953 9957 9959 "

func knownAddressScheme(s string) bool { return listed(addressSchemes, s) }

// knownRegister reports whether a scheme is of the ICD list of ISO 6523
// (BR-CL-11): 0002 to 0248, with four codes that were never given out.
func knownRegister(s string) bool {
	return len(s) == 4 && digits(s) && s >= "0002" && s <= "0248" && !strings.Contains(" 0092 0103 0181 0182 ", " "+s+" ")
}

func listed(list, code string) bool {
	return code != "" && !strings.Contains(code, " ") && strings.Contains(list, " "+code+" ")
}
