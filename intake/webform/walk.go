package webform

import "strings"

// walker turns the shapes in which form providers write JSON into fields.
type walker struct {
	form form
	// titles are the questions by the id or key under which answers name them.
	titles map[string]string
}

// containers are the members under which providers put the visitor's answers;
// what stands beside them is about the submission.
var containers = map[string]bool{"data": true, "payload": true, "fields": true, "answers": true, "form_response": true, "namedvalues": true,
	"field_data": true, "responses": true, "submission": true, "entry": true, "changes": true}

// descriptions are members that describe the form, not the answers.
var descriptions = map[string]bool{"definition": true, "schema": true, "options": true}

// learn collects the questions' titles.
func (w *walker) learn(n *node) {
	if n.kind == '{' {
		title := n.str("title", "label", "question")
		for _, id := range []string{n.str("id"), n.str("ref"), n.str("key")} {
			if id != "" && title != "" && len(w.titles) < maxFields {
				w.titles[id] = title
			}
		}
	}
	for i := range n.items {
		w.learn(&n.items[i])
	}
}

// walk adds what a value says under a label. inList says that it is an item.
func (w *walker) walk(n *node, label string, inList bool) {
	if s, flat := n.list(); flat {
		w.form.add(field{label: label, value: s})
		return
	}
	if n.kind == '[' {
		for i := range n.items {
			w.walk(&n.items[i], label, true)
		}
		return
	}
	if inList && w.answer(n) || w.compound(n, label) {
		return
	}
	envelope, provided := false, n.get("form_id", "formID") != nil
	for i, name := range n.names {
		envelope = envelope || containers[strings.ToLower(name)] && n.items[i].kind != 's'
	}
	for i, name := range n.names {
		one := &n.items[i]
		switch {
		case descriptions[strings.ToLower(name)] && envelope:
		case one.kind != 's':
			w.walk(one, name, false)
		case isTitle(name) || envelope && strings.EqualFold(name, "name"):
			w.form.title = oneLine(one.text, maxLabel)
		default:
			w.form.add(field{label: name, value: one.text, meta: envelope || provided && isMeta(name)})
		}
	}
	if definition := n.get("definition"); definition != nil && w.form.title == "" {
		w.form.title = oneLine(definition.str("title"), maxLabel)
	}
}

// answer reads an item that pairs a question with its answer: {label, value},
// {name, values}, {type, field, text}.
func (w *walker) answer(n *node) bool {
	hint := n.str("type")
	asked := n.get("field")
	value := n.get("value", "values", "answer", "answers")
	if value == nil && asked != nil && hint != "" {
		value = n.get(hint, "choice", "choices", "text")
	}
	if value == nil {
		return false
	}
	label := n.str("label", "title", "question", "name", "key", "ref", "id")
	if asked != nil && asked.kind == '{' {
		label = asked.str("title", "label", "ref", "id")
		for _, id := range []string{asked.str("id"), asked.str("ref")} {
			if t := w.titles[id]; t != "" {
				label = t
				break
			}
		}
		if hint = asked.str("type"); hint == "" {
			hint = n.str("type")
		}
	} else if asked != nil && asked.kind == 's' {
		label = asked.text
	}
	if label == "" {
		return false
	}
	if s, flat := value.list(); flat {
		w.form.add(field{label: label, hint: hint, value: chosen(n, value, s)})
		return true
	}
	if !w.compound(value, label) {
		w.walk(value, label, false)
	}
	return true
}

// chosen puts the texts of options in the place of their ids.
func chosen(n, value *node, otherwise string) string {
	options := n.get("options")
	if options == nil || value.kind != '[' {
		return otherwise
	}
	texts := map[string]string{}
	for i := range options.items {
		texts[options.items[i].str("id")] = options.items[i].str("text", "label")
	}
	var all []string
	for _, one := range value.items {
		if t := texts[one.text]; t != "" {
			all = append(all, t)
		} else if one.text != "" {
			all = append(all, one.text)
		}
	}
	return strings.Join(all, ", ")
}

// compound reads a value in parts: a name as {first, last}, a phone as {full},
// a choice as {label} or {labels}, a file as {url}.
func (w *walker) compound(n *node, label string) bool {
	if n.kind != '{' || label == "" || len(n.items) == 0 || len(n.items) > 6 {
		return false
	}
	first, last := n.str("first"), n.str("last")
	switch {
	case first != "" || last != "":
		w.form.add(field{label: label, hint: "name", value: strings.Join(strings.Fields(first+" "+n.str("middle")+" "+last), " ")})
		return true
	case n.str("full") != "":
		w.form.add(field{label: label, value: n.str("full")})
		return true
	case len(n.items) <= 3 && n.get("label", "labels") != nil:
		if s, flat := n.get("label", "labels").list(); flat {
			w.form.add(field{label: label, value: s})
			return true
		}
	}
	return false
}

// titleNames are the members that name the form.
var titleNames = map[string]bool{"formname": true, "formtitle": true, "form_name": true, "form_title": true}

func isTitle(name string) bool { return titleNames[strings.ToLower(name)] }

// metaNames are what form plugins add of their own.
var metaNames = map[string]bool{"id": true, "form_id": true, "formid": true, "submissionid": true, "submission_id": true, "created_by": true,
	"date_created": true, "date_updated": true, "is_starred": true, "is_read": true, "user_agent": true, "ip": true, "status": true,
	"rawrequest": true, "slug": true, "event_id": true, "_gotcha": true, "_honey": true, "_honeypot": true, "_hp": true, "_trap": true, "_t": true,
	"_redirect": true, "_next": true, "_subject": true, "_token": true, "_wpnonce": true, "csrf_token": true, "g-recaptcha-response": true,
	"h-captcha-response": true, "cf-turnstile-response": true}

func isMeta(name string) bool { return metaNames[strings.ToLower(name)] }
