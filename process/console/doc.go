// Package console is the salespeople's pages: server-rendered, complete without
// JavaScript, in the language of who looks.
//
//  1. New parses the pages of every language and puts one handler together;
//     access guards it (host names, other sites' posts, headers, who it is).
//  2. Each request is a visit: it knows the actor, the language, the company's
//     settings, and writes amounts, days and states in words.
//  3. kinds.go lists the kinds of records. One list page, one record page and
//     one form page serve all of them; what differs is data: columns (rows.go),
//     facts (facts.go), fields (forms.go) and the fields of verbs (actions.go).
//  4. A form is turned into the same JSON that the API takes, and goes through
//     process.Verbs and process.Forms, so that a button does exactly what the
//     API does. Problems come back to the fields that they name.
//  5. Every change answers with a redirect. A stream of events tells open pages
//     that something happened; they fetch themselves again.
//
// The promise: a button is shown only where its verb is possible, nothing that
// a stranger wrote is ever shown as anything but text, and nothing is lost when
// a form is refused.
package console
