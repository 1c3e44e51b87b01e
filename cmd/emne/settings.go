package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/spf13/cobra"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/rules"
)

// settingsCommand carries what the business decides in and out as one YAML
// file.
func settingsCommand(p *place) *cobra.Command {
	cmd := &cobra.Command{Use: "settings", Short: "The company's settings as one YAML file", Args: cobra.ArbitraryArgs}
	export := &cobra.Command{Use: "export", Short: "Print the settings", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		st, _, err := p.settings(c)
		if err != nil {
			return err
		}
		b, err := yaml.JSONToYAML(st)
		if err != nil {
			return err
		}
		_, err = c.OutOrStdout().Write(b)
		return err
	}}
	var merge bool
	imp := &cobra.Command{Use: "import FILE", Short: "Replace the settings by those of a file", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		now, version, err := p.settings(c)
		if err != nil {
			return err
		}
		base := process.DefaultSettings()
		if merge {
			base = process.Settings{}
			if err := json.Unmarshal(now, &base); err != nil {
				return fmt.Errorf("reading the settings: %w", err)
			}
		}
		st, err := readSettingsOver(base, args[0])
		if err != nil {
			return err
		}
		body, err := json.Marshal(st)
		if err != nil {
			return err
		}
		r := &records{place: p, collection: "settings"}
		_, err = r.fetch(c, "PUT", r.path(), body, strconv.FormatInt(version, 10))
		return err
	}}
	imp.Flags().BoolVar(&merge, "merge", false, "keep what the file does not name; process and automations are taken whole")
	cmd.AddCommand(export, imp)
	return cmd
}

func (p *place) settings(c *cobra.Command) (json.RawMessage, int64, error) {
	r := &records{place: p, collection: "settings"}
	b, err := r.fetch(c, "GET", r.path(), nil, "")
	if err != nil {
		return nil, 0, err
	}
	fields := map[string]json.RawMessage{}
	var version int64
	if err := json.Unmarshal(b, &fields); err == nil {
		err = json.Unmarshal(fields["version"], &version)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("reading the settings: %w", err)
	}
	delete(fields, "version")
	b, err = json.Marshal(fields)
	return b, version, err
}

// readSettings reads a settings file over the defaults.
func readSettings(path string) (process.Settings, error) {
	return readSettingsOver(process.DefaultSettings(), path)
}

// readSettingsOver reads a settings file over others.
func readSettingsOver(st process.Settings, path string) (process.Settings, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return st, err
	}
	j, err := yaml.YAMLToJSON(b)
	if err != nil {
		return st, usageError{fmt.Errorf("%s: %s", path, yaml.FormatError(err, false, false))}
	}
	named := map[string]json.RawMessage{}
	_ = json.Unmarshal(j, &named) // Decode says what is wrong
	if _, ok := named["process"]; ok {
		st.Process = process.Process{}
	}
	if _, ok := named["automations"]; ok {
		st.Automations = nil
	}
	if err := process.Decode(j, &st); err != nil {
		return st, usageError{fmt.Errorf("%s: %w", path, err)}
	}
	if ps := append(st.Problems(), rules.New().Check(st)...); len(ps) > 0 {
		return st, usageError{misplaced(path, b, ps)}
	}
	return st, nil
}

// misplaced says what is wrong with a settings file, each with its line and
// column.
func misplaced(path string, raw []byte, ps []process.Problem) error {
	tree, _ := parser.ParseBytes(raw, 0)
	var errs []error
	for _, p := range ps {
		errs = append(errs, fmt.Errorf("%s%s: %s: %s", path, placeOf(tree, p.Field), p.Field, p.Message))
	}
	return errors.Join(errs...)
}

// placeOf is ":line:column" of a field, or of the nearest one around it.
func placeOf(tree *ast.File, field string) string {
	for field != "" && tree != nil {
		at, err := yaml.PathString("$." + field)
		if err == nil {
			if node, err := at.FilterFile(tree); err == nil && node != nil && node.GetToken() != nil {
				p := node.GetToken().Position
				return fmt.Sprintf(":%d:%d", p.Line, p.Column)
			}
		}
		field = field[:max(0, strings.LastIndexAny(field, ".["))]
	}
	return ""
}
