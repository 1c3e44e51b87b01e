// Package config reads config.yaml: what the machine needs to run emne. What
// the business decides (company, terms, stages, templates, number series)
// lives in the database and has no key here.
//
// How a file becomes a Config:
//
//  1. The bytes are bounded (1 MiB, UTF-8; a byte order mark and CRLF are
//     taken), then turned into tokens, which are bounded in number and depth,
//     and into a syntax tree that knows line and column of every key.
//  2. The tree is walked against the struct types of this package. Defaults are
//     in place before; unknown and duplicate keys and wrong types are noted
//     with their position, and the walk goes on. Anchors, aliases and merge
//     keys work within a budget.
//  3. Secrets given as ${NAME} are taken from the environment, those in files
//     are read, and the files' permissions are checked.
//  4. Every section is checked: required values, addresses, URLs, ports, cron
//     expressions, and values that exclude each other.
//
// The promise: the answer is a complete Config or Errors, the list of all that
// is wrong, in the order of the file, each with line, column, key and hint. A
// secret is never printed, not in an error either.
//
// Relative paths in the file are relative to the folder that the file is in;
// in a Config all paths are absolute.
package config
