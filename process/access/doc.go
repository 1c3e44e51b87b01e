// Package access knows who somebody is: users and their roles, sign-in with a
// password, sessions of browsers, tokens of programs. What a known actor may do
// is decided by the use cases in process.
//
// How it works:
//
//  1. A password is kept as an argon2id hash in PHC form (RFC 9106; 19 MiB, two
//     passes, one lane: the first choice of OWASP's password storage cheat
//     sheet). Only a few are computed at once, and the hash of an older
//     strength is renewed at the next sign-in.
//  2. SignIn counts the attempt against the network address and the account,
//     then spends the same work whether the account exists or not, then opens a
//     session. A session ends a week after it was last used, after ninety days
//     in any case, and when the user is disabled or the password changes.
//  3. Secrets of sessions and tokens are 32 random bytes; the store has their
//     SHA-256 alone, by which they are looked up.
//  4. Identify turns an HTTP request into an actor: by its cookie, by its
//     bearer token, or, for the demo, because both ends are on this machine.
//  5. Site guards whole muxes: known host names only (DNS rebinding), no
//     changes by other sites' pages, and headers that forbid what is not
//     allowed expressly.
//
// The promise: nobody acts without being known, a stolen database opens no
// door, and every change of users and tokens stands in the audit chain.
package access
