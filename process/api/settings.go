package api

import (
	"reflect"

	"github.com/emne/emne/process"
)

// settings are the company's settings with the version that If-Match takes.
type settings struct {
	Version int64 `json:"version"`
	process.Settings
}

// addSettings adds the reading and replacing of the company's settings.
func (s *server) addSettings() {
	in := s.schemas.input(reflect.TypeFor[settings]())
	read := operation("GET", root+"/settings", "settings", "settings_get", "Read the company's settings")
	answers(read, 200, "The settings", in, etagHeader())
	s.add(read, func(c *call) error {
		st, version, err := c.service.Settings(c.ctx, c.actor)
		if err != nil {
			return err
		}
		return c.writeSettings(settings{version, st})
	})
	replace := operation("PUT", root+"/settings", "settings", "settings_replace", "Replace the company's settings")
	replace.Description = "What is left out becomes empty. The version that was read goes into If-Match, or stays in the body."
	replace.Parameters = append(replace.Parameters, ifMatchParameter())
	takes(replace, in, true)
	answers(replace, 200, "The settings as they are now", in, etagHeader())
	s.add(replace, (*call).putSettings)
}

func (c *call) putSettings() error {
	version, err := ifMatch(c.r.Header)
	if err != nil {
		return err
	}
	body, err := c.body()
	if err != nil {
		return err
	}
	var in settings
	in.Version = -1
	if err := process.Decode(body, &in); err != nil {
		return err
	}
	_, now, err := c.service.Settings(c.ctx, c.actor)
	if err != nil {
		return err
	}
	switch {
	case version != nil:
		now = *version
	case in.Version >= 0:
		now = in.Version
	}
	if _, err := c.service.PutSettings(c.ctx, c.actor, now, in.Settings); err != nil {
		return err
	}
	return c.writeSettings(settings{now + 1, in.Settings})
}

func (c *call) writeSettings(s settings) error {
	c.w.Header().Set("ETag", etag(s.Version))
	return c.writeValue(s)
}
