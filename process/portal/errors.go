package portal

import (
	"errors"
	"net/http"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
)

func refusal(err error) *process.Error {
	var e *process.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// status is the code's, but for a link that opens nothing: there a customer is
// told that it is not there, and no more.
func status(code process.Code) int {
	if code == process.CodeUnauthorized {
		code = process.CodeNotFound
	}
	return access.Status(code)
}

// notice is a page that only says something.
type notice struct {
	frame
	Text string
	Back string
}

// fail answers what is not there, or went wrong. It tells no difference
// between a link that never was and one that is gone.
func (c *call) fail(err error) {
	code := process.CodeOf(err)
	n := notice{Text: c.t("retry"), frame: c.frame(c.labels.Say("code." + string(code)))}
	switch status(code) {
	case http.StatusNotFound:
		n.Title, n.Text = c.t("missing.title"), c.t("missing.text")
	case http.StatusInternalServerError:
		c.p.o.Logger.Error("a customer's page failed", "method", c.r.Method, "error", err)
	default:
		if e := refusal(err); e != nil {
			if n.Text = e.Message; c.labels.Has("error." + e.Reason) {
				n.Text = c.labels.Say("error." + e.Reason)
			}
		}
	}
	if c.view != nil {
		n.Back = c.here("")
	}
	c.write(status(code), "customer-notice.html", n)
}

// write shows a page; one that cannot be filled in answers with an error.
func (c *call) write(status int, name string, data any) {
	c.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	c.w.Header().Set("Content-Language", c.lang)
	if err := c.p.layouts[c.lang].Write(statusWriter{c.w, status}, name, data); err != nil {
		c.p.o.Logger.Error("a customer's page failed", "page", name, "error", err)
		http.Error(c.w, "internal error", http.StatusInternalServerError)
	}
}

// statusWriter sends the status with the first bytes.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s statusWriter) Write(b []byte) (int, error) {
	s.WriteHeader(s.status)
	return s.ResponseWriter.Write(b)
}
