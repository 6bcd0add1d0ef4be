package gateway_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"

	"github.com/handoffhq/handoff/gateway"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

// masks is a connection that keeps the mask of the last update.
type masks struct {
	failing
	last []string
}

func (m *masks) Invoke(_ context.Context, _ string, args, _ any, _ ...grpc.CallOption) error {
	if update, ok := args.(*routingv1.UpdateRepRequest); ok {
		m.last = update.GetUpdateMask().GetPaths()
	}
	return nil
}

func TestAMaskIsSpeltAsJSONOrTheProtoSpellsIt(t *testing.T) {
	t.Parallel()
	conn := &masks{}
	handler, err := gateway.New(t.Context(), gateway.Config{Playbook: conn, Scoring: conn, Routing: conn, SLA: conn, Feedback: conn,
		Attribution: conn, Journey: conn, Authenticate: func(*http.Request) error { return nil }, Ready: func(context.Context) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	const body = `{"displayName": "Ann", "maxOpen": 3}`
	for _, c := range []struct {
		query, body string
		want        []string
	}{
		{"?updateMask=maxOpen,team", body, []string{"max_open", "team"}},
		{"?update_mask=max_open,team", body, []string{"max_open", "team"}},
		{"?update_mask=maxPerDay", body, []string{"max_per_day"}},
		{"?update_mask=*", body, []string{"*"}},
		{"", body, []string{"display_name", "max_open"}},
		{"", `{"team": "", "maxOpen": null}`, []string{"max_open", "team"}},
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPatch, "/v1/reps/ann"+c.query, strings.NewReader(c.body)))
		if w.Code != http.StatusOK || !slices.Equal(conn.last, c.want) {
			t.Errorf("%q %s: got %d and %v, want %v", c.query, c.body, w.Code, conn.last, c.want)
		}
	}
}
