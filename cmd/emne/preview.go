package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/emne/emne/cmd/emne/demo"
	"github.com/emne/emne/documents"
	"github.com/emne/emne/documents/mail"
	"github.com/emne/emne/documents/pdf"
	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// documentsCommand shows what documents and mails look like.
func documentsCommand(p *place) *cobra.Command {
	cmd := &cobra.Command{Use: "documents", Short: "The looks of documents and mails"}
	cmd.AddCommand(previewCommand(p))
	return cmd
}

func previewCommand(p *place) *cobra.Command {
	var sample bool
	var out, language, listen, folder string
	cmd := &cobra.Command{Use: "preview", Short: "Make every kind of document and mail with sample data, as files or as a page that follows the templates", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case !sample:
				return usageError{errors.New("--sample: there are previews of sample data alone")}
			case (out == "") == (listen == ""):
				return usageError{errors.New("say --out DIR for files, or --listen ADDRESS for a page")}
			case !slices.Contains(process.Languages(), language):
				return usageError{fmt.Errorf("--language is one of %s", strings.Join(process.Languages(), ", "))}
			}
			if folder == "" && (p.config != "" || p.data != "") {
				cfg, err := p.load()
				if err != nil {
					return err
				}
				folder = cfg.Templates
			}
			if listen != "" {
				return servePreview(c, folder, language, listen)
			}
			files, err := previewFiles(folder, language)
			if err != nil {
				return err
			}
			if err := os.MkdirAll(out, 0o755); err != nil {
				return fmt.Errorf("making the folder: %w", err)
			}
			for _, f := range files {
				path := filepath.Join(out, f.name)
				if err := os.WriteFile(path, f.content, 0o644); err != nil {
					return fmt.Errorf("writing the preview: %w", err)
				}
				if _, err := fmt.Fprintln(c.OutOrStdout(), path); err != nil {
					return err
				}
			}
			return nil
		}}
	f := cmd.Flags()
	f.BoolVar(&sample, "sample", true, "with sample data")
	f.StringVar(&out, "out", "", "write the files to this folder")
	f.StringVar(&listen, "listen", "", "serve a page at this address, such as 127.0.0.1:8090, that follows the templates folder")
	f.StringVar(&language, "language", "en", "one of "+strings.Join(process.Languages(), ", "))
	f.StringVar(&folder, "templates", "", "the folder of your templates; config.yaml's when --config is given")
	return cmd
}

type previewFile struct {
	name    string
	content []byte
}

// previewFiles makes every sample with the templates of a folder.
func previewFiles(folder, language string) ([]previewFile, error) {
	set, err := templates.Open(folder)
	if err != nil {
		return nil, usageError{err}
	}
	renderer, err := pdf.New(set, pdf.Options{})
	if err != nil {
		return nil, usageError{err}
	}
	composer, err := mail.NewComposer(set, "https://emne.example", demo.SalesAddress)
	if err != nil {
		return nil, usageError{err}
	}
	var out []previewFile
	papers := documents.New(renderer)
	for _, p := range demo.Papers(set, language) {
		b, err := papers.Render(p.Snapshot)
		if err != nil {
			return nil, fmt.Errorf("making the sample %s: %w", p.Name, err)
		}
		out = append(out, previewFile{p.Name + ".pdf", b})
	}
	for _, l := range demo.Letters(set, language) {
		_, html, text, err := composer.Preview(l.Mail)
		if err != nil {
			return nil, usageError{fmt.Errorf("making the sample mail %s: %w", l.Name, err)}
		}
		out = append(out, previewFile{"mail-" + l.Name + ".html", []byte(html)}, previewFile{"mail-" + l.Name + ".txt", []byte(text)})
	}
	return out, nil
}

// preview serves the samples, made anew when a file of the folder has changed.
type preview struct {
	folder, language string
	mu               sync.Mutex
	stamp            string
	made             map[string][]previewFile // by language, of that stamp
}

// maxWatched bounds how many files of a folder are looked at.
const maxWatched = 10_000

// stampOf changes when a file of the folder does.
func stampOf(folder string) string {
	if folder == "" {
		return "built-in"
	}
	sum, n := uint64(14695981039346656037), 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if n++; err != nil || n > maxWatched {
			return errors.Join(err, fs.SkipAll)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		for _, b := range fmt.Appendf(nil, "%s %d %d\n", path, info.Size(), info.ModTime().UnixNano()) {
			sum = (sum ^ uint64(b)) * 1099511628211 // FNV-1a
		}
		return nil
	})
	if err != nil {
		return "gone"
	}
	return fmt.Sprintf("%x", sum)
}

func (p *preview) files(language string) ([]previewFile, string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if stamp := stampOf(p.folder); stamp != p.stamp {
		p.stamp, p.made = stamp, map[string][]previewFile{}
	}
	if files, ok := p.made[language]; ok {
		return files, p.stamp, nil
	}
	files, err := previewFiles(p.folder, language)
	if err == nil {
		p.made[language] = files
	}
	return files, p.stamp, err
}

func (p *preview) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	language := r.URL.Query().Get("language")
	if !slices.Contains(process.Languages(), language) {
		language = p.language
	}
	w.Header().Set("Cache-Control", "no-store")
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "stamp" {
		fmt.Fprint(w, stampOf(p.folder))
		return
	}
	files, stamp, err := p.files(language)
	if name == "" {
		p.index(w, language, stamp, files, err)
		return
	}
	i := slices.IndexFunc(files, func(f previewFile) bool { return f.name == name })
	if err != nil || i < 0 {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", map[string]string{".pdf": "application/pdf", ".html": "text/html; charset=utf-8", ".txt": "text/plain; charset=utf-8"}[filepath.Ext(name)])
	w.Write(files[i].content)
}

func (p *preview) index(w http.ResponseWriter, language, stamp string, files []previewFile, fault error) {
	page := struct {
		Language, Stamp, Fault string
		Languages, Files       []string
	}{Language: language, Stamp: stamp, Languages: process.Languages()}
	for _, f := range files {
		page.Files = append(page.Files, f.name)
	}
	if fault != nil {
		page.Fault = fault.Error()
	}
	var b bytes.Buffer
	err := func() error {
		set, err := templates.Open("") // the page shows the faults of the user's
		if err != nil {
			return err
		}
		layout, err := set.ReadFile("preview/index.html")
		if err != nil {
			return err
		}
		t, err := template.New("index.html").Parse(string(layout))
		if err != nil {
			return err
		}
		return t.Execute(&b, page)
	}()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(b.Bytes())
}

// servePreview serves until the command is interrupted.
func servePreview(c *cobra.Command, folder, language, address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listening for the preview: %w", err)
	}
	server := &http.Server{Handler: &preview{folder: folder, language: language}, ReadHeaderTimeout: 10 * time.Second}
	if _, err := fmt.Fprintf(c.OutOrStdout(), "preview http://%s/\n", listener.Addr()); err != nil {
		listener.Close()
		return err
	}
	stop := context.AfterFunc(c.Context(), func() { server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the preview: %w", err)
	}
	return nil
}
