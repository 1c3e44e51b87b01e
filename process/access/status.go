package access

import (
	"net/http"

	"github.com/emne/emne/process"
)

// Status maps the code of a refusal to its HTTP status, for pages and programs
// alike (RFC 9110 section 15.5, RFC 6585 section 4). What is not a refusal that
// somebody can act on is internal.
func Status(code process.Code) int {
	switch code {
	case process.CodeInvalid:
		return http.StatusUnprocessableEntity
	case process.CodeNotFound:
		return http.StatusNotFound
	case process.CodeConflict:
		return http.StatusConflict
	case process.CodeUnauthorized:
		return http.StatusUnauthorized
	case process.CodeForbidden:
		return http.StatusForbidden
	case process.CodeTooLarge:
		return http.StatusRequestEntityTooLarge
	case process.CodeRateLimited:
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}
