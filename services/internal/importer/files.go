package importer

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/handoffhq/handoff/services/internal/importer/mapping"
	"github.com/handoffhq/handoff/services/internal/importer/table"
)

// source is a step with its file.
type source struct {
	step *mapping.Step
	path string
	size int64
	mark string // tells this content of the file from another
}

// markBytes is how much of a file goes into its mark, besides its size and the time of its last change.
const markBytes = 64 << 10

// sources finds the files of a mapping and makes sure that every step can read its own, before anything is sent.
func sources(m *mapping.Mapping, path string) ([]source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	var all []source
	var problems []error
	for _, step := range m.Steps {
		file := path
		switch {
		case info.IsDir():
			file = filepath.Join(path, step.File)
		case step.File != m.Steps[0].File:
			return nil, fmt.Errorf("%s is one file, and the mapping wants several: give the folder", path)
		default:
			renamed := *step
			renamed.File = filepath.Base(path)
			step = &renamed
		}
		s, err := inspect(step, file)
		if err != nil {
			problems = append(problems, err)
		}
		all = append(all, s)
	}
	return all, errors.Join(problems...)
}

// inspect reads the header of a file, and what tells its content from another.
func inspect(step *mapping.Step, path string) (source, error) {
	f, err := os.Open(path)
	if err != nil {
		return source{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return source{}, err
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%d %d\n", info.Size(), info.ModTime().UnixNano())
	if _, err := io.CopyN(sum, f, markBytes); err != nil && !errors.Is(err, io.EOF) {
		return source{}, err
	}
	s := source{step: step, path: path, size: info.Size(), mark: hex.EncodeToString(sum.Sum(nil))}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return s, err
	}
	_, _, err = read(step, f)
	return s, err
}

// read begins to read the file of a step.
func read(step *mapping.Step, file io.ReadSeeker) (*table.Table, *mapping.Sheet, error) {
	t, err := table.Open(file, step.Comma)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", step.File, err)
	}
	sheet, err := step.Bind(t.Header())
	return t, sheet, err
}
