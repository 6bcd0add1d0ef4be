package apisuite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// take takes one step, with each of its rows. The test ends when the step does not hold: those that follow build on it.
func (a *act) take(s *step) {
	a.t.Helper()
	if s.each == nil {
		a.note(s, s.at.String(), a.once(s, s.at.String(), a.scope()))
		return
	}
	var first string
	for i, row := range s.each {
		at := fmt.Sprintf("%s, row %d", s.at, i+1)
		values := map[string]any{}
		for name, node := range row {
			var err error
			if values[name], err = a.scope().value(node); err != nil {
				a.t.Fatalf("%s: %v", at, err)
			}
		}
		got := a.once(s, at, a.scope().with(values))
		a.note(s, at, got)
		switch nameless := anonymous(got, values); {
		case i == 0:
			first = nameless
		case s.alike && nameless != first:
			a.t.Errorf("%s: %s\ngot %s\nunlike row 1, which got %s", at, s.about, nameless, first)
		}
	}
}

// note keeps an answer for comparison with other tellings.
func (a *act) note(s *step, at string, got answer) {
	if s.both() {
		a.entries = append(a.entries, Entry{a.scenario.Name, at, got.String()})
	}
}

// anonymous is an answer without the values of a row.
func anonymous(got answer, values map[string]any) string {
	text := got.String()
	for name, value := range values {
		text = strings.ReplaceAll(text, fmt.Sprint(value), "${"+name+"}")
	}
	return text
}

// once takes a step until it holds, and captures what it says.
func (a *act) once(s *step, at string, in scope) answer {
	a.t.Helper()
	ctx, cancel := a.until()
	defer cancel()
	got, err := a.try(ctx, s, in)
	for s.eventually && !a.suite.Lockstep && err != nil && ctx.Err() == nil {
		time.Sleep(pollEvery) // other processes are at work: there is no event to wait for
		got, err = a.try(ctx, s, in)
	}
	if err != nil {
		a.t.Fatalf("%s: %s\n%v\ngot %s", at, s.about, err, got)
	}
	if s.repeat {
		if again, err := a.try(ctx, s, in); err != nil || again.String() != got.String() {
			a.t.Fatalf("%s: the same request again got %s\nafter %s\n%v", at, again, got, err)
		}
	}
	for name, path := range s.capture {
		if a.vars[name] = find(got.Response, path); a.vars[name] == nil {
			a.t.Fatalf("%s: there is no %s in %s", at, path, got)
		}
	}
	return got
}

// try takes a step once. The error says what is not as it is wanted.
func (a *act) try(ctx context.Context, s *step, in scope) (answer, error) {
	token, err := a.token(s, in)
	if err != nil {
		return answer{}, err
	}
	var got answer
	if s.send != nil {
		got, err = a.sendRaw(ctx, s.send, token, in)
	} else {
		got, err = a.callMethod(ctx, s, token, in)
	}
	if err != nil {
		return got, err
	}
	return got, s.want.check(got, in)
}

// token is a token of whoever takes the step; empty for nobody.
func (a *act) token(s *step, in scope) (string, error) {
	name, err := in.text(s.as)
	if err != nil || name == "" {
		return "", err
	}
	is, known := a.scenario.people[name]
	if !known {
		return "", fmt.Errorf("there is nobody called %q", name)
	}
	if a.tokens[name] == "" {
		if is.Partner, err = in.text(is.Partner); err != nil {
			return "", err
		}
		a.tokens[name], err = a.suite.token(fmt.Sprint(a.vars[name]), is)
	}
	return a.tokens[name], err
}

func (a *act) callMethod(ctx context.Context, s *step, token string, in scope) (answer, error) {
	c := call{method: s.method, token: token, request: s.method.request()}
	var err error
	if s.request != nil {
		if err := spell(in, s, c.request); err != nil {
			return answer{}, err
		}
	}
	if c.headers, err = in.texts(s.headers); err != nil {
		return answer{}, err
	}
	for from, into := range map[*string]**string{s.json: &c.json, s.text: &c.text} {
		if from == nil {
			continue
		}
		filled, err := in.text(*from)
		if err != nil {
			return answer{}, err
		}
		*into = &filled
	}
	return a.suite.door(a.transport).call(ctx, c)
}

func (a *act) sendRaw(ctx context.Context, s *send, token string, in scope) (answer, error) {
	path, err1 := in.text(s.Path)
	body, err2 := in.text(s.Body)
	headers, err3 := in.texts(s.Headers)
	if err := errors.Join(err1, err2, err3); err != nil {
		return answer{}, err
	}
	return restDoor{a.suite.URL}.raw(ctx, token, restRequest{s.Method, path, headers, []byte(body)})
}

// spell turns what a step requests into the message.
func spell(in scope, s *step, into proto.Message) error {
	value, err := in.value(s.request)
	if err != nil {
		return err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if err := protojson.Unmarshal(text, into); err != nil {
		return fmt.Errorf("the request is none: %w", err)
	}
	return nil
}
