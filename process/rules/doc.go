// Package rules is the language of automations and scores: expressions of
// expr-lang/expr over the records around an activity. It implements
// process.Rules.
//
//  1. What an expression may name is made from the records' own fields, by
//     their JSON names, so that a misspelt one is found when settings are saved
//     and by `emne check`, with its place and the nearest name.
//  2. A compiled expression is kept; at most a thousand of them.
//  3. A run sees plain values: texts, numbers, booleans, times, dates as text
//     such as "2026-11-30". What is not there is empty: "", 0, false. Amounts
//     are numbers for comparing; nothing that is booked is computed here.
//
// Promise: an expression changes nothing, ends, and never panics.
package rules
