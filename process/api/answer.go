package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/emne/emne/process"
)

// marshal writes JSON as people read it: <, > and & as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("writing %T as JSON: %w", v, err)
	}
	return b.Bytes(), nil
}

// encode is marshal for our own plain structs.
func encode(v any) []byte {
	b, err := marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// transition answers to a verb: {"record": …, "created": …, "linked": …}.
func transition(o *process.Outcome) (process.Answer, error) {
	b, err := marshal(o)
	return process.Answer{Status: http.StatusOK, Body: b}, err
}

// merged answers to what is created or edited: the record's own fields and,
// beside them, those of a transition's answer, so that both ways of reading it
// work.
func merged(status int) func(*process.Outcome) (process.Answer, error) {
	return func(o *process.Outcome) (process.Answer, error) {
		record, err := marshal(o.Record)
		if err != nil {
			return process.Answer{}, err
		}
		rest, err := marshal(o)
		if err != nil {
			return process.Answer{}, err
		}
		record, rest = bytes.TrimSpace(record), bytes.TrimSpace(rest)
		if len(record) < 3 || record[0] != '{' {
			return process.Answer{}, fmt.Errorf("the record %T is no JSON object with fields", o.Record)
		}
		body := append(record[:len(record)-1], ',')
		body = append(append(body, rest[1:]...), '\n')
		return process.Answer{Status: status, Body: body}, nil
	}
}

// identity is what headers say about an answer's record.
type identity struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
}

// write sends an answer. The headers are read out of the body, so that one
// that is given again has the same ones.
func (c *call) write(a process.Answer) error {
	if a.Status >= http.StatusBadRequest {
		writeRefusal(c.w, a)
		return nil
	}
	var body struct {
		identity
		Record identity `json:"record"`
	}
	if err := json.Unmarshal(a.Body, &body); err != nil {
		return fmt.Errorf("reading an answer: %w", err)
	}
	if body.ID == "" {
		body.identity = body.Record
	}
	if body.Version > 0 {
		c.w.Header().Set("ETag", etag(body.Version))
	}
	if a.Status == http.StatusCreated {
		c.w.Header().Set("Location", c.r.URL.Path+"/"+body.ID)
	}
	writeJSON(c.w, jsonType, a.Status, a.Body)
	return nil
}

// writeValue sends a value with status 200.
func (c *call) writeValue(v any) error {
	b, err := marshal(v)
	if err != nil {
		return err
	}
	writeJSON(c.w, jsonType, http.StatusOK, b)
	return nil
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }
