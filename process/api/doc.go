// Package api is the JSON API: every use case of package process over HTTP,
// for programs and for the command line, described by an OpenAPI document that
// is made of the same registries as the routes.
//
//  1. New walks the collections (collections.go), process.Forms and
//     process.Verbs, and adds a route and an OpenAPI operation for each.
//  2. ServeHTTP answers unknown paths and wrong methods, then lets the route
//     find out who asks: an Authenticator turns the bearer token into an Actor.
//  3. The body (JSON, at most 1 MiB) goes as it is to the use case, whose
//     process.Decode is the judge of it; the schemas describe, they do not check.
//  4. A POST with an Idempotency-Key commits its answer with its change
//     (process.WithOnce); a refusal is stored after the fact
//     (process.Service.Refuse). A copy that is still in flight is waited for.
//  5. Everything that goes wrong becomes problem details (RFC 9457) in one
//     place, problem.go, by process.CodeOf.
//
// It promises that the same idempotency key gets the same bytes, that no answer
// shows an internal error's text, and that there is no route that the document
// does not describe.
package api
