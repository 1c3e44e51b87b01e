package config

import "log/slog"

// Level is the least severe kind of log line that is written.
type Level string

// The levels.
const (
	LevelDebug Level = "debug"
	LevelInfo  Level = "info"
	LevelWarn  Level = "warn"
	LevelError Level = "error"
)

func (Level) allowed() []string { return []string{"debug", "info", "warn", "error"} }

// Slog gives the level of log/slog.
func (l Level) Slog() slog.Level {
	switch l {
	case LevelDebug:
		return slog.LevelDebug
	case LevelWarn:
		return slog.LevelWarn
	case LevelError:
		return slog.LevelError
	default:
		return slog.LevelInfo
	}
}

// Format is the form of a log line.
type Format string

// The formats.
const (
	FormatText Format = "text"
	FormatJSON Format = "json"
)

func (Format) allowed() []string { return []string{"text", "json"} }

// Log says what is written to standard error.
type Log struct {
	Level  Level  `yaml:"level"`
	Format Format `yaml:"format"`
}
