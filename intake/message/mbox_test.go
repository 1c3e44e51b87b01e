package message

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func split(t testing.TB, r io.Reader) (mails []string, failed []error) {
	t.Helper()
	for mail, err := range splitUpTo(r, 500<<10) {
		if err != nil {
			failed = append(failed, err)
			continue
		}
		mails = append(mails, string(mail))
	}
	return mails, failed
}

func TestSplit(t *testing.T) {
	long := strings.Repeat("x", 200<<10)
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"nothing":         {"", nil},
		"empty lines":     {"\n\r\n", nil},
		"two":             {"From a@b Thu Jan  1 00:00:00 2026\nSubject: 1\n\nHei\n\nFrom c@d Thu Jan  1 00:00:01 2026\nSubject: 2\n\nHo\n", []string{"Subject: 1\n\nHei\n\n", "Subject: 2\n\nHo\n"}},
		"CRLF":            {"From a\r\nSubject: 1\r\n\r\nHei\r\n\r\nFrom c\r\nSubject: 2\r\n\r\nHo", []string{"Subject: 1\r\n\r\nHei\r\n\r\n", "Subject: 2\r\n\r\nHo"}},
		"no first line":   {"Subject: 1\n\nHei\n\nFrom c\nSubject: 2\n\nHo\n", []string{"Subject: 1\n\nHei\n\n", "Subject: 2\n\nHo\n"}},
		"in a paragraph":  {"From a\nSubject: 1\n\nGreetings\nFrom Kari\n", []string{"Subject: 1\n\nGreetings\nFrom Kari\n"}},
		"quoted":          {"From a\nSubject: 1\n\n>From Kari\n>>From Ola\n> From Per\n", []string{"Subject: 1\n\nFrom Kari\n>From Ola\n> From Per\n"}},
		"a header's From": {"From a\nFrom: a@b\n\nx\n", []string{"From: a@b\n\nx\n"}},
		"a long line":     {"From a\nSubject: 1\n\n" + long + "\n\nFrom c\nSubject: 2\n\n" + long, []string{"Subject: 1\n\n" + long + "\n\n", "Subject: 2\n\n" + long}},
	} {
		if got, failed := split(t, strings.NewReader(c.file)); !slices.Equal(got, c.want) || failed != nil {
			t.Errorf("%s: %.200q, %v", name, got, failed)
		}
	}
	broken := errors.New("broken")
	if got, failed := split(t, io.MultiReader(strings.NewReader("From a\nx\n"), iotest.ErrReader(broken))); len(got) != 0 || len(failed) != 1 || !errors.Is(failed[0], broken) {
		t.Errorf("a broken file: %q, %v", got, failed)
	}
	huge := io.MultiReader(strings.NewReader("From a\n"), io.LimitReader(zeros{}, 500<<10+1), strings.NewReader("\n\nFrom b\nSubject: 2\n\nHo\n"))
	if got, failed := split(t, huge); len(got) != 1 || got[0] != "Subject: 2\n\nHo\n" || len(failed) != 1 || !errors.Is(failed[0], ErrTooLarge) {
		t.Errorf("a mail too large: %.200q, %v", got, failed)
	}
}

// zeros is an endless file.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

// However a file is cut, no line of it is lost but those that separate.
func FuzzSplit(f *testing.F) {
	f.Add("From a\nSubject: 1\n\nHei\n\nFrom b\nSubject: 2\n\n>From c\n")
	f.Add("From \n\nFrom \nx")
	f.Fuzz(func(t *testing.T, file string) {
		mails, failed := split(t, strings.NewReader(file))
		if failed != nil {
			t.Fatal(failed)
		}
		if len(strings.Join(mails, "")) > len(file) {
			t.Errorf("%q became %q", file, mails)
		}
		if strings.TrimSpace(file) != "" && len(mails) == 0 && !strings.Contains("\n"+file, "\nFrom ") {
			t.Errorf("%q is lost", file)
		}
	})
}
