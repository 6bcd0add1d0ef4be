package sqldb

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
)

// Join gives several sets of migrations as one. Their file names must differ: shared packages number their migrations
// below 100, services from 100 on.
func Join(sets ...fs.FS) (fs.FS, error) {
	seen := make(map[string]bool)
	for _, set := range sets {
		names, err := fs.Glob(set, "*.sql")
		if err != nil {
			return nil, fmt.Errorf("join migrations: %w", err)
		}
		for _, name := range names {
			if seen[name] {
				return nil, fmt.Errorf("join migrations: %s stands in two sets", name)
			}
			seen[name] = true
		}
	}
	return joined(sets), nil
}

// joined is several sets of files as one.
type joined []fs.FS

// Open opens the file in the set that has it.
func (j joined) Open(name string) (fs.File, error) {
	for _, set := range j {
		if f, err := set.Open(name); err == nil {
			return f, nil
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadDir lists the files of all sets.
func (j joined) ReadDir(name string) ([]fs.DirEntry, error) {
	var all []fs.DirEntry
	for _, set := range j {
		entries, err := fs.ReadDir(set, name)
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return all, nil
}
