// Package pdf draws quotes, invoices and credit notes as PDF/A-3b.
//
//  1. Compose lays a snapshot out on pages as marks (text, lines, boxes): the
//     letterhead, the table of lines with carried heads and sums, the totals
//     with payment box, the closing texts. No mark is drawn before all pages
//     are known.
//  2. Draw writes the marks with gofpdf, which nothing else imports. When
//     Windows-1252 can write the whole document, it takes 8-bit fonts that were
//     made once; otherwise Unicode fonts with the document's characters alone.
//  3. Archive rewrites the file to PDF/A-3b (ISO 19005-3), with metadata, a
//     colour profile and the attachments.
//
// The promise: the same snapshot gives the same bytes, totals never stand on
// two pages, and foreign text never makes it fail: what the fonts do not have
// is replaced visibly, and Gaps tells beforehand.
package pdf
