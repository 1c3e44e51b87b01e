package message

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// samplesFolder is the folder of public sample mails beside the repository, or
// empty where there is none.
func samplesFolder(t *testing.T) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
	samples := filepath.Join(dir, "..", "shared", "samples", "mail")
	if _, err := os.Stat(samples); err != nil {
		return ""
	}
	return samples
}

func TestSamples(t *testing.T) {
	root := samplesFolder(t)
	if root == "" {
		t.Log("the sample mails are not beside the repository: nothing to read")
		return
	}
	read, empty, attachments, problems := 0, 0, 0, 0
	table := samplesTable(t)
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) == ".tsv" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(filepath.ToSlash(path), filepath.ToSlash(root)+"/")
		m := parse(raw, Options{Region: "NO"})
		checkMessage(t, m)
		read++
		attachments += len(m.Attachments)
		if m.Problem != "" {
			problems++
		}
		if m.Problem != sampleProblems[name] {
			t.Errorf("%s: problem %q, want %q", name, m.Problem, sampleProblems[name])
		}
		want, listed := table[name]
		switch got := sampleOf(m); {
		case !listed:
			t.Errorf("%s is not in testdata/samples.tsv", name)
		case got != want:
			t.Errorf("%s:\n%s, want\n%s\nfor %q %.200q", name, got.row(name), want.row(name), m.Subject, m.Text)
		}
		if garbled := strings.ContainsRune(m.FullText, '\ufffd'); garbled != (name == pictureAsText) {
			t.Errorf("%s: characters are lost: %v", name, garbled)
		}
		delete(table, name)
		why, mayBeEmpty := emptySamples[name]
		switch {
		case blank(m.FullText) && !mayBeEmpty:
			t.Errorf("%s: the text is lost; %d attachments, defects %v", name, len(m.Attachments), m.Defects)
		case blank(m.FullText):
			empty++
			seen[name] = true
			if why == attachmentOnly && len(m.Attachments) == 0 {
				t.Errorf("%s: neither text nor attachment", name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range table {
		t.Errorf("%s is in testdata/samples.tsv and not there", name)
	}
	for name := range emptySamples {
		if !seen[name] {
			t.Errorf("%s is said to have no text, but has one or is not there", name)
		}
	}
	t.Logf("%d mails: %d with text, %d without, %d attachments, %d with a problem", read, read-empty, empty, attachments, problems)
}

// sample is what must come out of one: text, how many attachments by which
// names, the charsets that its texts are really in, why it is a machine's, in
// which shape it reports on a delivery, its language, and a hash of what a person
// sees: sender, subject, own words, quote, signature. Each was read before its
// hash was put down.
type sample struct {
	text        bool
	attachments int
	names       string
	charsets    string
	automation  string
	report      string
	language    string
	seen        string
}

func sampleOf(m *Message) sample {
	report := ""
	if m.Report != nil {
		report = m.Report.Shape
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q", m.From, m.Subject, m.Text, m.Quoted, m.Signature))
	return sample{!blank(m.FullText), len(m.Attachments), plainNames(m), strings.Join(m.Charsets, " "), m.Automation.Code, report, m.Language, hex.EncodeToString(sum[:4])}
}

// row is a sample as testdata/samples.tsv has it.
func (s sample) row(name string) string {
	return strings.Join([]string{name, strconv.FormatBool(s.text), strconv.Itoa(s.attachments), s.names, s.charsets, s.automation, s.report, s.language, s.seen}, "\t")
}

func plainNames(m *Message) string {
	var ns []string
	for _, a := range m.Attachments {
		ns = append(ns, a.Name)
	}
	return strings.Join(ns, "|")
}

// samplesTable reads testdata/samples.tsv: path, whether there is text, the
// number of attachments, their names divided by bars, and the rest of a sample.
func samplesTable(t *testing.T) map[string]sample {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "samples.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]sample{}
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 9 {
			t.Fatalf("testdata/samples.tsv: %q", line)
		}
		n, err := strconv.Atoi(f[2])
		if err != nil {
			t.Fatalf("testdata/samples.tsv: %q", line)
		}
		table[f[0]] = sample{f[1] == "true", n, f[3], f[4], f[5], f[6], f[7], f[8]}
	}
	return table
}

// pictureAsText is a GIF that says it is a text.
const pictureAsText = "jhillyerd+enmime/testdata_parts_chardet-fail.raw"

// Why a sample has no text.
const (
	attachmentOnly = "a person sees attachments alone"
	blankText      = "its text parts are blank"
	noContent      = "it has no content"
	titleOnly      = "its HTML holds a title alone"
)

// emptySamples are the samples in which a person sees no text either.
var emptySamples = map[string]string{
	"apache+james-mime4j/core_src_test_resources_mimetools-testmsgs_bluedot-simple.msg": attachmentOnly,
	"apache+james-mime4j/core_src_test_resources_mimetools-testmsgs_dup-names.msg":      attachmentOnly,
	"apache+james-mime4j/core_src_test_resources_mimetools-testmsgs_russian.msg":        attachmentOnly,
	"apache+james-mime4j/core_src_test_resources_testmsgs_russian-headers.msg":          attachmentOnly,
	"jhillyerd+enmime/testdata_mail_attachment-only-inline.raw":                         attachmentOnly,
	"jhillyerd+enmime/testdata_mail_attachment-only-no-disposition.raw":                 attachmentOnly,
	"jhillyerd+enmime/testdata_mail_attachment-only-text-attachment.raw":                attachmentOnly,
	"jhillyerd+enmime/testdata_mail_attachment-only.raw":                                attachmentOnly,
	"jhillyerd+enmime/testdata_mail_header-only.raw":                                    noContent,
	"jhillyerd+enmime/testdata_parts_barren-content-type.raw":                           noContent,
	"jhillyerd+enmime/testdata_parts_chardet-fail-non-txt.raw":                          attachmentOnly,
	"jhillyerd+enmime/testdata_parts_header-only.raw":                                   noContent,
	"jhillyerd+enmime/testdata_parts_malformed-content-type-params.raw":                 noContent,
	"jhillyerd+enmime/testdata_parts_missing-closing-param-quote.raw":                   noContent,
	"jhillyerd+enmime/testdata_parts_unquoted-ctype-param-special.raw":                  attachmentOnly,
	"mjl-+mox/testdata_dmarc-reports_google.eml":                                        attachmentOnly,
	"nodemailer+mailparser/test_fixtures_base64encodedroot.eml":                         attachmentOnly,
	"nodemailer+mailparser/test_fixtures_htmllargecallstack.eml":                        titleOnly,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_issue133":                    attachmentOnly,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_issue149":                    attachmentOnly,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_issue182":                    attachmentOnly,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_issue250":                    attachmentOnly,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_m0001":                       attachmentOnly,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_m0002":                       attachmentOnly,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_m0003":                       attachmentOnly,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_m0004":                       attachmentOnly,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_m0005":                       attachmentOnly,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_m0006":                       noContent,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_m0007":                       attachmentOnly,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_m0010":                       attachmentOnly,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_m0024":                       attachmentOnly,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_m0027":                       attachmentOnly,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_m0124":                       attachmentOnly,
	"python+cpython/msg_06.txt":                                                         attachmentOnly,
	"python+cpython/msg_08.txt":                                                         blankText,
	"python+cpython/msg_09.txt":                                                         blankText,
	"python+cpython/msg_12.txt":                                                         blankText,
	"python+cpython/msg_12a.txt":                                                        blankText,
	"python+cpython/msg_18.txt":                                                         noContent,
	"python+cpython/msg_40.txt":                                                         blankText,
	"python+cpython/msg_24.txt":                                                         noContent,
	"python+cpython/msg_37.txt":                                                         attachmentOnly,
}

// sampleProblems are the samples that belong into quarantine.
var sampleProblems = map[string]string{
	"apache+james-mime4j/core_src_test_resources_testmsgs_malformedHeader-noheader.msg":           ProblemNoHeader,
	"apache+james-mime4j/core_src_test_resources_testmsgs_malformedHeaderStartsBody-noheader.msg": ProblemNoHeader,
	"jhillyerd+enmime/testdata_mail_erroneous.raw":                                                ProblemNoHeader,
	"php-mime-mail-parser+php-mime-mail-parser/tests_mails_m0006":                                 ProblemEmpty,
	"python+cpython/msg_19.txt": ProblemNoHeader,
}
