package apisuite

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	_ "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1" // the API: its descriptors are looked up below
	_ "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	_ "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	_ "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	_ "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	_ "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	_ "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	_ "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	_ "github.com/handoffhq/handoff/gen/go/handoff/testclock/v1"
)

// method is a method of the API, as its proto describes it.
type method struct {
	desc   protoreflect.MethodDescriptor
	access *accessv1.Access
	rule   *annotations.HttpRule // nil without a REST path
}

// methods are all methods of the API, by name.
var methods = sync.OnceValue(func() []*method {
	var all []*method
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if !strings.HasPrefix(string(file.Package()), "handoff.") {
			return true
		}
		for i := range file.Services().Len() {
			of := file.Services().Get(i).Methods()
			for j := range of.Len() {
				all = append(all, describe(of.Get(j)))
			}
		}
		return true
	})
	slices.SortFunc(all, func(a, b *method) int { return cmp.Compare(a.full(), b.full()) })
	return all
})

func describe(desc protoreflect.MethodDescriptor) *method {
	m := &method{desc: desc}
	m.access, _ = proto.GetExtension(desc.Options(), accessv1.E_Access).(*accessv1.Access)
	if rule, ok := proto.GetExtension(desc.Options(), annotations.E_Http).(*annotations.HttpRule); ok && rule.GetPattern() != nil {
		m.rule = rule
	}
	return m
}

// lookUp finds a method by the names of its service and its own, such as `ScoringService/CreateLead`; nil if there is none.
func lookUp(name string) *method {
	for _, m := range methods() {
		if m.String() == name {
			return m
		}
	}
	return nil
}

func (m *method) String() string { return string(m.desc.Parent().Name()) + "/" + string(m.desc.Name()) }

// full is the method as gRPC spells it.
func (m *method) full() string {
	return "/" + string(m.desc.Parent().FullName()) + "/" + string(m.desc.Name())
}

// service is the service of the suite that has the method, such as `scoring`.
func (m *method) service() string {
	return strings.Split(string(m.desc.FullName()), ".")[1]
}

// request makes an empty request, and response an empty response.
func (m *method) request() proto.Message  { return message(m.desc.Input()) }
func (m *method) response() proto.Message { return message(m.desc.Output()) }

func message(desc protoreflect.MessageDescriptor) proto.Message {
	of, err := protoregistry.GlobalTypes.FindMessageByName(desc.FullName())
	if err != nil { // a method's messages are linked in with it
		panic(err)
	}
	return of.New().Interface()
}

// verb gives the HTTP method and the path template of a rule.
func verb(rule *annotations.HttpRule) (name, template string) {
	switch p := rule.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		return "GET", p.Get
	case *annotations.HttpRule_Post:
		return "POST", p.Post
	case *annotations.HttpRule_Patch:
		return "PATCH", p.Patch
	case *annotations.HttpRule_Put:
		return "PUT", p.Put
	case *annotations.HttpRule_Delete:
		return "DELETE", p.Delete
	}
	return rule.GetCustom().GetKind(), rule.GetCustom().GetPath()
}
