// Package portal is the customers' pages: what the link in a mail opens.
//
//  1. The token in the address is turned into an actor who may see and answer
//     one document, and nothing else. An unknown token looks like any other
//     address that is not there.
//  2. GET shows the quote or the invoice as it stands, in the document's
//     language, with the PDF whose SHA-256 an acceptance is bound to.
//  3. Accepting, declining and asking are posts, answered with a redirect to
//     the page, which then says what is so. No GET changes a quote.
//  4. An answer that is not possible (any more) is refused with what is, and
//     with what was filled in still there.
//
// The promise: nobody accepts by opening a link, and nobody who has one link
// sees anything of another record. The pages need no cookie and no JavaScript.
package portal
