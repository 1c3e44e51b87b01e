package process

import (
	"slices"
	"strings"
)

// minorUnits is the number of decimals of the currencies that something can be
// sold in: the circulating ones of ISO 4217, list one, as of January 2026.
// Metals, funds, units of account and the code for none (XAU, CHW, XDR, XXX)
// are no such thing, and known is false for them.
func minorUnits(currency string) (decimals int32, known bool) {
	is := func(list string) bool { return len(currency) == 3 && strings.Contains(list, currency+" ") }
	switch {
	case is(wholeCurrencies):
		return 0, true
	case is(milliCurrencies):
		return 3, true
	}
	return 2, is(centCurrencies)
}

// The currencies by their decimals: none, two and three.
const (
	wholeCurrencies = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF "
	centCurrencies  = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR " +
		"FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU " +
		"MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL " +
		"THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG "
	milliCurrencies = "BHD IQD JOD KWD LYD OMR TND "
)

// Currencies are the codes that documents and prices can be in, in their order.
func Currencies() []string {
	codes := strings.Fields(wholeCurrencies + centCurrencies + milliCurrencies)
	slices.Sort(codes)
	return codes
}

// Decimals is the number of decimals of an ISO 4217 currency, 2 of one that is
// not known.
func Decimals(currency string) int32 {
	n, _ := minorUnits(currency)
	return n
}

// KnownCurrency reports whether documents and rates can be in the currency.
func KnownCurrency(c string) bool { return validCurrency(c) }

// validCurrency reports whether documents and prices can be in the currency.
func validCurrency(c string) bool {
	_, known := minorUnits(c)
	return known
}

// currencyShaped reports whether the text looks like a currency's code. What
// was stored before a currency was withdrawn can still be read by it.
func currencyShaped(c string) bool {
	if len(c) != 3 {
		return false
	}
	for _, r := range c {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}
