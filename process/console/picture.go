package console

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/emne/emne/process"
)

// maxPictureForm bounds a form with a picture, in bytes.
const maxPictureForm = process.MaxPicture + 64<<10

// pictureView is a product's picture and the form to change it; Src is empty
// when there is none, Action when the reader may not.
type pictureView struct {
	Src, Action string
	Version     int64
}

func (v *visit) pictureOf(p process.Product) *pictureView {
	at := "/products/" + p.ID + "/picture"
	view := &pictureView{Version: p.Version}
	if p.Picture != "" {
		view.Src = at + "?v=" + p.Picture[:12]
	}
	if v.may(process.MaySell) && p.State == "active" {
		view.Action = at
	}
	return view
}

func (v *visit) picture() error {
	f, err := v.s.Picture(v.ctx(), v.actor, v.id())
	if err != nil {
		return err
	}
	header := v.w.Header()
	header.Set("Content-Type", "image/jpeg")
	header.Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(v.w, v.r, "", time.Time{}, bytes.NewReader(f.Data))
	return nil
}

// setPicture takes the form: a file, or the button that takes the picture away.
func (v *visit) setPicture() error {
	var b []byte
	file, _, err := v.r.FormFile("file")
	switch {
	case err == nil:
		defer file.Close()
		if b, err = io.ReadAll(file); err != nil {
			return fmt.Errorf("reading the uploaded picture: %w", err)
		}
	case !errors.Is(err, http.ErrMissingFile):
		return err
	}
	if len(b) == 0 && v.r.PostFormValue("remove") == "" {
		return v.noPicture(process.Invalid("picture.missing", "a picture is missing", process.Problem{Field: "picture", Reason: "picture.missing", Message: "choose a PNG or JPEG"}))
	}
	t := process.Target{ID: v.id()}
	if version, err := strconv.ParseInt(v.r.PostFormValue("version"), 10, 64); err == nil {
		t.Version = &version
	}
	if _, err := v.s.SetPicture(v.ctx(), v.actor, t, b); err != nil {
		return v.noPicture(err)
	}
	v.redirect("/products/" + v.id())
	return nil
}

// noPicture shows the product with what is wrong about the picture.
func (v *visit) noPicture(err error) error {
	e := refusal(err)
	if e == nil || e.Code != process.CodeInvalid && e.Code != process.CodeConflict {
		return err
	}
	var mend []string
	for _, p := range e.Problems {
		mend = append(mend, v.problem(p))
	}
	return v.showRecord(v.c.kindOf(process.TypeProduct), v.id(), "", input{}, e, mend)
}
