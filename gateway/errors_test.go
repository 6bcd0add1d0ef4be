package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/handoffhq/handoff/gateway"
)

// A stream begins before anybody knows whether it can be had.
func TestAStreamAnswersInLines(t *testing.T) {
	t.Parallel()
	code, _, answer := ask(t, nil, http.MethodGet, "/v1/events:watch", "")
	if code != http.StatusOK || strings.Count(answer, "\n") != 2 || strings.Count(answer, `{"result":`) != 2 {
		t.Errorf("got %d %s, want two lines", code, answer)
	}
	code, _, answer = ask(t, errors.New("broken"), http.MethodGet, "/v1/events:watch?resumeToken=late", "")
	if code != http.StatusInternalServerError || !strings.HasPrefix(answer, `{"error":`) {
		t.Errorf("got %d %s", code, answer)
	}
}

// failing is a connection on which every call ends with an error; nil gives an empty answer.
type failing struct {
	grpc.ClientConnInterface
	err error
}

func (f failing) Invoke(context.Context, string, any, any, ...grpc.CallOption) error { return f.err }

func (f failing) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return &failingStream{err: f.err}, nil
}

// failingStream gives two messages and ends, or fails at once.
type failingStream struct {
	grpc.ClientStream
	err  error
	sent int
}

func (s *failingStream) Header() (metadata.MD, error) { return nil, nil }
func (s *failingStream) CloseSend() error             { return nil }
func (s *failingStream) SendMsg(any) error            { return nil }

func (s *failingStream) RecvMsg(any) error {
	if s.sent++; s.err == nil && s.sent > 2 {
		return io.EOF
	}
	return s.err
}

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
	type status struct{ Details []struct{ Reason string } }
	var is struct {
		status
		Error status // in the line of a stream
	}
	if err := json.NewDecoder(strings.NewReader(w.Body.String())).Decode(&is); err != nil {
		t.Fatal(err)
	}
	for _, d := range append(is.Details, is.Error.Details...) {
		reason = d.Reason
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
		for _, path := range []string{"/v1/reps/jane", "/v1/events:watch"} {
			code, reason, body := ask(t, c.err, http.MethodGet, path, "")
			if code != c.code || reason != c.reason || strings.Contains(body, "10.1.2.3") {
				t.Errorf("%s, %v: got %d with reason %s: %s", path, c.err, code, reason, body)
			}
		}
	}
}
