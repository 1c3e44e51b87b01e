package process

import (
	"context"
	"fmt"
)

// Pictures makes pictures fit for documents. It is pure, as Documents is, and
// implemented by the same room.
type Pictures interface {
	// Picture makes the small JPEG of a product from a PNG or JPEG, or says why
	// it cannot be used.
	Picture([]byte) ([]byte, error)
}

// MaxPicture bounds a picture as it is handed in, in bytes.
const MaxPicture = 4 << 20

// ProductPicture is what a document shows of a product.
type ProductPicture struct {
	Product string `json:"product"` // SKU
	SHA256  string `json:"sha256"`
	// Data is the JPEG, read again whenever the document is drawn.
	Data []byte `json:"-"`
}

// SetPicture gives a product the picture that quotes show; no data takes it
// away. Quotes that were sent keep theirs.
func (s *Service) SetPicture(ctx context.Context, a Actor, t Target, data []byte) (*Outcome, error) {
	if err := a.must(MaySell); err != nil {
		return nil, err
	}
	var blob *Blob
	if len(data) > 0 {
		small, err := s.smallPicture(data)
		if err != nil {
			return nil, err
		}
		blob = NewBlob(small)
		if err := s.store.StageBlob(ctx, blob); err != nil {
			return nil, err
		}
	}
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		p, err := opened(u, u.Products(), "edit", t)
		if err != nil {
			return nil, err
		}
		p.Picture = ""
		if blob != nil {
			if err := u.KeepBlob(blob); err != nil {
				return nil, err
			}
			p.Picture = blob.SHA256
		}
		if err := u.Products().Update(p); err != nil {
			return nil, err
		}
		return &Outcome{Record: p, Created: []Ref{}}, u.note(Activity{Type: "product.changed", About: Ref{TypeProduct, p.ID}, Data: map[string]string{"sku": p.SKU, "picture": p.Picture}})
	})
}

func (s *Service) smallPicture(data []byte) ([]byte, error) {
	bad := func(reason, message string) error {
		return Invalid(reason, "the picture cannot be used", Problem{Field: "picture", Reason: reason, Message: message})
	}
	if s.pictures == nil {
		return nil, bad("picture.refused", "no pictures are taken here")
	}
	if len(data) > MaxPicture {
		return nil, bad("picture.large", fmt.Sprintf("a picture has at most %d MiB", MaxPicture>>20))
	}
	small, err := s.pictures.Picture(data)
	if err != nil {
		return nil, bad("picture.unreadable", err.Error())
	}
	return small, nil
}

// Picture reads the picture of a product; without one it is not found.
func (s *Service) Picture(ctx context.Context, a Actor, product string) (File, error) {
	p, err := s.Products().Get(ctx, a, product)
	if err != nil {
		return File{}, err
	}
	if p.Picture == "" {
		return File{}, NotFound("picture", product)
	}
	b, err := s.store.Blob(ctx, p.Picture)
	return File{Name: p.SKU + ".jpg", Data: b, SHA256: p.Picture}, err
}

// pictured names the pictures of the products on lines, each once.
func (u *unit) pictured(lines []Line) ([]ProductPicture, error) {
	var out []ProductPicture
	seen := map[string]bool{"": true}
	for _, l := range lines {
		if seen[l.Product] {
			continue
		}
		seen[l.Product] = true
		p, err := first(u.Products(), map[string]string{"sku": l.Product}, "")
		if err != nil {
			return nil, err
		}
		if p != nil && p.Picture != "" {
			out = append(out, ProductPicture{Product: p.SKU, SHA256: p.Picture})
		}
	}
	return out, nil
}

// illustrate reads the pictures that a document names. No transaction may be
// open.
func (s *Service) illustrate(ctx context.Context, snap *Snapshot) error {
	for i := range snap.Pictures {
		p := &snap.Pictures[i]
		var err error
		if p.Data, err = s.store.Blob(ctx, p.SHA256); err != nil {
			return fmt.Errorf("reading the picture of %s: %w", p.Product, err)
		}
	}
	return nil
}
