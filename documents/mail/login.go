package mail

import "errors"

// login is the client's side of AUTH LOGIN, which no RFC defines: the server
// asks for the user name, then for the password. Its words differ, and some
// take no initial response, so that only the order counts.
type login struct {
	answers []string
}

func newLogin(username, password string) *login { return &login{[]string{username, password}} }

func (l *login) Start() (mech string, ir []byte, err error) { return "LOGIN", nil, nil }

func (l *login) Next([]byte) ([]byte, error) {
	if len(l.answers) == 0 {
		return nil, errors.New("the server asks for more than a user name and a password")
	}
	answer := l.answers[0]
	l.answers = l.answers[1:]
	return []byte(answer), nil
}
