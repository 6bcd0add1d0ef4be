package apisuite

import (
	"time"

	"go.yaml.in/yaml/v3"
	"google.golang.org/grpc/codes"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
)

// Scenario is a story told through the API.
type Scenario struct {
	Name   string // of its file, without the ending
	About  string
	Split  bool     // whether it holds where services run by themselves, without a test clock
	Needs  []string // scenarios that are told before
	people map[string]person
	steps  []*step
}

// person is somebody who calls. Texts may hold variables.
type person struct {
	Subject string
	Partner string
	Roles   []accessv1.Role
	Kind    accessv1.ActorKind
}

// step is one thing that somebody does, or a length of time that passes.
type step struct {
	at      Position
	about   string
	as      string // a person's name, which may hold variables; empty for nobody
	advance time.Duration

	method  *method    // nil where the step only advances or sends
	request *yaml.Node // nil for an empty one
	json    *string    // the body over REST instead
	text    *string    // the message over gRPC instead
	headers map[string]string
	send    *send

	want       want
	capture    map[string]string // variable to path in the response
	each       []map[string]*yaml.Node
	alike      bool
	repeat     bool
	eventually bool
}

// send is a REST request that no method stands for.
type send struct {
	Method, Path, Body string
	Headers            map[string]string
}

// want is what the answer must be.
type want struct {
	at       *yaml.Node
	status   codes.Code
	http     int // 0 leaves it to the status
	reason   string
	message  string
	fields   []string
	metadata map[string]string
	response *yaml.Node
}

// over says whether the step can be taken over a transport.
func (s *step) over(t Transport) bool {
	switch {
	case s.json != nil || s.headers != nil || s.send != nil:
		return t == REST
	case s.text != nil:
		return t == GRPC
	}
	return true
}

// both says whether the step can be taken over each transport.
func (s *step) both() bool { return s.over(GRPC) && s.over(REST) }
