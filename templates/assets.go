package templates

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// Asset is a style sheet, script or picture of the pages, and its media type.
func (s *Set) Asset(name string) (content []byte, mediaType string, err error) {
	switch path.Ext(name) {
	case ".css":
		mediaType = "text/css; charset=utf-8"
	case ".js":
		mediaType = "text/javascript; charset=utf-8"
	case ".svg":
		mediaType = "image/svg+xml"
	default:
		return nil, "", fs.ErrNotExist
	}
	if !fs.ValidPath(name) || strings.Contains(name, "/") {
		return nil, "", fs.ErrNotExist
	}
	content, err = s.ReadFile("assets/" + name)
	return content, mediaType, err
}

// ServeAsset answers GET {base}{name}, where name is the pattern's wildcard. An
// address with the hash of the content may be kept for ever, for it changes
// with the content.
func (s *Set) ServeAsset(w http.ResponseWriter, r *http.Request) {
	b, mediaType, err := s.Asset(r.PathValue("name"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == version(b) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Write(b)
}

func (s *Set) assetAddress(base, name string) (string, error) {
	b, _, err := s.Asset(name)
	if err != nil {
		return "", err
	}
	return base + name + "?v=" + version(b), nil
}

func version(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}
