// Package demo is what makes `emne demo` a whole world in one process: the
// company with its settings and products, and the pages on which the
// customers' mailboxes and the company's web form can be seen. The mail server
// is the package postoffice below it.
package demo
