package importer

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/handoffhq/handoff/services/internal/dirlock"
	"github.com/handoffhq/handoff/services/internal/importer/table"
)

// Names of the files in the directory of an import.
const (
	stateFile    = "state.json"
	registerFile = "known"
	rejectsFile  = "rejects.csv"
)

// state is how far an import has come.
type state struct {
	Task    string       `json:"task"` // what it imports, and where to: the mapping, the suite and the files
	Done    bool         `json:"done"`
	Step    int          `json:"step"`
	Place   table.Place  `json:"place"`   // in the file of the step
	Steps   []StepReport `json:"steps"`   // the figures so far
	Rejects int64        `json:"rejects"` // bytes of the reject file that count
	Known   int64        `json:"known"`   // bytes of the register that count
	Witness string       `json:"witness"` // a resource that the suite has acknowledged
}

// workspace is the directory of an import, with its files open.
type workspace struct {
	dir      string
	lock     *os.File
	known    *register
	rejects  *rejectFile
	previous *state // that was found; nil for none
}

// openWorkspace takes the directory and reads the state in it, unless what is there does not matter.
func openWorkspace(dir string, restart bool) (*workspace, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := dirlock.Take(dir)
	if err != nil {
		return nil, err
	}
	w := &workspace{dir: dir, lock: lock}
	if !restart {
		if w.previous, err = readState(w.path(stateFile)); err != nil {
			return nil, errors.Join(err, lock.Close())
		}
	}
	return w, nil
}

// readState reads a state; nil if there is none.
func readState(path string) (*state, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var s state
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("%s is damaged, begin anew: %w", path, err)
	}
	return &s, nil
}

func (w *workspace) path(name string) string { return filepath.Join(w.dir, name) }

// begin opens the files as they were at a state.
func (w *workspace) begin(s *state) (err error) {
	if w.known, err = openRegister(w.path(registerFile), s.Known); err != nil {
		return err
	}
	w.rejects, err = openRejects(w.path(rejectsFile), s.Rejects)
	return err
}

// beginAnew opens the files empty. The old state goes first: it counts on what they held.
func (w *workspace) beginAnew(s *state) error {
	if err := os.Remove(w.path(stateFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := syncDir(w.dir); err != nil {
		return err
	}
	return w.begin(s)
}

// commit puts on record how far the import has come: first what the state counts on, then the state as a whole.
func (w *workspace) commit(s *state) error {
	if err := errors.Join(w.known.flush(), w.rejects.flush()); err != nil {
		return err
	}
	s.Known, s.Rejects = w.known.size, w.rejects.size
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return replace(w.path(stateFile), text)
}

// replace writes a file so that after a crash it is either as before or as a whole as given.
func replace(path string, text []byte) error {
	next := path + ".next"
	file, err := os.OpenFile(next, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(next, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the names in a directory durable. Windows cannot do that and does not need it.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (w *workspace) close() error {
	var problems []error
	if w.known != nil {
		problems = append(problems, w.known.file.Close())
	}
	if w.rejects != nil {
		problems = append(problems, w.rejects.file.Close())
	}
	return errors.Join(append(problems, w.lock.Close())...)
}
