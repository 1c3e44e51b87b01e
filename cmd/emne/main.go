// Command emne makes inquiries business: it watches the mailboxes and the
// hooks, makes each inquiry a lead, and carries it to a paid invoice.
//
// main.go wires the subcommands, one file each; house.go builds the rooms that
// `serve` and `demo` share.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the company's time zone, also on machines without the database

	"github.com/spf13/cobra"

	"github.com/emne/emne/cmd/emne/config"
	"github.com/emne/emne/process"
)

// version is set by the build.
var version = "unknown"

// The exit codes that scripts may rely on.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitBroken   = 3 // verify found a broken invariant
	exitNotFound = 4
	exitConflict = 5
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) int {
	cmd := rootCommand()
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(cmd.ErrOrStderr(), "emne:", err)
	}
	return exitCode(err)
}

// usageError is a mistake in how the command was called.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// errBroken is what verify ends with after it has listed the offending rows.
var errBroken = errors.New("the data breaks an invariant")

// exitCode maps what went wrong to the code that scripts see.
func exitCode(err error) int {
	var usage usageError
	var cfg config.Errors
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errBroken):
		return exitBroken
	case errors.As(err, &usage), errors.As(err, &cfg):
		return exitUsage
	}
	switch process.CodeOf(err) {
	case process.CodeNotFound:
		return exitNotFound
	case process.CodeConflict:
		return exitConflict
	}
	return exitFailed
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "emne",
		Short:         "From inquiry to paid invoice, in one daemon",
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version,
		Args:          cobra.ArbitraryArgs, // strict refuses them
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	p := &place{}
	root.PersistentFlags().StringVar(&p.config, "config", "", "config.yaml of the installation")
	root.PersistentFlags().StringVar(&p.data, "data", "", "data folder of a demo, instead of --config")
	root.AddCommand(demoCommand(p), serveCommand(p), checkCommand(p), initCommand(), importCommand(p), verifyCommand(p), backupCommand(p), restoreCommand(p),
		userCommand(p), tokenCommand(p), mailboxCommand(p), settingsCommand(p), processCommand(p), reportCommand(p), registerCommand(p), documentsCommand(p), versionCommand())
	root.AddCommand(recordCommands(p)...)
	root.InitDefaultCompletionCmd()
	strict(root)
	return root
}

// strict makes wrong arguments usage errors, for scripts to tell apart.
func strict(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	if c.HasSubCommands() && c.Run == nil && c.RunE == nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("there is no command %q: see %s --help", args[0], c.CommandPath())}
			}
			return c.Help()
		}
	}
	for _, sub := range c.Commands() {
		strict(sub)
	}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		_, err := fmt.Fprintln(c.OutOrStdout(), version)
		return err
	}}
}
