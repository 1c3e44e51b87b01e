package demo

import "github.com/emne/emne/process"

// Companies are the entries of the demo's register of companies. They are made
// up; their numbers have right check digits.
func Companies() []process.RegisterEntry {
	entry := func(number, name, street, postcode, city, trouble string) process.RegisterEntry {
		return process.RegisterEntry{Name: name, OrganisationNumber: number, VATNumber: "NO" + number + "MVA", Trouble: trouble,
			Address: process.Address{Street: street, Postcode: postcode, City: city, Country: "NO"}}
	}
	return []process.RegisterEntry{
		entry("999123007", "HANSEN BYGG AS", "Storgata 1", "0150", "OSLO", ""),
		entry("999234003", "NORDLYS KAFE AS", "Nygata 12", "9510", "ALTA", ""),
		entry("999345018", "FJORD REGNSKAP AS", "Strandgaten 5", "5013", "BERGEN", ""),
		entry("999456006", "FJORD FISK AS", "Havnegata 9", "7010", "TRONDHEIM", process.TroubleBankrupt),
	}
}
