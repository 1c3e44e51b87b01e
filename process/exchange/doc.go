// Package exchange asks the public registers of companies, and reads files of
// exchange rates.
//
//  1. Brreg speaks to Enhetsregisteret, the register of the Brønnøysund Register
//     Centre, over its open API (data.brreg.no/enhetsregisteret/api, no key).
//  2. Entries is a register of the entries that it is given, for the demo.
//  3. Rates reads the European Central Bank's eurofxref, the SDMX-CSV of Norges
//     Bank, and plain CSV; it takes a file whole, or names each wrong line.
//
// It promises that every question ends, in bounded time and memory, and that
// what the register does not know is no error.
package exchange
