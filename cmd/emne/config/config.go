package config

import "time"

// Config is a whole config.yaml with its defaults filled in.
type Config struct {
	// File is the absolute path of the file that this was read from.
	File string `yaml:"-"`
	// Data is the folder of the database, the key file, the spool and the
	// command socket. Default: data beside config.yaml. It need not exist.
	Data string `yaml:"data"`
	// SettingsFile is a file of business settings that is the master of those
	// in the database. Empty: the console is.
	SettingsFile string `yaml:"settings_file"`
	// Templates is a folder whose files replace the built-in templates of the
	// same name. Empty: none.
	Templates  string             `yaml:"templates"`
	Store      Store              `yaml:"store"`
	Listen     Listen             `yaml:"listen"`
	Mailboxes  map[string]Mailbox `yaml:"mailboxes"`
	Submission Submission         `yaml:"submission"`
	Sources    map[string]Source  `yaml:"sources"`
	// AccessPoint takes e-invoices; see Configured.
	AccessPoint AccessPoint `yaml:"access_point"`
	Backup      Backup      `yaml:"backup"`
	// Register is the register of companies that customers are filled in from.
	Register Register `yaml:"register"`
	Jobs     Jobs     `yaml:"jobs"`
	Log      Log      `yaml:"log"`
}

func (c *Config) setDefaults() {
	c.Data = "data"
	c.Store.Engine = EngineSQLite
	c.Listen.HTTP = "127.0.0.1:8080"
	c.Submission.setDefaults()
	c.AccessPoint.Timeout = 30 * time.Second
	c.Backup = Backup{Schedule: "15 3 * * *", Keep: 14}
	c.Register = RegisterBrreg
	c.Jobs.Workers = 16
	c.Log = Log{Level: LevelInfo, Format: FormatText}
}

// Engine is a kind of database.
type Engine string

// The engines.
const (
	EngineSQLite   Engine = "sqlite"
	EnginePostgres Engine = "postgres"
)

func (Engine) allowed() []string { return []string{"sqlite", "postgres"} }

// Store says where the records are kept.
type Store struct {
	Engine Engine `yaml:"engine"`
	// URL is the connection string (postgres://…) and holds a password; set
	// only with EnginePostgres, whether it came inline or from URLFile.
	URL     Secret `yaml:"url"`
	URLFile string `yaml:"url_file"`
}

// Backup says where scheduled backups go.
type Backup struct {
	// Folder is the target. Empty: no scheduled backups. It need not exist.
	Folder string `yaml:"folder"`
	// Schedule is a cron expression in the machine's time zone.
	Schedule string `yaml:"schedule"`
	// Keep is the number of backups that stay; at least 1.
	Keep int `yaml:"keep"`
}

// Register is a register of companies.
type Register string

// The registers: Brønnøysund's Enhetsregisteret, and none.
const (
	RegisterBrreg Register = "brreg"
	RegisterNone  Register = "none"
)

func (Register) allowed() []string { return []string{"brreg", "none"} }

// Jobs bounds the background work of one process.
type Jobs struct {
	// Workers is how many jobs run at once, 1 to 1000.
	Workers int `yaml:"workers"`
}

// Submission is the server that takes our outgoing mail (RFC 6409). It may be
// left out: see Configured.
type Submission struct {
	Host string `yaml:"host"`
	// Port defaults to 465, 587 or 25, by TLS.
	Port int `yaml:"port"`
	TLS  TLS `yaml:"tls"`
	// CAFile is a PEM file of the authorities to trust instead of the system's.
	CAFile   string `yaml:"ca_file"`
	Username string `yaml:"username"`
	// Password is set whether it came inline or from PasswordFile.
	Password     Secret `yaml:"password"`
	PasswordFile string `yaml:"password_file"`
	// OAuth is the name of the mailbox whose sign-in is used instead of a password.
	OAuth string `yaml:"oauth"`
	// From is the bare address (addr-spec) that mail is sent from.
	From string `yaml:"from"`
	// Hello is the name in EHLO. Empty: the machine's host name.
	Hello string `yaml:"hello"`
	// Timeout is the longest wait for one answer of the server.
	Timeout time.Duration `yaml:"timeout"`
}

func (s *Submission) setDefaults() {
	s.TLS = TLSImplicit
	s.Timeout = 30 * time.Second
}

// Configured reports whether mail can be sent at all.
func (s Submission) Configured() bool { return s.Host != "" }
