package config

import (
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// maxSecret is the largest secret file, in bytes.
const maxSecret = 64 << 10

// absolute makes a path of the file absolute; an empty one stays so.
func (r *reader) absolute(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.dir, path)
}

const pathHint = "a relative path starts from the folder of the configuration file"

// wantFile makes *path absolute and asks that it is a file that is there.
func (r *reader) wantFile(key string, path *string) bool {
	if *path = r.absolute(*path); *path == "" {
		return false
	}
	info, err := os.Stat(*path)
	switch {
	case err != nil:
		r.problem(key, pathHint, "%s: %s", shown(*path), fileTrouble(err))
	case !info.Mode().IsRegular():
		r.problem(key, "give the path of a file", "%s is not a regular file", shown(*path))
	default:
		return true
	}
	return false
}

// wantFolder makes *path absolute and asks that it is a folder; only when it
// must be there is its absence a problem.
func (r *reader) wantFolder(key string, path *string, must bool) {
	if *path = r.absolute(*path); *path == "" {
		return
	}
	info, err := os.Stat(*path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !must:
	case err != nil:
		r.problem(key, pathHint, "%s: %s", shown(*path), fileTrouble(err))
	case !info.IsDir():
		r.problem(key, "give the path of a folder", "%s is not a folder", shown(*path))
	}
}

// certificates makes *path absolute and asks that it is a PEM file with a
// certificate.
func (r *reader) certificates(key string, path *string) {
	if !r.wantFile(key, path) {
		return
	}
	data, err := readBounded(*path, maxFile)
	if err != nil {
		r.problem(key, pathHint, "%s: %s", shown(*path), fileTrouble(err))
		return
	}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			return
		}
	}
	r.problem(key, "it begins with -----BEGIN CERTIFICATE-----", "%s has no certificate in PEM form", shown(*path))
}

// secret makes *path absolute and reads the secret from it into *into, unless
// the secret was given in the configuration file itself.
func (r *reader) secret(key string, into *Secret, path *string) {
	fileKey := key + "_file"
	inline, inFile := r.given(key), r.given(fileKey)
	if inline && inFile {
		r.problem(fileKey, "keep one of them", "a secret given twice, by %s and by %s", lastKey(key), lastKey(fileKey))
	}
	if !r.wantFile(fileKey, path) {
		return
	}
	// Other bits say nothing on Windows, where access lists rule.
	if info, err := os.Stat(*path); err == nil && runtime.GOOS != "windows" && loose(info.Mode()) {
		r.problem(fileKey, tighten(*path), "%s is open to others (mode %04o)", shown(*path), info.Mode().Perm())
		return
	}
	text, err := readSecret(*path)
	if err != nil {
		r.problem(fileKey, "it must hold the secret alone, on one line, readable for the user that runs emne",
			"%s: %s", shown(*path), fileTrouble(err))
		return
	}
	if !inline {
		*into = NewSecret(text)
	}
}

// loose reports whether others can touch a file, or the group write it.
func loose(mode fs.FileMode) bool { return mode&0o027 != 0 }

// tighten is the command that makes a file fit to hold secrets.
func tighten(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool { return !strings.ContainsRune("/._-", r) && !isWord(r) }) {
		path = "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return "chmod o=,g-w " + path
}

func isWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

func readSecret(path string) (string, error) {
	data, err := readBounded(path, maxSecret)
	if err != nil {
		return "", err
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	switch {
	case text == "":
		return "", errors.New("is empty")
	case strings.ContainsAny(text, "\n\x00"):
		return "", errors.New("more than one line")
	}
	return text, nil
}

func readBounded(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("larger than %d KiB", most>>10)
	}
	return data, err
}

// fileTrouble words an error of the file system without the path and the name
// of the system call.
func fileTrouble(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file or folder"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	}
	if inner := (*fs.PathError)(nil); errors.As(err, &inner) {
		return inner.Err.Error()
	}
	return err.Error()
}
