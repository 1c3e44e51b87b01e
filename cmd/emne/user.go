package main

import (
	"bufio"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/emne/emne/process"
)

// local asks the running server, or this process when none runs, for what only
// the administrator does.
func (p *place) local(c *cobra.Command, method, path string, body any) ([]byte, error) {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	cl, err := p.client(c.Context())
	if err != nil {
		return nil, err
	}
	defer cl.close()
	return cl.call(c.Context(), method, "/local/"+path, raw, "")
}

// show prints what the administrator's request was answered with.
func (p *place) show(c *cobra.Command, method, path string, body any) error {
	b, err := p.local(c, method, path, body)
	if err != nil {
		return err
	}
	return printJSON(c.OutOrStdout(), b)
}

func userCommand(p *place) *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "Who may sign in", Args: cobra.ArbitraryArgs}
	var u newUser
	var role, passwordFile string
	add := &cobra.Command{Use: "add EMAIL", Aliases: []string{"create"}, Short: "Add a user; the password is read from standard input", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		password, err := readPassword(c, passwordFile)
		if err != nil {
			return err
		}
		u.Email, u.Role, u.Password = args[0], process.Role(role), password
		if u.Name == "" {
			u.Name, _, _ = strings.Cut(u.Email, "@")
		}
		return p.show(c, "POST", "users", u)
	}}
	add.Flags().StringVar(&u.Name, "name", "", "the person's name; the address's first part when left out")
	add.Flags().StringVar(&u.Language, "language", "nb", "nb or en")
	add.Flags().StringVar(&role, "role", string(process.RoleSales), "owner, sales, accounting or reader")
	add.Flags().StringVar(&passwordFile, "password-file", "", "file with the password instead of standard input")
	list := &cobra.Command{Use: "list", Short: "List the users", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		r := &records{place: p, collection: "users", json: true}
		return r.call(c, "GET", r.path(), nil, "")
	}}
	password := &cobra.Command{Use: "password EMAIL", Short: "Set a new password, read from standard input", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		secret, err := readPassword(c, passwordFile)
		if err != nil {
			return err
		}
		return p.show(c, "POST", "users/"+url.PathEscape(args[0])+"/password", map[string]string{"password": secret})
	}}
	password.Flags().StringVar(&passwordFile, "password-file", "", "file with the password instead of standard input")
	disable := &cobra.Command{Use: "disable EMAIL", Short: "Let a user sign in no longer", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		return p.show(c, "POST", "users/"+url.PathEscape(args[0])+"/disable", nil)
	}}
	cmd.AddCommand(add, list, password, disable)
	return cmd
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
		b, err := p.local(c, "POST", "tokens", newToken{args[0], process.Role(role), days})
		if err != nil {
			return err
		}
		var made madeToken
		if err := json.Unmarshal(b, &made); err != nil {
			return fmt.Errorf("reading the answer: %w", err)
		}
		_, err = fmt.Fprintln(c.OutOrStdout(), made.Secret)
		return err
	}}
	create.Flags().StringVar(&role, "role", string(process.RoleSales), "owner, sales, accounting or reader")
	create.Flags().IntVar(&days, "days", 0, "days until it expires; never when 0")
	list := &cobra.Command{Use: "list", Short: "List the tokens, without their secrets", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return p.show(c, "GET", "tokens", nil)
	}}
	revoke := &cobra.Command{Use: "revoke ID", Short: "Let a token in no longer", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		return p.show(c, "POST", "tokens/"+url.PathEscape(args[0])+"/revoke", nil)
	}}
	cmd.AddCommand(create, list, revoke)
	return cmd
}

// randomToken is a fresh secret for a demo that was given none.
func randomToken() string { return "demo_" + strings.ToLower(rand.Text()) }
