package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/emne/emne/cmd/emne/config"
	"github.com/emne/emne/cmd/emne/demo"
	"github.com/emne/emne/cmd/emne/demo/postoffice"
	"github.com/emne/emne/cmd/emne/demo/year"
	"github.com/emne/emne/documents/mail"
	"github.com/emne/emne/intake/message"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
)

// maxYearLeads bounds a year.
const maxYearLeads = 100_000

// runDemoYear runs a demo on whose records a year has passed. Records that are
// there already stay as they are.
func runDemoYear(ctx context.Context, cfg *config.Config, log *slog.Logger, o demoOptions, out io.Writer) error {
	until := time.Now()
	clock := year.NewClock(year.Begin(until))
	h, err := openHouseAt(ctx, cfg, log, clock.Now)
	if err != nil {
		return err
	}
	defer h.close()
	have, _, err := h.service.Leads().List(ctx, process.System(), process.Filter{Limit: 1})
	if err != nil {
		return err
	}
	if len(have) > 0 {
		clock.Release()
		return h.demo(ctx, o, out, nil)
	}
	return h.demo(ctx, o, out, func(ctx context.Context, owner process.Actor, office *postoffice.Office) error {
		var progress io.Writer
		if !o.quiet {
			progress = out
		}
		books, err := h.liveYear(ctx, clock, until, o, owner, office, progress)
		if err != nil {
			return fmt.Errorf("the year: %w", err)
		}
		clock.Release()
		if progress != nil {
			if err := books.Print(progress); err != nil {
				return err
			}
		}
		return books.Err()
	})
}

// liveYear lets the year happen in the house.
func (h *house) liveYear(ctx context.Context, clock *year.Clock, until time.Time, o demoOptions, owner process.Actor, office *postoffice.Office, progress io.Writer) (*year.Books, error) {
	staff := []process.Actor{owner}
	for _, u := range []access.NewUser{{Email: "ola@demo.example", Name: "Ola Hansen", Role: process.RoleSales}, {Email: "siri@demo.example", Name: "Siri Berg", Role: process.RoleSales},
		{Email: "jon@demo.example", Name: "Jon Lie", Role: process.RoleAccounting}} {
		u.Language, u.Password = o.language, randomToken()
		made, err := h.access.CreateUser(ctx, administrator(), u)
		if err != nil {
			return nil, err
		}
		staff = append(staff, process.Actor{Kind: process.ActorUser, ID: made.ID, Name: made.Name, Role: made.Role, Channel: "console"})
	}
	composer, err := mail.NewComposer(h.texts, "http://"+o.listen, demo.SalesAddress)
	if err != nil {
		return nil, err
	}
	sender := mail.NewSender(h.service, composer, letterbox{office}, demo.SalesAddress, h.clock, slog.New(slog.DiscardHandler))
	return year.Run(ctx, year.Options{Service: h.service, Clock: clock, Until: until, Seed: o.seed, Leads: o.leads, Sellers: staff[:3], Accountant: staff[3],
		Parse: message.Parser(message.Options{Region: "NO"}), Carry: sender.Deliver, Texts: h.texts.Labels("demo", o.language), Language: o.language, Progress: progress})
}

// letterbox hands mails in at the demo's post office without a connection.
type letterbox struct{ office *postoffice.Office }

func (l letterbox) Submit(_ context.Context, to string, raw []byte) process.Sent {
	if err := l.office.Deliver([]string{to}, raw); err != nil {
		return process.Sent{State: "failed", Reply: err.Error()}
	}
	return process.Sent{State: "accepted", Reply: "250 2.0.0 kept"}
}
