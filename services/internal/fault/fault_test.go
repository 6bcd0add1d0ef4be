package fault_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
)

func TestEveryKindHasItsCode(t *testing.T) {
	t.Parallel()
	want := map[fault.Kind]codes.Code{
		fault.Internal: codes.Internal, fault.Invalid: codes.InvalidArgument, fault.NotFound: codes.NotFound,
		fault.Exists: codes.AlreadyExists, fault.Conflict: codes.FailedPrecondition, fault.Aborted: codes.Aborted,
		fault.Unauthenticated: codes.Unauthenticated, fault.PermissionDenied: codes.PermissionDenied,
		fault.Exhausted: codes.ResourceExhausted, fault.Unavailable: codes.Unavailable, fault.Deadline: codes.DeadlineExceeded,
	}
	for kind, code := range want {
		st, hidden := fault.Status(fault.New(kind, errorsv1.ErrorReason_ERROR_REASON_STATE_CONFLICT, "text"))
		if st.Code() != code {
			t.Errorf("kind %d: got code %v, want %v", kind, st.Code(), code)
		}
		if hidden != (kind == fault.Internal) {
			t.Errorf("kind %d: got hidden %v", kind, hidden)
		}
	}
}

func TestEveryReasonSurvivesTheWireAndAPeer(t *testing.T) {
	t.Parallel()
	for number := range errorsv1.ErrorReason_name {
		reason := errorsv1.ErrorReason(number)
		st, _ := fault.Status(fmt.Errorf("outer: %w", fault.New(fault.Conflict, reason, "text").With("resource", "handoffs/1")))
		info := errorInfo(t, st.Details())
		if got, want := "ERROR_REASON_"+info.GetReason(), reason.String(); got != want {
			t.Errorf("got reason %s, want %s", got, want)
		}
		if info.GetDomain() != fault.Domain {
			t.Errorf("%v: got domain %q", reason, info.GetDomain())
		}
		back := fault.As(fault.FromPeer(st.Err()))
		if back == nil || back.Reason != reason || back.Kind != fault.Conflict || back.Metadata["resource"] != "handoffs/1" {
			t.Errorf("%v: came back from a peer as %v", reason, back)
		}
	}
}

func TestACauseIsHiddenFromTheCaller(t *testing.T) {
	t.Parallel()
	st, hidden := fault.Status(errors.New(`pq: relation "secret" does not exist`))
	if !hidden || st.Code() != codes.Internal || strings.Contains(st.Message(), "secret") {
		t.Errorf("got %v, hidden %v", st, hidden)
	}
}

func TestAPeersInvalidArgumentIsOurInternalError(t *testing.T) {
	t.Parallel()
	st, _ := fault.Status(fault.Field("name", "is missing"))
	if got := fault.As(fault.FromPeer(st.Err())); got.Kind != fault.Internal {
		t.Errorf("got kind %d", got.Kind)
	}
}

func TestWhatAConnectionSaysOfItselfIsNotHandedOn(t *testing.T) {
	t.Parallel()
	for _, code := range []codes.Code{codes.Unavailable, codes.DeadlineExceeded, codes.Internal} {
		peer := fault.FromPeer(status.Error(code, "dial tcp 10.1.2.3:7443: connection refused"))
		if st, _ := fault.Status(peer); strings.Contains(st.Message(), "10.1.2.3") || !strings.Contains(peer.Error(), "10.1.2.3") {
			t.Errorf("%v: the caller sees %q, the log %q", code, st.Message(), peer)
		}
	}
	said, _ := fault.Status(fault.New(fault.Unavailable, errorsv1.ErrorReason_ERROR_REASON_UNAVAILABLE, "events cannot be applied now"))
	if got := fault.As(fault.FromPeer(said.Err())); got.Message != "events cannot be applied now" {
		t.Errorf("what the peer says: got %q", got.Message)
	}
}

func TestContextErrorsAreUnknownOutcomes(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]codes.Code{
		context.DeadlineExceeded: codes.DeadlineExceeded,
		context.Canceled:         codes.Unavailable,
	} {
		if st, hidden := fault.Status(fmt.Errorf("query: %w", err)); st.Code() != want || hidden {
			t.Errorf("%v: got %v, hidden %v", err, st.Code(), hidden)
		}
	}
}

func TestFieldViolationsReachTheCaller(t *testing.T) {
	t.Parallel()
	st, _ := fault.Status(fault.Fields(fault.Violation{Field: "lead.email", Message: "is too long"}, fault.Violation{Field: "lead.source", Message: "is missing"}))
	var got []string
	for _, d := range st.Details() {
		if bad, ok := d.(*errdetails.BadRequest); ok {
			for _, v := range bad.GetFieldViolations() {
				got = append(got, v.GetField()+": "+v.GetDescription())
			}
		}
	}
	if want := "lead.email: is too long|lead.source: is missing"; strings.Join(got, "|") != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func errorInfo(t *testing.T, details []any) *errdetails.ErrorInfo {
	t.Helper()
	for _, d := range details {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			return info
		}
	}
	t.Fatal("no ErrorInfo in the details")
	return nil
}
