package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxFile is the largest configuration file, in bytes.
const maxFile = 1 << 20

// Load reads the file at path, and the secret files it names. env looks up an
// environment variable, as os.LookupEnv does. The error is of type Errors.
//
// A file that holds a secret itself is held to the rule for secret files: it is
// refused when others than its owner and group can read it.
func Load(path string, env func(string) (string, bool)) (*Config, error) {
	data, mode, err := readConfig(path)
	if err != nil {
		hint := "give the file with --config, or write a new one with emne init"
		if errors.Is(err, fs.ErrPermission) {
			hint = "let the user that runs emne read it"
		}
		return nil, Errors{{File: path, Message: fileTrouble(err), Hint: hint}}
	}
	r := &reader{report: report{file: path}, env: env, mode: mode}
	return r.read(data)
}

// Parse is Load for bytes that are there already; file is the name that the
// problems bear and the place that relative paths start from.
func Parse(file string, data []byte, env func(string) (string, bool)) (*Config, error) {
	r := &reader{report: report{file: file}, env: env}
	return r.read(data)
}

func readConfig(path string) ([]byte, fs.FileMode, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if info.IsDir() {
		return nil, 0, errors.New("is a folder")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	return data, info.Mode(), err
}

// reader turns one file into a Config. keys and refused are filled by the walk
// over the file and used by the checks after it.
type reader struct {
	report
	env  func(string) (string, bool)
	mode fs.FileMode // of the file; 0 when there is none
	dir  string      // that relative paths start from

	tree   tree
	keys   map[string]position // where the key of each given path stands
	nulls  map[string]bool     // paths that were given without a value
	bad    map[string]bool     // paths whose value was refused already
	inline []string            // paths of secrets that the file itself holds
	budget int                 // key-value pairs that may still be visited
}

func (r *reader) read(data []byte) (*Config, error) {
	if r.env == nil {
		r.env = func(string) (string, bool) { return "", false }
	}
	r.keys, r.nulls, r.bad = map[string]position{}, map[string]bool{}, map[string]bool{}
	r.budget = maxVisits

	var config Config
	config.setDefaults()
	absolute, err := filepath.Abs(r.file)
	if err != nil {
		return nil, fmt.Errorf("find the folder of %s: %w", r.file, err)
	}
	config.File, r.dir = absolute, filepath.Dir(absolute)

	var problem *Problem
	if r.tree, problem = parseTree(data); problem != nil {
		problem.File = r.file
		return nil, Errors{*problem}
	}
	r.decode(&config)
	r.check(&config)
	if err := r.err(); err != nil {
		return nil, err
	}
	return &config, nil
}
