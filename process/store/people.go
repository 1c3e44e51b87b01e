package store

import "github.com/emne/emne/process"

func userTable() table[process.User] {
	return table[process.User]{
		name: "user_account", record: process.TypeUser,
		columns: `state email name role language password_hash own_mail_since`,
		base:    func(u *process.User) *process.Record { return &u.Record },
		fields: func(u *process.User) []any {
			return []any{&u.State, &u.Email, &u.Name, &u.Role, &u.Language, &u.PasswordHash, microsOrNull{&u.OwnMailSince}}
		},
		search: func(u *process.User) []string { return []string{u.Email, u.Name} },
		keys:   map[string]string{"email": "email", "role": "role"},
	}
}

func sessionTable() table[process.Session] {
	return table[process.Session]{
		name: "session", record: "session", stateless: true,
		columns: `token_hash user_id expires_at address user_agent`,
		base:    func(s *process.Session) *process.Record { return &s.Record },
		fields: func(s *process.Session) []any {
			return []any{&s.TokenHash, ref{&s.User}, micros{&s.ExpiresAt}, &s.Address, &s.UserAgent}
		},
		search: func(s *process.Session) []string { return []string{s.Address, s.UserAgent} },
		keys:   map[string]string{"token_hash": "token_hash", "user": "user_id"},
	}
}

func tokenTable() table[process.Token] {
	return table[process.Token]{
		name: "token", record: process.TypeToken,
		columns: `state token_hash name role expires_at`,
		base:    func(k *process.Token) *process.Record { return &k.Record },
		fields: func(k *process.Token) []any {
			return []any{&k.State, &k.TokenHash, &k.Name, &k.Role, microsOrNull{&k.ExpiresAt}}
		},
		search: func(k *process.Token) []string { return []string{k.Name} },
		keys:   map[string]string{"token_hash": "token_hash", "name": "name"},
	}
}

func linkTable() table[process.Link] {
	return table[process.Link]{
		name: "link", record: "link", stateless: true,
		columns: `token_hash about_type about_id`,
		base:    func(l *process.Link) *process.Record { return &l.Record },
		fields: func(l *process.Link) []any {
			return []any{&l.TokenHash, &l.About.Type, ref{&l.About.ID}}
		},
		search: func(*process.Link) []string { return nil },
		keys:   map[string]string{"token_hash": "token_hash", "about_id": "about_id", "about_type": "about_type"},
	}
}
