// Package templates holds every text that a person reads and the looks of
// pages, mails and documents, and the forms of numbers, amounts and dates.
//
//  1. Each area (documents, pages, mails) has one file of labels a language,
//     such as documents/nb.yaml: flat keys, each with a text that may name
//     placeholders like {number}.
//  2. Open reads the embedded files and lays a folder of the user's own over
//     them: a file of labels replaces single texts, any other file replaces the
//     embedded file of the same name.
//  3. Labels looks a text up in a language, then in English, and fills in the
//     placeholders.
//
// The promise: a broken or misspelt override is found when the program starts,
// with file and line, and never when a document is made.
package templates
