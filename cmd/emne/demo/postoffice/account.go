package postoffice

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode"
)

const (
	inboxName  = "INBOX"
	sentName   = "Sent"
	delimiter  = '/'
	maxName    = 200  // octets of a folder's name
	maxFolders = 1000 // of an account
)

var (
	errNoFolder     = errors.New("no such mailbox")
	errFolderExists = errors.New("mailbox already exists")
	errFolderName   = errors.New("mailbox name cannot be used")
	errTooManyBoxes = errors.New("too many mailboxes")
)

// account is everything of one address. INBOX and Sent exist for every address;
// they are made when they are first used.
type account struct {
	office  *Office
	address string
	dir     string // "" in memory

	mu           sync.Mutex
	folders      map[string]*folder
	lastValidity uint32 // the highest UIDVALIDITY ever given out
}

// folderName brings a name into the form it is kept under: INBOX in capitals
// (RFC 9051 section 5.1), no delimiter at the end.
func folderName(name string) string {
	name = strings.TrimRight(name, string(delimiter))
	if strings.EqualFold(name, inboxName) {
		return inboxName
	}
	return name
}

func implicit(name string) bool { return name == inboxName || name == sentName }

// folder returns a folder by name.
func (a *account) folder(name string) (*folder, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	name = folderName(name)
	if f := a.folders[name]; f != nil {
		return f, nil
	}
	if !implicit(name) {
		return nil, errNoFolder
	}
	return a.make(name)
}

// create makes a folder and, where missing, the ones above it.
func (a *account) create(name string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	name = folderName(name)
	if implicit(name) || a.folders[name] != nil {
		return errFolderExists
	}
	if name == "" || len(name) > maxName || strings.ContainsFunc(name, unicode.IsControl) ||
		strings.ContainsAny(name, "*%") || slices.Contains(strings.Split(name, string(delimiter)), "") {
		return errFolderName
	}
	for i, r := range name {
		if above := name[:i]; r == delimiter && a.folders[folderName(above)] == nil {
			if _, err := a.make(folderName(above)); err != nil {
				return err
			}
		}
	}
	_, err := a.make(name)
	return err
}

// make makes a folder with a UIDVALIDITY that no folder of the account had
// before. a.mu is held.
func (a *account) make(name string) (*folder, error) {
	if len(a.folders) >= maxFolders {
		return nil, errTooManyBoxes
	}
	validity := max(uint32(a.office.now().Unix()), a.lastValidity+1)
	s := state{Address: a.address, Folder: name, UIDValidity: validity, UIDNext: 1, Subscribed: true}
	var v vault = memoryVault{}
	if a.dir != "" {
		disk, err := a.makeDirectory(s)
		if err != nil {
			return nil, fmt.Errorf("make folder %s: %w", name, err)
		}
		v = disk
	}
	f := newFolder(s, v)
	a.folders[name] = f
	a.lastValidity = validity
	return f, nil
}

func (a *account) makeDirectory(s state) (diskVault, error) {
	v := diskVault{filepath.Join(a.dir, fmt.Sprintf("%s-%d", directoryName(strings.ToLower(s.Folder)), s.UIDValidity))}
	if err := os.MkdirAll(v.dir, 0o700); err != nil {
		return v, err
	}
	if err := v.saveState(s); err != nil {
		return v, err
	}
	if err := syncDirectory(a.dir); err != nil {
		return v, err
	}
	return v, syncDirectory(filepath.Dir(a.dir))
}

// delete removes a folder. INBOX stays.
func (a *account) delete(name string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	name = folderName(name)
	f := a.folders[name]
	switch {
	case name == inboxName:
		return errFolderName
	case f == nil:
		return errNoFolder
	}
	if a.dir != "" {
		// A folder of the same name that is made later needs a higher UIDVALIDITY.
		if err := replaceJSON(filepath.Join(a.dir, accountFile), accountState{a.address, a.lastValidity}); err != nil {
			return fmt.Errorf("delete %s: %w", name, err)
		}
	}
	delete(a.folders, name)
	return f.drop()
}

// rename renames a folder and those below it. INBOX keeps its name.
func (a *account) rename(from, to string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	from, to = folderName(from), folderName(to)
	below := to + string(delimiter)
	switch {
	case implicit(from), to == "", len(to) > maxName, strings.HasPrefix(to, from+string(delimiter)):
		return errFolderName
	case a.folders[from] == nil:
		return errNoFolder
	case implicit(to), a.folders[to] != nil:
		return errFolderExists
	}
	for name := range a.folders {
		if strings.HasPrefix(name, below) {
			return errFolderExists
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.folders)) {
		rest, isBelow := strings.CutPrefix(name, from)
		if !isBelow || rest != "" && rest[0] != delimiter {
			continue
		}
		f := a.folders[name]
		if err := f.update(func(s *state) { s.Folder = to + rest }); err != nil {
			return err
		}
		delete(a.folders, name)
		a.folders[to+rest] = f
	}
	return nil
}

// names lists the folders, INBOX and Sent always among them, in order.
func (a *account) names() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	names := slices.AppendSeq([]string{inboxName, sentName}, maps.Keys(a.folders))
	slices.Sort(names)
	return slices.Compact(names)
}

// existing returns a folder that has been used already, or nil.
func (a *account) existing(name string) *folder {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.folders[name]
}
