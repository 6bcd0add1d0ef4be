package rpc_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/emptypb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/rpc"
)

// wantStatus checks the code of an error and gives the ErrorInfo in it.
func wantStatus(t *testing.T, err error, code codes.Code, reason string) *errdetails.ErrorInfo {
	t.Helper()
	st := status.Convert(err)
	if st.Code() != code {
		t.Fatalf("got %v, want code %v", err, code)
	}
	for _, d := range st.Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			if info.GetReason() != reason {
				t.Errorf("got reason %s, want %s", info.GetReason(), reason)
			}
			return info
		}
	}
	t.Fatalf("%v lacks an ErrorInfo", err)
	return nil
}

func TestOnlyHealthAnswersWithoutCredentials(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	called := false
	b.scoring.getLead = func(context.Context, *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
		called = true
		return &scoringv1.Lead{}, nil
	}
	conn := b.connect(t)
	for i := range scoringDescriptor().Methods().Len() {
		method := scoringDescriptor().Methods().Get(i)
		err := conn.Invoke(t.Context(), "/handoff.scoring.v1.ScoringService/"+string(method.Name()), &emptypb.Empty{}, &emptypb.Empty{})
		if access(method).GetInternal() { // the public door does not know it
			if status.Code(err) != codes.Unimplemented {
				t.Errorf("%s: got %v", method.Name(), err)
			}
			continue
		}
		wantStatus(t, err, codes.Unauthenticated, "CREDENTIALS_INVALID")
	}
	if called {
		t.Error("a handler was reached")
	}
	reflection, err := grpc_reflection_v1.NewServerReflectionClient(conn).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = reflection.Recv()
	wantStatus(t, err, codes.Unauthenticated, "CREDENTIALS_INVALID")

	health := grpc_health_v1.NewHealthClient(conn)
	answer, err := health.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{Service: "handoff.scoring.v1.ScoringService"})
	if err != nil || answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Errorf("got health %v, %v", answer, err)
	}
	if _, err := health.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{Service: "unknown"}); status.Code(err) != codes.NotFound {
		t.Errorf("got %v for the health of an unknown service", err)
	}
}

func TestReflectionAnswersWithCredentials(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	conn := b.connect(t)
	stream, err := grpc_reflection_v1.NewServerReflectionClient(conn).ServerReflectionInfo(b.as(t, accessv1.Role_ROLE_SRE))
	if err != nil {
		t.Fatal(err)
	}
	err = stream.Send(&grpc_reflection_v1.ServerReflectionRequest{
		MessageRequest: &grpc_reflection_v1.ServerReflectionRequest_ListServices{}})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	if got := answer.String(); !strings.Contains(got, "handoff.scoring.v1.ScoringService") {
		t.Errorf("got %s", got)
	}
}

func TestTheHandlerLearnsWhoCalls(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	var got string
	b.scoring.getLead = func(ctx context.Context, _ *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
		got = auth.Principal(auth.ActorFrom(ctx))
		return &scoringv1.Lead{}, nil
	}
	client := scoringv1.NewScoringServiceClient(b.connect(t))
	if _, err := client.GetLead(b.as(t, accessv1.Role_ROLE_EXEC), &scoringv1.GetLeadRequest{Name: leadName}); err != nil {
		t.Fatal(err)
	}
	if want := auth.LocalIssuer + "|ann"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAForgedActorOnThePublicListenerIsNotRead(t *testing.T) {
	t.Parallel()
	b := newBundle(t, func(c *rpc.Config) { c.Peers = []string{"gateway"} })
	var got *auth.Actor
	b.scoring.getLead = func(ctx context.Context, _ *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
		got = auth.ActorFrom(ctx)
		return &scoringv1.Lead{}, nil
	}
	memory := rpc.NewMemory()
	b.serve(t, memory)
	conn, err := rpc.DialInMemory(memory, rpc.ClientConfig{Name: "gateway"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeQuietly(conn) })
	client, request := scoringv1.NewScoringServiceClient(conn), &scoringv1.GetLeadRequest{Name: leadName}

	forged := auth.WithActor(t.Context(), auth.Service("routing")) // which the connection forwards
	_, err = client.GetLead(forged, request)
	wantStatus(t, err, codes.Unauthenticated, "CREDENTIALS_INVALID")

	mixed := auth.WithActor(b.as(t, accessv1.Role_ROLE_EXEC), auth.Service("routing"))
	if _, err := client.GetLead(mixed, request); err != nil {
		t.Fatal(err)
	}
	if got.GetSubject() != "ann" || auth.Has(got, accessv1.Role_ROLE_SERVICE) {
		t.Errorf("the handler was told of %v", got)
	}
}

func TestTwoAuthorizationHeadersAreRefused(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	client := scoringv1.NewScoringServiceClient(b.connect(t))
	ctx := metadata.AppendToOutgoingContext(b.as(t, accessv1.Role_ROLE_EXEC), "authorization", "Bearer "+b.token(t, accessv1.Role_ROLE_EXEC))
	_, err := client.GetLead(ctx, &scoringv1.GetLeadRequest{Name: leadName})
	wantStatus(t, err, codes.Unauthenticated, "CREDENTIALS_INVALID")
}

// access is who may call a method.
func access(method protoreflect.MethodDescriptor) *accessv1.Access {
	return proto.GetExtension(method.Options(), accessv1.E_Access).(*accessv1.Access)
}

func TestAMethodIsForItsRolesAlone(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	conn := b.connect(t)
	for i := range scoringDescriptor().Methods().Len() {
		method := scoringDescriptor().Methods().Get(i)
		name := "/handoff.scoring.v1.ScoringService/" + string(method.Name())
		if access(method).GetInternal() {
			continue
		}
		listed := access(method).GetRoles()
		for _, role := range []accessv1.Role{accessv1.Role_ROLE_SRE, accessv1.Role_ROLE_SALES_REP, accessv1.Role_ROLE_REVOPS} {
			err := conn.Invoke(b.as(t, role), name, &emptypb.Empty{}, &emptypb.Empty{})
			allowed := false
			for _, l := range listed {
				allowed = allowed || l == role
			}
			if got := status.Code(err) != codes.PermissionDenied; got != allowed {
				t.Errorf("%s by %v: got %v, allowed is %v", method.Name(), role, err, allowed)
			}
			if !allowed {
				if info := wantStatus(t, err, codes.PermissionDenied, "ROLE_MISSING"); info.GetMetadata()["method"] != name {
					t.Errorf("got metadata %v", info.GetMetadata())
				}
			}
		}
	}
}

func TestTheRequestOfAStrangerIsNotReadIn(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	client := scoringv1.NewScoringServiceClient(b.connect(t))
	large := &scoringv1.GetLeadRequest{Name: strings.Repeat("x", 8<<20)} // eight times the limit
	_, err := client.GetLead(t.Context(), large)
	wantStatus(t, err, codes.Unauthenticated, "CREDENTIALS_INVALID")
	_, err = client.GetLead(b.as(t, accessv1.Role_ROLE_EXEC), large)
	if status.Code(err) != codes.ResourceExhausted {
		t.Errorf("got %v for an oversize message", err)
	}
}

func TestAMalformedPathReachesNoHandler(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	conn := b.connect(t)
	for _, method := range []string{"GetLead", "/handoff.scoring.v1.ScoringService", "/handoff.scoring.v1.ScoringService/getLead", "/x/y"} {
		err := conn.Invoke(b.as(t, accessv1.Role_ROLE_EXEC), method, &emptypb.Empty{}, &emptypb.Empty{})
		if status.Code(err) != codes.Unimplemented {
			t.Errorf("%s: got %v", method, err)
		}
	}
}
