package auth_test

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
)

// service builds the descriptor of a service with a method for each list of roles; nil is no option at all.
func service(t *testing.T, methods map[string][]accessv1.Role) protoreflect.ServiceDescriptor {
	t.Helper()
	desc := &descriptorpb.ServiceDescriptorProto{Name: proto.String("Test")}
	for name, roles := range methods {
		options := &descriptorpb.MethodOptions{}
		if roles != nil {
			proto.SetExtension(options, accessv1.E_Access, &accessv1.Access{Roles: roles})
		}
		desc.Method = append(desc.Method, &descriptorpb.MethodDescriptorProto{
			Name: proto.String(name), InputType: proto.String(".test.Empty"), OutputType: proto.String(".test.Empty"), Options: options,
		})
	}
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("test.proto"), Package: proto.String("test"), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{{Name: proto.String("Empty")}},
		Service:     []*descriptorpb.ServiceDescriptorProto{desc},
	}, protoregistry.GlobalFiles)
	if err != nil {
		t.Fatal(err)
	}
	return file.Services().Get(0)
}

func TestAMethodWithoutRolesDoesNotStart(t *testing.T) {
	t.Parallel()
	_, err := auth.Methods(service(t, map[string][]accessv1.Role{
		"Fine": {accessv1.Role_ROLE_EXEC}, "Open": nil, "Empty": {}, "Unspecified": {0}, "Unknown": {accessv1.Role_ROLE_EXEC, 77},
	}))
	if !errors.Is(err, auth.ErrNoRoles) {
		t.Fatalf("got %v, want %v", err, auth.ErrNoRoles)
	}
	for _, method := range []string{"test.Test.Open", "test.Test.Empty", "test.Test.Unspecified", "test.Test.Unknown"} {
		if !strings.Contains(err.Error(), method) {
			t.Errorf("%s is not named in: %v", method, err)
		}
	}
	if strings.Contains(err.Error(), "Fine") {
		t.Errorf("a method with roles is blamed: %v", err)
	}
}

func TestAMethodForServicesAloneKeepsItsRoles(t *testing.T) {
	t.Parallel()
	policy, err := auth.Methods(eventv1.File_handoff_event_v1_event_service_proto.Services().Get(0),
		scoringv1.File_handoff_scoring_v1_scoring_service_proto.Services().Get(0))
	if err != nil {
		t.Fatal(err)
	}
	const internal, public = "/handoff.event.v1.EventService/Deliver", "/handoff.scoring.v1.ScoringService/GetLead"
	if !policy.Internal(internal) || policy.Internal(public) || policy.Internal("/unknown") {
		t.Error("the wrong methods are internal")
	}
	if !policy.Allows(internal, auth.Service("routing")) {
		t.Error("a service may not deliver")
	}
	if policy.Allows(internal, &auth.Actor{Roles: []accessv1.Role{accessv1.Role_ROLE_UNSPECIFIED, accessv1.Role_ROLE_REVOPS}}) {
		t.Error("the mark of an internal method passes for a role")
	}
}

func TestAMethodIsForItsRolesAlone(t *testing.T) {
	t.Parallel()
	policy, err := auth.Methods(scoringv1.File_handoff_scoring_v1_scoring_service_proto.Services().Get(0))
	if err != nil {
		t.Fatal(err)
	}
	methods := scoringv1.File_handoff_scoring_v1_scoring_service_proto.Services().Get(0).Methods()
	for i := range methods.Len() {
		method := methods.Get(i)
		listed := proto.GetExtension(method.Options(), accessv1.E_Access).(*accessv1.Access).GetRoles()
		full := "/handoff.scoring.v1.ScoringService/" + string(method.Name())
		for number := range accessv1.Role_name {
			role := accessv1.Role(number)
			want := false
			for _, l := range listed {
				want = want || l == role
			}
			if got := policy.Allows(full, &auth.Actor{Roles: []accessv1.Role{role}}); got != want {
				t.Errorf("%s by %v: got %v, want %v", full, role, got, want)
			}
		}
		if policy.Allows(full, nil) || policy.Allows(full, &auth.Actor{Roles: []accessv1.Role{-1, 64, 1 << 20}}) {
			t.Errorf("%s is open to nobody's roles", full)
		}
	}
	exec := &auth.Actor{Roles: []accessv1.Role{accessv1.Role_ROLE_EXEC}}
	if policy.Allows("/handoff.scoring.v1.ScoringService/Unknown", exec) || policy.Knows("/") {
		t.Error("a method that does not exist is allowed")
	}
}
