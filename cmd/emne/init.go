package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

//go:embed starter.yaml
var starter []byte

// initCommand writes a small config.yaml to begin with; config.example.yaml
// tells all the rest.
func initCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{Use: "init", Short: "Write a config.yaml to begin with", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) {
			return fmt.Errorf("%s is there already: nothing was written", path)
		}
		if err != nil {
			return err
		}
		_, err = f.Write(starter)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "wrote %s: fill it in, then run\n  emne check --config %s\n  emne user add you@example.com --role owner --config %s\n  emne serve --config %s\n", path, path, path, path)
		return err
	}}
	cmd.Flags().StringVar(&path, "output", "config.yaml", "file to write")
	return cmd
}
