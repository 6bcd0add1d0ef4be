package apisuite

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Position is a place in a scenario's file, lines and columns counting from 1.
type Position struct {
	File         string
	Line, Column int
}

func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// problems collects what is wrong with a file.
type problems struct {
	file  string
	found []error
}

func (p *problems) at(node *yaml.Node) Position { return Position{p.file, node.Line, node.Column} }

func (p *problems) report(node *yaml.Node, format string, args ...any) {
	p.found = append(p.found, fmt.Errorf("%s: %s", p.at(node), fmt.Sprintf(format, args...)))
}

func (p *problems) err() error { return errors.Join(p.found...) }

// object reads a mapping: each key has a reader, and any other key is reported.
func (p *problems) object(node *yaml.Node, what string, keys []key) {
	p.entries(func(name, value *yaml.Node) {
		if k := choose(keys, name.Value); k != nil {
			k.read(value)
			return
		}
		p.report(name, "unknown key %q; %s has %s", name.Value, what, spellKeys(keys))
	})(node)
}

// entries reads each entry of a mapping, and reports a key that is given twice.
func (p *problems) entries(read func(name, value *yaml.Node)) func(*yaml.Node) {
	return func(node *yaml.Node) {
		if node.Kind != yaml.MappingNode {
			p.report(node, "a mapping is wanted here")
			return
		}
		seen := map[string]bool{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			name := node.Content[i]
			if seen[name.Value] {
				p.report(name, "%s is given twice", name.Value)
				continue
			}
			seen[name.Value] = true
			read(name, node.Content[i+1])
		}
	}
}

// key is what a mapping may hold.
type key struct {
	name string
	read func(*yaml.Node)
}

func choose(keys []key, name string) *key {
	for i := range keys {
		if keys[i].name == name {
			return &keys[i]
		}
	}
	return nil
}

func spellKeys(keys []key) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	return strings.Join(names, ", ")
}

// text reads a scalar as it is written.
func (p *problems) text(into *string) func(*yaml.Node) {
	return func(node *yaml.Node) {
		if node.Kind != yaml.ScalarNode {
			p.report(node, "a text is wanted here")
			return
		}
		*into = node.Value
	}
}

// value reads anything that YAML can decode into its target.
func (p *problems) value(into any, what string) func(*yaml.Node) {
	return func(node *yaml.Node) {
		if err := node.Decode(into); err != nil {
			p.report(node, "%s is wanted here", what)
		}
	}
}

// texts reads a mapping of texts.
func (p *problems) texts(into *map[string]string) func(*yaml.Node) {
	return p.value(into, "a mapping of texts")
}

// list reads each item of a list.
func (p *problems) list(read func(*yaml.Node)) func(*yaml.Node) {
	return func(node *yaml.Node) {
		if node.Kind != yaml.SequenceNode {
			p.report(node, "a list is wanted here")
			return
		}
		for _, item := range node.Content {
			read(item)
		}
	}
}
