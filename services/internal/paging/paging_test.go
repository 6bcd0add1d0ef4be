package paging_test

import (
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/paging"
)

// next is the token of the page after the first one of a list, which ends at a key.
func next(t *testing.T, actor string, req *routingv1.ListHandoffsRequest, key paging.Key) string {
	t.Helper()
	page, err := paging.Parse(auth.WithActor(t.Context(), auth.Service(actor)), req)
	if err != nil {
		t.Fatal(err)
	}
	_, token := paging.Cut(page, make([]int, page.Limit()), func(int) paging.Key { return key })
	return token
}

func TestAPageGoesOnWhereTheOneBeforeEnded(t *testing.T) {
	t.Parallel()
	key := paging.Key{Number: -7, Text: "Ünïcode\nand \"quotes\""}
	req := &routingv1.ListHandoffsRequest{PageSize: 2, Rep: "reps/ann"}
	token := next(t, "sla", req, key)
	// The size of a page may change on the way.
	page, err := paging.Parse(auth.WithActor(t.Context(), auth.Service("sla")), &routingv1.ListHandoffsRequest{PageSize: 5, Rep: "reps/ann", PageToken: token})
	if err != nil || page.First || page.Size != 5 {
		t.Fatalf("got %+v, %v", page, err)
	}
	if diff := cmp.Diff(key, page.Key); diff != "" {
		t.Errorf("key (-want +got):\n%s", diff)
	}
	rows, token := paging.Cut(page, []int{1, 2, 3, 4, 5}, func(int) paging.Key { return key })
	if len(rows) != 5 || token != "" {
		t.Errorf("the last page has %d rows and token %q", len(rows), token)
	}
}

func TestATokenOfAnotherListIsRefused(t *testing.T) {
	t.Parallel()
	req := &routingv1.ListHandoffsRequest{Rep: "reps/ann"}
	valid := next(t, "sla", req, paging.Key{Text: "x"})
	for name, tc := range map[string]struct{ actor, rep, token string }{
		"another caller's": {"journey", "reps/ann", valid},
		"another filter's": {"sla", "reps/bob", valid},
		"cut off":          {"sla", "reps/ann", valid[:len(valid)-4]},
		"no token":         {"sla", "reps/ann", "../../etc"},
		"with a NUL":       {"sla", "reps/ann", forged(t, valid, "a\x00b")},
	} {
		ctx := auth.WithActor(t.Context(), auth.Service(tc.actor))
		_, err := paging.Parse(ctx, &routingv1.ListHandoffsRequest{Rep: tc.rep, PageToken: tc.token})
		if f := fault.As(err); f == nil || f.Kind != fault.Invalid || fault.ReasonName(f.Reason) != "PAGE_TOKEN_INVALID" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// forged is a token with another text in its key: a token is no secret, so anybody can make one.
func forged(t *testing.T, token, text string) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	var content map[string]any
	if err := json.Unmarshal(raw, &content); err != nil {
		t.Fatal(err)
	}
	content["k"] = map[string]any{"t": text}
	if raw, err = json.Marshal(content); err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func TestTheSizeOfAPageIsBounded(t *testing.T) {
	t.Parallel()
	for asked, want := range map[int32]int{0: paging.DefaultSize, -1: paging.DefaultSize, 7: 7, 1 << 30: paging.MaxSize} {
		page, err := paging.Parse(t.Context(), &routingv1.ListHandoffsRequest{PageSize: asked})
		if err != nil || page.Size != want || !page.First {
			t.Errorf("%d: got %+v, %v", asked, page, err)
		}
	}
}
