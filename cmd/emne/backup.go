package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/emne/emne/cmd/emne/config"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
)

var errPostgresBackup = errors.New("the records are in PostgreSQL: back that up with pg_dump")

// backupCommand copies the database beside a running server. The keys stay
// where they are: whoever has both can sign as this installation.
func backupCommand(p *place) *cobra.Command {
	return &cobra.Command{Use: "backup FILE", Short: "Copy the whole business into one file, also while emne runs", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		cfg, err := p.load()
		if err != nil {
			return err
		}
		if cfg.Store.Engine == config.EnginePostgres {
			return errPostgresBackup
		}
		if err := store.BackupSQLite(c.Context(), filepath.Join(cfg.Data, databaseFile), args[0]); err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "wrote %s\nkeep the keys apart from it: %s\n", args[0], filepath.Join(cfg.Data, keyFile))
		return err
	}}
}

// restoreCommand puts a backup into an empty place, and checks it there.
func restoreCommand(p *place) *cobra.Command {
	var key string
	var newKeys bool
	cmd := &cobra.Command{Use: "restore FILE", Short: "Put a backup into an empty data folder", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		cfg, err := p.load()
		if err != nil {
			return err
		}
		switch {
		case cfg.Store.Engine == config.EnginePostgres:
			return errPostgresBackup
		case key == "" && !newKeys:
			return usageError{errors.New("give the keys that belong to the backup with --key FILE; with --new-keys, replies to earlier mails are no longer recognised by their signature")}
		case key != "" && newKeys:
			return usageError{errors.New("give --key or --new-keys, not both")}
		}
		unlock, err := lock(cfg.Data)
		if err != nil {
			return err
		}
		defer unlock()
		for _, name := range []string{databaseFile, keyFile} {
			if _, err := os.Stat(filepath.Join(cfg.Data, name)); !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s is not empty, it has %s: nothing was restored", cfg.Data, name)
			}
		}
		if err = p.restore(c, cfg, args[0], key); err != nil && !errors.Is(err, errBroken) {
			err = errors.Join(err, emptyAgain(cfg.Data))
		}
		return err
	}}
	cmd.Flags().StringVar(&key, "key", "", "the secret.key that belongs to the backup")
	cmd.Flags().BoolVar(&newKeys, "new-keys", false, "make new keys: the old ones are lost")
	return cmd
}

// restore puts the files in their places; new keys are made without a key file.
func (p *place) restore(c *cobra.Command, cfg *config.Config, file, key string) (err error) {
	if key == "" {
		_, err = newKey(filepath.Join(cfg.Data, keyFile))
	} else {
		err = copyFile(key, filepath.Join(cfg.Data, keyFile))
	}
	if err != nil {
		return err
	}
	secret, err := readKey(cfg.Data)
	if err != nil {
		return err
	}
	if err := copyFile(file, filepath.Join(cfg.Data, databaseFile)); err != nil {
		return err
	}
	if key != "" {
		if err := keyFits(c, cfg, secret); err != nil {
			return err
		}
	}
	return p.verify(c, false)
}

var errOtherKey = errors.New("the key is another installation's, it did not sign the mails of this backup: give the right one, or --new-keys")

// keyFits refuses a key that did not sign the newest mail of the backup.
func keyFits(c *cobra.Command, cfg *config.Config, key []byte) error {
	db, err := inspectStore(c, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.View(c.Context(), func(tx process.Tx) error {
		newest, _, err := tx.Deliveries().List(process.Filter{Limit: 1})
		if err == nil && len(newest) > 0 && newest[0].MessageID != "" && !process.SignedBy(key, newest[0].MessageID) {
			err = errOtherKey
		}
		return err
	})
}

// emptyAgain takes away what a restoring that failed has put there.
func emptyAgain(dir string) error {
	var errs []error
	for _, name := range []string{databaseFile, databaseFile + "-wal", databaseFile + "-shm", keyFile} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// copyFile copies a file for this user alone and waits until it is on the disk.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	temporary := to + ".restoring"
	out, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return errors.Join(fmt.Errorf("copying %s: %w", from, err), os.Remove(temporary))
	}
	return os.Rename(temporary, to)
}
