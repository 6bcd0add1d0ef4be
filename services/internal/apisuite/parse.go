package apisuite

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"google.golang.org/grpc/codes"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
)

// parse reads one file.
func parse(file string, text []byte) (*Scenario, error) {
	var root yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&root); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	p := &problems{file: file}
	s := &Scenario{Name: strings.TrimSuffix(path.Base(file), ".yaml"), people: map[string]person{}}
	p.object(root.Content[0], "a scenario", []key{
		{"about", p.text(&s.About)},
		{"split", p.value(&s.Split, "true or false")},
		{"needs", p.value(&s.Needs, "a list of scenarios")},
		{"people", p.entries(func(name, node *yaml.Node) { s.people[name.Value] = p.person(name.Value, node) })},
		{"steps", p.list(func(node *yaml.Node) { s.steps = append(s.steps, p.step(node)) })},
	})
	if s.About == "" {
		p.report(root.Content[0], "a scenario says what it is about")
	}
	for _, step := range s.steps {
		if s.Split && step.advance != 0 {
			p.found = append(p.found, fmt.Errorf("%s: a scenario for a split suite has no test clock to advance", step.at))
		}
	}
	return s, p.err()
}

func (p *problems) person(name string, node *yaml.Node) person {
	is := person{Subject: name + "-${run}"}
	p.object(node, "a person", []key{
		{"subject", p.text(&is.Subject)},
		{"partner", p.text(&is.Partner)},
		{"kind", func(node *yaml.Node) {
			var err error
			if is.Kind, err = auth.ParseKind(node.Value); err != nil {
				p.report(node, "%v", err)
			}
		}},
		{"roles", p.list(func(node *yaml.Node) {
			role, err := auth.ParseRole(node.Value)
			if err != nil {
				p.report(node, "%v", err)
			}
			is.Roles = append(is.Roles, role)
		})},
	})
	return is
}

func (p *problems) step(node *yaml.Node) *step {
	s := &step{at: p.at(node), want: want{at: node}}
	p.object(node, "a step", []key{
		{"about", p.text(&s.about)},
		{"as", p.text(&s.as)},
		{"call", func(node *yaml.Node) {
			if s.method = lookUp(node.Value); s.method == nil {
				p.report(node, "there is no method %q; one is ScoringService/CreateLead", node.Value)
			}
		}},
		{"request", func(node *yaml.Node) { s.request = node }},
		{"json", func(node *yaml.Node) { s.json = new(string); p.text(s.json)(node) }},
		{"text", func(node *yaml.Node) { s.text = new(string); p.text(s.text)(node) }},
		{"headers", p.texts(&s.headers)},
		{"send", func(node *yaml.Node) { s.send = p.send(node) }},
		{"want", func(node *yaml.Node) { s.want = p.want(node) }},
		{"capture", p.texts(&s.capture)},
		{"each", p.each(s)},
		{"alike", p.value(&s.alike, "true or false")},
		{"repeat", p.value(&s.repeat, "true or false")},
		{"eventually", p.value(&s.eventually, "true or false")},
		{"advance", p.length(&s.advance)},
	})
	p.fits(node, s)
	return s
}

// fits reports parts of a step that do not go together.
func (p *problems) fits(node *yaml.Node, s *step) {
	switch {
	case s.advance != 0 && (s.method != nil || s.send != nil):
		p.report(node, "time passes in a step of its own")
	case s.advance == 0 && (s.method == nil) == (s.send == nil) && len(p.found) == 0:
		p.report(node, "a step calls, sends or advances")
	case s.alike && len(s.each) < 2:
		p.report(node, "alike compares the answers to each")
	}
	if s.method == nil {
		return
	}
	if s.request != nil {
		p.fields(s.request, s.method.desc.Input(), false)
	}
	if s.want.response != nil {
		p.fields(s.want.response, s.method.desc.Output(), true)
	}
}

func (p *problems) send(node *yaml.Node) *send {
	s := &send{Method: "GET"}
	p.object(node, "send", []key{{"method", p.text(&s.Method)}, {"path", p.text(&s.Path)}, {"body", p.text(&s.Body)},
		{"headers", p.texts(&s.Headers)}})
	return s
}

func (p *problems) want(node *yaml.Node) want {
	w := want{at: node}
	p.object(node, "want", []key{
		{"status", func(node *yaml.Node) {
			if err := w.status.UnmarshalJSON([]byte(`"` + node.Value + `"`)); err != nil {
				p.report(node, "there is no status %q", node.Value)
			}
		}},
		{"http", p.value(&w.http, "a number")},
		{"reason", func(node *yaml.Node) {
			w.reason = node.Value
			if _, ok := errorsv1.ErrorReason_value["ERROR_REASON_"+node.Value]; !ok {
				p.report(node, "there is no reason %q", node.Value)
			}
		}},
		{"message", p.text(&w.message)},
		{"fields", p.value(&w.fields, "a list of fields")},
		{"metadata", p.texts(&w.metadata)},
		{"response", func(node *yaml.Node) { w.response = node }},
	})
	if w.status == codes.OK && (w.reason != "" || w.message != "" || w.fields != nil || w.metadata != nil) {
		p.report(node, "only an error has a reason, a message, fields or metadata")
	}
	return w
}

// each reads the rows of variables with which a step is taken.
func (p *problems) each(s *step) func(*yaml.Node) {
	return p.list(func(node *yaml.Node) {
		row := map[string]*yaml.Node{}
		p.entries(func(name, value *yaml.Node) { row[name.Value] = value })(node)
		s.each = append(s.each, row)
	})
}

// length reads a length of time such as 90m.
func (p *problems) length(into *time.Duration) func(*yaml.Node) {
	return func(node *yaml.Node) {
		d, err := time.ParseDuration(node.Value)
		if err != nil || d <= 0 {
			p.report(node, "a length of time such as 90m is wanted here")
		}
		*into = d
	}
}
