// Package einvoice writes invoices and credit notes as EN 16931 asks for it.
//
//  1. FromSnapshot turns what was issued into a Model: the semantic model of
//     EN 16931-1, its business terms (BT) and groups (BG) named beside the
//     fields. Identifiers get the form of their registers here, and here alone.
//  2. Check says what the standard, Peppol BIS Billing 3.0 (EHF) and the
//     Norwegian rules miss, each with the field to mend.
//  3. CII writes the model as UN/CEFACT Cross Industry Invoice D16B, the XML
//     inside a Factur-X or ZUGFeRD PDF; UBL writes it as Peppol carries it.
//
// Nothing is computed that the snapshot has: amounts are carried over exactly.
// The promise: a model without problems passes the official rules, and the same
// model gives the same bytes.
package einvoice
