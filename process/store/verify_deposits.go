package store

// depositChecks are what holds between deposit invoices, the invoices that
// deduct them, and their order. Amounts are compared without VAT, in each VAT
// group by itself: that makes the VAT of all of them the order's.
func depositChecks() []rowCheck {
	const ofGroup = " AND x.vat_category = g.vat_category AND x.vat_rate = g.vat_rate"
	// An invoice that was credited by amounts until nothing was left, and went
	// back to its order, deducts nothing any more.
	const notTakenBack = ` AND NOT (i.credited_minor >= i.gross_minor + i.rounding_minor AND EXISTS (SELECT 1 FROM credit_note c WHERE c.invoice_id = i.id AND c.reinvoice = 1)
		AND NOT EXISTS (SELECT 1 FROM credit_note c JOIN line y ON y.document_id = c.id WHERE c.invoice_id = i.id AND y.source <> ''))`
	return []rowCheck{
		{"money", "order", "what is deposited is not the sum of its deposit invoices less what is credited of them",
			`SELECT r.id FROM sales_order r WHERE r.deposited_minor <> (SELECT COALESCE(SUM(i.gross_minor + i.rounding_minor - i.credited_minor), 0)
			FROM invoice i WHERE i.order_id = r.id AND i.deposit = 1 AND i.state = 'issued')`},
		{"money", "invoice", "it is a deposit and has no order",
			"SELECT r.id FROM invoice r WHERE r.deposit = 1 AND r.order_id IS NULL"},
		{"money", "invoice", "more of this deposit is deducted than it asked for and was not credited",
			`SELECT DISTINCT r.id FROM invoice r JOIN vat_group g ON g.document_id = r.id WHERE r.deposit = 1 AND r.state = 'issued' AND g.base_minor <
			(SELECT COALESCE(SUM(x.base_minor), 0) FROM vat_group x JOIN credit_note c ON c.id = x.document_id WHERE c.invoice_id = r.id` + ofGroup + `) -
			(SELECT COALESCE(SUM(x.net_minor), 0) FROM line x JOIN invoice i ON i.id = x.document_id WHERE x.deposit = r.id AND x.net_minor < 0` + ofGroup + notTakenBack + `) +
			(SELECT COALESCE(SUM(x.net_minor), 0) FROM line x JOIN credit_note c ON c.id = x.document_id WHERE x.deposit = r.id AND x.net_minor < 0` + ofGroup + `)`},
		{"money", "invoice", "it deducts what is no issued deposit of its order in that VAT group",
			`SELECT DISTINCT r.id FROM invoice r JOIN line g ON g.document_id = r.id WHERE g.deposit <> '' AND g.net_minor < 0 AND NOT EXISTS
			(SELECT 1 FROM invoice d JOIN vat_group x ON x.document_id = d.id WHERE d.id = g.deposit AND d.deposit = 1 AND d.state = 'issued' AND d.order_id = r.order_id` + ofGroup + `)`},
	}
}
