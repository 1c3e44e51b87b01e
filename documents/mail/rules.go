package mail

import (
	"encoding/json"
	"strings"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// reasonDigest is the notification of tasks that are due.
const reasonDigest = "digest"

// ruleView is a mail whose words stand in the settings. A blank line parts
// paragraphs.
func ruleView(l templates.Labels, m *process.Mail) view {
	d, co := m.Delivery, m.Settings.Company
	v := view{Language: l.Language(), Company: line(co.Name), Greeting: l.Text("greeting.nobody", nil), Subject: clip(line(d.Data["subject"]), maxSubject),
		Closing: l.Text("closing", nil), Footer: footer(co)}
	if who := greeted(m); who != "" {
		v.Greeting = l.Text("greeting", map[string]string{"name": who})
	}
	for _, p := range strings.Split(strings.ReplaceAll(d.Data["text"], "\r\n", "\n"), "\n\n") {
		if p = line(p); p != "" {
			v.Paragraphs = append(v.Paragraphs, p)
		}
	}
	v.Preheader = preheader(v)
	return v
}

// due are the tasks of a digest with their days.
func due(l templates.Labels, d process.Delivery) []fact {
	var tasks []process.DigestTask
	if err := json.Unmarshal([]byte(d.Data["tasks"]), &tasks); err != nil {
		return nil
	}
	var fs []fact
	for _, t := range tasks {
		title := line(t.Title)
		if key := "task." + t.Reason; t.Reason != "" && l.Has(key) {
			title = strings.TrimSuffix(l.Text(key, nil)+": "+title, ": ")
		}
		fs = append(fs, fact{clip(title, 80), templates.FormatDate(l.Language(), string(t.Due))})
	}
	return fs
}
