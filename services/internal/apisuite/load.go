package apisuite

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
)

//go:embed testdata
var embedded embed.FS

// stories are the files of testdata.
func stories() fs.FS {
	sub, err := fs.Sub(embedded, "testdata")
	if err != nil { // the directory is embedded above
		return embedded
	}
	return sub
}

// Scenarios reads every story, each after those that it needs, otherwise by name. All that is wrong comes at once.
func Scenarios() ([]*Scenario, error) { return load(stories()) }

func load(files fs.FS) ([]*Scenario, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	byName, problems := map[string]*Scenario{}, []error{}
	for _, file := range names {
		text, err := fs.ReadFile(files, file)
		if err != nil {
			return nil, err
		}
		s, err := parse(file, text)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		byName[s.Name] = s
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return order(byName)
}

// order puts each scenario behind those that it needs.
func order(byName map[string]*Scenario) (sorted []*Scenario, _ error) {
	const visiting, done = 1, 2
	state := map[string]int{}
	var visit func(name, by string) error
	visit = func(name, by string) error {
		s := byName[name]
		switch {
		case s == nil:
			return fmt.Errorf("%s needs %s, which does not exist", by, name)
		case state[name] == done:
			return nil
		case state[name] == visiting:
			return fmt.Errorf("%s needs itself", name)
		}
		state[name] = visiting
		for _, other := range s.Needs {
			if err := visit(other, name); err != nil {
				return err
			}
		}
		state[name] = done
		sorted = append(sorted, s)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if err := visit(name, ""); err != nil {
			return nil, err
		}
	}
	return sorted, nil
}
