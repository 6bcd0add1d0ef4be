package gateway_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"

	"github.com/handoffhq/handoff/gateway"
)

// printing is a connection on which every call is answered with a document.
type printing struct{ grpc.ClientConnInterface }

// Invoke implements grpc.ClientConnInterface.
func (printing) Invoke(_ context.Context, _ string, _, reply any, _ ...grpc.CallOption) error {
	if body, ok := reply.(*httpbody.HttpBody); ok {
		body.ContentType, body.Data = "text/csv; charset=utf-8", []byte("a,b\n")
	}
	return nil
}

// TestADocumentComesAsItself and not as JSON, and a browser makes no more of it than it says.
func TestADocumentComesAsItself(t *testing.T) {
	t.Parallel()
	conn := printing{}
	handler, err := gateway.New(t.Context(), gateway.Config{Playbook: conn, Scoring: conn, Routing: conn, SLA: conn, Feedback: conn,
		Attribution: conn, Journey: conn, Authenticate: func(*http.Request) error { return nil }, Ready: func(context.Context) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return w
	}
	w := get("/v1/partners/agency/statements/2026-05:export")
	if got := w.Header(); w.Code != http.StatusOK || w.Body.String() != "a,b\n" || got.Get("Content-Type") != "text/csv; charset=utf-8" ||
		got.Get("X-Content-Type-Options") != "nosniff" || got.Get("Content-Security-Policy") != "default-src 'none'; style-src 'unsafe-inline'" {
		t.Errorf("got %d %v %q", w.Code, got, w.Body)
	}
	if w := get("/v1/partners/agency/statements/2026-05"); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("a message comes as %d %v %q", w.Code, w.Header(), w.Body)
	}
}
