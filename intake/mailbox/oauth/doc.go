// Package oauth signs in to mail servers without a password (RFC 6749), as
// Gmail and Microsoft 365 ask for.
//
//  1. A person signs in once: with a code typed on another device (RFC 8628,
//     device.go), or in a browser that comes back to this machine (RFC 8252
//     with PKCE, RFC 7636, browser.go). An app that signs in for itself (client
//     credentials) needs nobody.
//  2. What the provider gives is sealed (AES-256-GCM under a key derived from
//     the installation's, bound to the account's name) and kept in a Vault.
//  3. Source gives access tokens. One that has expired is refreshed, by one
//     request at a time; what came back is kept before anything uses it, so
//     that a refresh token that was replaced is never lost.
//  4. Client speaks OAUTHBEARER (RFC 7628) or XOAUTH2 to the server.
//
// The promise: a provider that says "invalid_grant" is asked no more until a
// person has signed in again.
package oauth
