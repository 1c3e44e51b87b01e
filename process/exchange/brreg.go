package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/emne/emne/process"
)

// Enhetsregisteret is where Brreg asks when it is not told otherwise.
const Enhetsregisteret = "https://data.brreg.no/enhetsregisteret/api"

const (
	// brregTime bounds one question with all its redirects.
	brregTime = 5 * time.Second
	// maxAnswer bounds what is read of an answer, in bytes.
	maxAnswer = 1 << 20
)

// Brreg is Enhetsregisteret.
type Brreg struct {
	base   string
	client *http.Client
}

var _ process.Register = (*Brreg)(nil)

// NewBrreg speaks to the API at base, Enhetsregisteret when it is empty.
func NewBrreg(base string) *Brreg {
	if base == "" {
		base = Enhetsregisteret
	}
	return &Brreg{base: strings.TrimRight(base, "/"), client: &http.Client{Timeout: brregTime}}
}

// enhet is a unit as the API writes it, as far as it is read.
type enhet struct {
	Number    string  `json:"organisasjonsnummer"`
	Name      string  `json:"navn"`
	Email     string  `json:"epostadresse"`
	Phone     string  `json:"telefon"`
	Mobile    string  `json:"mobil"`
	VAT       bool    `json:"registrertIMvaregisteret"`
	Bankrupt  bool    `json:"konkurs"`
	WindingUp bool    `json:"underAvvikling"`
	Forced    bool    `json:"underTvangsavviklingEllerTvangsopplosning"`
	DeletedAt string  `json:"slettedato"`
	Business  adresse `json:"forretningsadresse"`
	Post      adresse `json:"postadresse"`
}

type adresse struct {
	Lines    []string `json:"adresse"`
	Postcode string   `json:"postnummer"`
	City     string   `json:"poststed"`
	Country  string   `json:"landkode"`
}

func (a adresse) address() process.Address {
	out := process.Address{Postcode: a.Postcode, City: a.City, Country: a.Country}
	var lines []string
	for _, l := range a.Lines {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	if len(lines) > 0 {
		out.Street = lines[0]
		out.Street2 = strings.Join(lines[1:], ", ")
	}
	return out
}

func (e enhet) entry() process.RegisterEntry {
	out := process.RegisterEntry{Name: e.Name, OrganisationNumber: e.Number, Email: e.Email, Phone: e.Phone, Address: e.Business.address()}
	if out.Address.IsZero() {
		out.Address = e.Post.address()
	}
	if out.Phone == "" {
		out.Phone = e.Mobile
	}
	if e.VAT {
		out.VATNumber = "NO" + e.Number + "MVA"
	}
	switch {
	case e.DeletedAt != "":
		out.Trouble = process.TroubleDeleted
	case e.Bankrupt:
		out.Trouble = process.TroubleBankrupt
	case e.WindingUp || e.Forced:
		out.Trouble = process.TroubleWindingUp
	}
	return out
}

// Search implements process.Register.
func (b *Brreg) Search(ctx context.Context, name string, limit int) ([]process.RegisterEntry, error) {
	q := url.Values{"navn": {name}, "size": {strconv.Itoa(limit)}}
	var page struct {
		Embedded struct {
			Units []enhet `json:"enheter"`
		} `json:"_embedded"`
	}
	if _, err := b.get(ctx, "/enheter?"+q.Encode(), &page); err != nil {
		return nil, err
	}
	units := page.Embedded.Units
	found := []process.RegisterEntry{}
	for _, u := range units[:min(limit, len(units))] {
		found = append(found, u.entry())
	}
	return found, nil
}

// ByNumber implements process.Register.
func (b *Brreg) ByNumber(ctx context.Context, number string) (*process.RegisterEntry, error) {
	var u enhet
	found, err := b.get(ctx, "/enheter/"+url.PathEscape(number), &u)
	if err != nil || !found || u.Number == "" {
		return nil, err
	}
	e := u.entry()
	return &e, nil
}

// get reads an answer; found is false when the register has none (404), or has
// one no longer (410, whose body may still say what was).
func (b *Brreg) get(ctx context.Context, path string, into any) (found bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+path, nil)
	if err != nil {
		return false, fmt.Errorf("asking the register: %w", err)
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "emne")
	answer, err := b.client.Do(r)
	if err != nil {
		return false, fmt.Errorf("asking the register: %w", err)
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK, http.StatusGone:
	case http.StatusNotFound, http.StatusBadRequest:
		return false, nil
	default:
		return false, fmt.Errorf("the register answers %s", answer.Status)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil {
		return false, fmt.Errorf("reading the register's answer: %w", err)
	}
	if len(body) > maxAnswer {
		return false, fmt.Errorf("the register's answer is larger than %d bytes", maxAnswer)
	}
	if err := json.Unmarshal(body, into); err != nil {
		if answer.StatusCode == http.StatusGone {
			return false, nil
		}
		return false, fmt.Errorf("reading the register's answer: %w", err)
	}
	return true, nil
}
