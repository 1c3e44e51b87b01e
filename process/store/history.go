package store

import "github.com/emne/emne/process"

func taskTable() table[process.Task] {
	return table[process.Task]{
		name: "task", record: process.TypeTask,
		columns: `state title reason note due owner about_type about_id thread`,
		base:    func(t *process.Task) *process.Record { return &t.Record },
		fields: func(t *process.Task) []any {
			return []any{&t.State, &t.Title, &t.Reason, &t.Note, &t.Due, ref{&t.Owner}, &t.About.Type, ref{&t.About.ID}, ref{&t.Thread}}
		},
		search: func(t *process.Task) []string { return []string{t.Title, t.Note} },
		keys: map[string]string{"owner": "owner", "about_id": "about_id", "about_type": "about_type", "thread": "thread",
			"reason": "reason"},
	}
}

func deliveryTable() table[process.Delivery] {
	return table[process.Delivery]{
		name: "delivery", record: process.TypeDelivery,
		columns: `state kind about_type about_id to_address to_name language reason data subject message_id sha256
			in_reply_to attempts reply next_at accepted_at thread`,
		base: func(d *process.Delivery) *process.Record { return &d.Record },
		fields: func(d *process.Delivery) []any {
			return []any{&d.State, &d.Kind, &d.About.Type, ref{&d.About.ID}, &d.To, &d.ToName, &d.Language, &d.Reason,
				object{&d.Data}, &d.Subject, ref{&d.MessageID}, &d.SHA256, &d.InReplyTo, &d.Attempts, &d.Reply,
				microsOrNull{&d.NextAt}, microsOrNull{&d.AcceptedAt}, ref{&d.Thread}}
		},
		search: func(d *process.Delivery) []string { return []string{d.To, d.ToName, d.Subject, d.MessageID, d.Reply} },
		keys: map[string]string{"about_id": "about_id", "about_type": "about_type", "message_id": "message_id",
			"to": "to_address", "kind": "kind", "thread": "thread", "reason": "reason"},
	}
}

func messageTable() table[process.Message] {
	return table[process.Message]{
		name: "message", record: process.TypeMessage,
		columns: `state decision detail mailbox message_id content_hash from_name from_address to_addresses subject
			sent_at received_at body quoted signature sha256 size about_type about_id customer_id attachments
			defects automated thread direction author`,
		base: func(m *process.Message) *process.Record { return &m.Record },
		fields: func(m *process.Message) []any {
			return []any{&m.State, &m.Decision, &m.Detail, &m.Mailbox, ref{&m.MessageID}, &m.ContentHash, &m.FromName,
				&m.From, object{&m.To}, &m.Subject, microsOrNull{&m.SentAt}, micros{&m.ReceivedAt}, &m.Text, &m.Quoted,
				&m.Signature, &m.SHA256, &m.Size, &m.About.Type, ref{&m.About.ID}, ref{&m.Customer},
				object{&m.Attachments}, object{&m.Defects}, &m.Automated, ref{&m.Thread},
				&m.Direction, &m.Author}
		},
		search: func(m *process.Message) []string {
			out := append([]string{m.FromName, m.From, m.Subject, m.Text}, m.To...)
			for _, a := range m.Attachments {
				out = append(out, a.Name)
			}
			return out
		},
		keys: map[string]string{"message_id": "message_id", "from": "from_address",
			"thread": "thread", "about_id": "about_id", "about_type": "about_type", "mailbox": "mailbox", "customer": "customer_id"},
	}
}

func quarantineTable() table[process.Quarantine] {
	return table[process.Quarantine]{
		name: "quarantine", record: process.TypeQuarantine,
		columns: `state kind source reason detail sha256 size origin_type origin_id`,
		base:    func(q *process.Quarantine) *process.Record { return &q.Record },
		fields: func(q *process.Quarantine) []any {
			return []any{&q.State, &q.Kind, &q.Source, &q.Reason, &q.Detail, &q.SHA256, &q.Size, &q.Origin.Type, ref{&q.Origin.ID}}
		},
		search: func(q *process.Quarantine) []string { return []string{q.Source, q.Reason, q.Detail} },
		keys:   map[string]string{"source": "source", "origin_id": "origin_id", "kind": "kind"},
	}
}

func senderRuleTable() table[process.SenderRule] {
	return table[process.SenderRule]{
		name: "sender_rule", record: process.TypeSenderRule,
		columns: `state address reason`,
		base:    func(r *process.SenderRule) *process.Record { return &r.Record },
		fields:  func(r *process.SenderRule) []any { return []any{&r.State, &r.Address, &r.Reason} },
		search:  func(r *process.SenderRule) []string { return []string{r.Address} },
		keys:    map[string]string{"address": "address", "reason": "reason"},
	}
}

func submissionTable() table[process.Submission] {
	return table[process.Submission]{
		name: "submission", record: process.TypeSubmission,
		columns: `state source event_id content_type headers address sha256 size result_type result_id`,
		base:    func(s *process.Submission) *process.Record { return &s.Record },
		fields: func(s *process.Submission) []any {
			return []any{&s.State, &s.Source, ref{&s.EventID}, &s.ContentType, object{&s.Headers}, &s.Address, &s.SHA256,
				&s.Size, &s.Result.Type, ref{&s.Result.ID}}
		},
		search: func(s *process.Submission) []string { return []string{s.Source, s.EventID, s.Address} },
		keys:   map[string]string{"source": "source", "event_id": "event_id", "result_id": "result_id", "sha256": "sha256"},
	}
}
