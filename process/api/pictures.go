package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/emne/emne/process"
)

// addPictures adds the pictures of products.
func (s *server) addPictures() {
	const path = root + "/products/{id}/picture"
	s.add(fileOperation(path, "products", "picture", "Read the picture that quotes show of a product", "image/jpeg"), func(c *call) error {
		f, err := c.service.Picture(c.ctx, c.actor, c.r.PathValue("id"))
		if err != nil {
			return err
		}
		c.sendFile("inline", "image/jpeg", f)
		return nil
	})
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	set := operation(http.MethodPut, path, "products", "products_picture_set", "Give a product the picture that quotes show")
	set.Description = "The body is a PNG or JPEG of at most 4 MiB. A small JPEG of it is kept; quotes that were sent keep theirs."
	set.Parameters = append(set.Parameters, ifMatchParameter())
	set.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{octets: {Schema: binary}, "image/png": {Schema: binary}, "image/jpeg": {Schema: binary}}}
	answers(set, http.StatusOK, "The product as it is now", s.schemas.output(reflect.TypeFor[process.Product]()))
	s.add(set, func(c *call) error {
		b, err := c.bodyUpTo(process.MaxPicture)
		if err != nil {
			return err
		}
		if len(b) == 0 {
			return process.Invalid("picture.missing", "the body is the picture", process.Problem{Field: "picture", Reason: "picture.missing", Message: "send a PNG or JPEG"})
		}
		out, err := c.setPicture(b)
		if err != nil {
			return err
		}
		a, err := summary(out)
		if err != nil {
			return err
		}
		return c.write(a)
	})
	remove := operation(http.MethodDelete, path, "products", "products_picture_remove", "Take the picture of a product away")
	remove.Parameters = append(remove.Parameters, ifMatchParameter())
	answers(remove, http.StatusNoContent, "The product has no picture", nil)
	s.add(remove, func(c *call) error {
		if _, err := c.setPicture(nil); err != nil {
			return err
		}
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	})
}

func (c *call) setPicture(b []byte) (*process.Outcome, error) {
	t, err := c.target()
	if err != nil {
		return nil, err
	}
	return c.service.SetPicture(c.ctx, c.actor, t, b)
}
