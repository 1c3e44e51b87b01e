package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/emne/emne/intake/card"
	"github.com/emne/emne/process"
)

// readCards reads a file of cards. ok is false for other files.
func readCards(name string, raw []byte) (cards []card.Card, ok bool, err error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".vcf", ".vcard":
		cards = card.Parse(raw)
	case ".csv":
		cards, err = card.ParseCSV(raw)
	default:
		return nil, false, nil
	}
	if err == nil && len(cards) == 0 {
		err = errors.New("no card in it")
	}
	return cards, true, err
}

// importCards makes a lead of each card whose e-mail address no lead has. A
// card without an address is known again by all that it says. Nobody is mailed.
func importCards(c *cobra.Command, cl *client, name string, cards []card.Card) error {
	b, err := cl.call(c.Context(), "GET", "/api/v1/settings", nil, "")
	if err != nil {
		return err
	}
	var settings process.Settings
	if err := json.Unmarshal(b, &settings); err != nil {
		return fmt.Errorf("reading the settings: %w", err)
	}
	created := 0
	var errs []error
	for n, one := range cards {
		made, err := importCard(c, cl, one, settings.Company.Address.Country)
		if err != nil {
			errs = append(errs, fmt.Errorf("card %d: %w", n+1, err))
		}
		if made {
			created++
		}
	}
	if _, err := fmt.Fprintf(c.OutOrStdout(), "%s: %d leads, %d known before\n", name, created, len(cards)-created-len(errs)); err != nil {
		return err
	}
	return errors.Join(errs...)
}

func importCard(c *cobra.Command, cl *client, one card.Card, region string) (created bool, err error) {
	in := one.Inquiry(region)
	if in.Email != "" {
		b, err := cl.call(c.Context(), "GET", "/api/v1/leads?limit=1&email="+url.QueryEscape(strings.ToLower(in.Email)), nil, "")
		if err != nil {
			return false, err
		}
		var found struct{ Items []json.RawMessage }
		if err := json.Unmarshal(b, &found); err != nil {
			return false, fmt.Errorf("reading the leads: %w", err)
		}
		if len(found.Items) > 0 {
			return false, nil
		}
	}
	body, err := json.Marshal(process.LeadInput{Name: in.Name, Email: in.Email, Phone: in.Phone, Company: in.Company, OrganisationNumber: in.OrganisationNumber,
		Address: in.Address, Subject: in.Subject, Message: in.Text, Language: in.Language, Source: "card"})
	if err != nil {
		return false, err
	}
	sum := sha256.Sum256(body)
	start := time.Now()
	answer, err := cl.create(c.Context(), "/api/v1/leads", "card:"+hex.EncodeToString(sum[:]), body)
	if err != nil {
		return false, err
	}
	var lead process.Lead
	if err := json.Unmarshal(answer, &lead); err != nil {
		return false, fmt.Errorf("reading the answer: %w", err)
	}
	return !lead.CreatedAt.Before(start.Truncate(time.Microsecond)), nil // else the answer of the first time
}
