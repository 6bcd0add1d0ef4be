package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/handoffhq/handoff/gateway"
)

// failing is a connection on which every call ends with an error; nil gives an empty answer.
type failing struct {
	grpc.ClientConnInterface
	err error
}

func (f failing) Invoke(context.Context, string, any, any, ...grpc.CallOption) error { return f.err }

// ask sends a request to a gateway on whose connections every call ends with the error, or with an empty answer.
func ask(t *testing.T, with error, method, path, request string) (code int, reason, answer string) {
	t.Helper()
	conn := failing{err: with}
	handler, err := gateway.New(t.Context(), gateway.Config{Playbook: conn, Scoring: conn, Routing: conn, SLA: conn, Feedback: conn,
		Attribution: conn, Journey: conn, Authenticate: func(*http.Request) error { return nil },
		Ready: func(context.Context) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(request)))
	var st struct{ Details []struct{ Reason string } }
	if err := json.Unmarshal(w.Body.Bytes(), &st); err != nil {
		t.Fatal(err)
	}
	if len(st.Details) > 0 {
		reason = st.Details[0].Reason
	}
	return w.Code, reason, w.Body.String()
}

func TestWhatAConnectionSaysOfItselfStaysInside(t *testing.T) {
	t.Parallel()
	const inside = "dial tcp 10.1.2.3:7443: connection refused"
	for _, c := range []struct {
		err    error
		code   int
		reason string
	}{
		{status.Error(codes.Unavailable, inside), http.StatusServiceUnavailable, "UNAVAILABLE"},
		{status.Error(codes.DeadlineExceeded, inside), http.StatusGatewayTimeout, "DEADLINE"},
		{status.Error(codes.Internal, inside), http.StatusInternalServerError, "INTERNAL"},
		{errors.New(inside), http.StatusInternalServerError, "INTERNAL"},
	} {
		code, reason, body := ask(t, c.err, http.MethodGet, "/v1/reps/jane", "")
		if code != c.code || reason != c.reason || strings.Contains(body, "10.1.2.3") {
			t.Errorf("%v: got %d with reason %s: %s", c.err, code, reason, body)
		}
	}
}
