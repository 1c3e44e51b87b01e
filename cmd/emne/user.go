package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
)

// administrator is who works on the installation's own machine.
func administrator() process.Actor {
	return process.Actor{Kind: process.ActorSystem, Name: "administrator", Channel: "cli"}
}

// withHouse opens the installation for a command that writes; a server must
// not be running on it.
func (p *place) withHouse(ctx context.Context, f func(*house) error) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, cfg, quietLogger())
	if errors.Is(err, errLocked) {
		return fmt.Errorf("%w: stop it first, or use the console", err)
	}
	if err != nil {
		return err
	}
	defer h.close()
	return f(h)
}

func userCommand(p *place) *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "Who may sign in", Args: cobra.ArbitraryArgs}
	var u access.NewUser
	var role, passwordFile string
	add := &cobra.Command{Use: "add EMAIL", Aliases: []string{"create"}, Short: "Add a user; the password is read from standard input", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		password, err := readPassword(c, passwordFile)
		if err != nil {
			return err
		}
		u.Email, u.Role, u.Password = args[0], process.Role(role), password
		return p.withHouse(c.Context(), func(h *house) error {
			user, err := h.access.CreateUser(c.Context(), administrator(), u)
			if err != nil {
				return err
			}
			return json.NewEncoder(c.OutOrStdout()).Encode(user)
		})
	}}
	add.Flags().StringVar(&u.Name, "name", "", "the person's name")
	add.Flags().StringVar(&u.Language, "language", "nb", "nb or en")
	add.Flags().StringVar(&role, "role", string(process.RoleSales), "owner, sales, accounting or reader")
	add.Flags().StringVar(&passwordFile, "password-file", "", "file with the password instead of standard input")
	list := &cobra.Command{Use: "list", Short: "List the users", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		r := &records{place: p, collection: "users", json: true}
		return r.call(c, "GET", r.path(), nil, "")
	}}
	password := &cobra.Command{Use: "password EMAIL", Short: "Set a new password, read from standard input", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		return p.withUser(c, args[0], func(h *house, u *process.User) error {
			secret, err := readPassword(c, passwordFile)
			if err != nil {
				return err
			}
			return h.access.SetPassword(c.Context(), administrator(), u.ID, secret)
		})
	}}
	password.Flags().StringVar(&passwordFile, "password-file", "", "file with the password instead of standard input")
	disable := &cobra.Command{Use: "disable EMAIL", Short: "Let a user sign in no longer", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		return p.withUser(c, args[0], func(h *house, u *process.User) error {
			_, err := h.access.DisableUser(c.Context(), administrator(), u.ID)
			return err
		})
	}}
	cmd.AddCommand(add, list, password, disable)
	return cmd
}

func (p *place) withUser(c *cobra.Command, email string, f func(*house, *process.User) error) error {
	return p.withHouse(c.Context(), func(h *house) error {
		u, err := h.access.UserByEmail(c.Context(), administrator(), email)
		if err != nil {
			return err
		}
		return f(h, u)
	})
}

func readPassword(c *cobra.Command, file string) (string, error) {
	if file != "" {
		b, err := readArgument(c, "@"+file)
		return strings.TrimRight(string(b), "\r\n"), err
	}
	line, err := bufio.NewReader(io.LimitReader(c.InOrStdin(), 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", usageError{errors.New("give the password on standard input, or with --password-file")}
	}
	return line, nil
}

func tokenCommand(p *place) *cobra.Command {
	cmd := &cobra.Command{Use: "token", Short: "Tokens that let programs in", Args: cobra.ArbitraryArgs}
	var role string
	var days int
	create := &cobra.Command{Use: "create NAME", Short: "Make a token and print it, this once", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		var expiry *time.Time
		if days > 0 {
			at := time.Now().AddDate(0, 0, days)
			expiry = &at
		}
		return p.withHouse(c.Context(), func(h *house) error {
			secret, _, err := h.access.CreateToken(c.Context(), administrator(), args[0], process.Role(role), expiry)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), secret)
			return err
		})
	}}
	create.Flags().StringVar(&role, "role", string(process.RoleSales), "owner, sales, accounting or reader")
	create.Flags().IntVar(&days, "days", 0, "days until it expires; never when 0")
	list := &cobra.Command{Use: "list", Short: "List the tokens, without their secrets", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return p.withHouse(c.Context(), func(h *house) error {
			tokens, err := h.access.Tokens(c.Context(), administrator())
			if err != nil {
				return err
			}
			return json.NewEncoder(c.OutOrStdout()).Encode(tokens)
		})
	}}
	revoke := &cobra.Command{Use: "revoke ID", Short: "Let a token in no longer", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		return p.withHouse(c.Context(), func(h *house) error {
			_, err := h.access.RevokeToken(c.Context(), administrator(), args[0])
			return err
		})
	}}
	cmd.AddCommand(create, list, revoke)
	return cmd
}

// newToken is a fresh secret for a demo that was given none.
func newToken() string { return "demo_" + strings.ToLower(rand.Text()) }
