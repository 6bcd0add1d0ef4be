package routing_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// TestNobodySeesWhatIsAnothers reads and lists every handoff as every kind of caller.
func TestNobodySeesWhatIsAnothers(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob")
		b.pool(t, "velocity", "ann", "bob")
		b.pool(t, "enterprise")
		brought := b.lead()
		brought.Partner = "acme"
		b.Tell(t, eventlog.Scoring, brought)
		second, third := b.qualify(t), b.qualify(t)
		held := b.qualify(t, target)
		byRep := map[string][]string{}
		for _, name := range []string{brought.GetHandoff(), second, third} {
			rep := b.handoff(t, name).GetRep()
			byRep[rep] = append(byRep[rep], name)
		}
		declined := byRep["reps/ann"][0] // from now on bob's
		b.advanced(t, "ann", declined, 1, routingv1.Step_STEP_DECLINE)
		byRep["reps/ann"] = byRep["reps/ann"][1:]
		byRep["reps/bob"] = append(byRep["reps/bob"], declined)

		everything := []string{brought.GetHandoff(), second, third, held}
		marketing := roomtest.As(t.Context(), "mary", accessv1.Role_ROLE_MARKETING)
		for name, tc := range map[string]struct {
			ctx  context.Context
			want []string
		}{
			"ann":                       {as(t, "ann"), byRep["reps/ann"]},
			"bob":                       {as(t, "bob"), byRep["reps/bob"]},
			"a rep whom nobody entered": {as(t, "zoe"), nil},
			"the partner":               {roomtest.AsPartner(t.Context(), "pat", "acme"), []string{brought.GetHandoff()}},
			"another partner":           {roomtest.AsPartner(t.Context(), "pia", "other"), nil},
			"marketing":                 {marketing, everything},
			"who operates":              {roomtest.As(t.Context(), "sam", accessv1.Role_ROLE_SRE), everything},
			"another service":           {roomtest.AsService(t.Context(), "feedback"), everything},
			"a rep who also leads":      {roomtest.As(t.Context(), "ann", accessv1.Role_ROLE_SALES_REP, accessv1.Role_ROLE_SALES_MANAGER), everything},
		} {
			resp, err := b.client.ListHandoffs(tc.ctx, &routingv1.ListHandoffsRequest{})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got := namesOf(resp.GetHandoffs())
			slices.Sort(tc.want)
			slices.Reverse(tc.want)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s lists (-want +got):\n%s", name, diff)
			}
			for _, handoff := range append([]string{"handoffs/ffffffffffffffffffffffffffffffff"}, everything...) {
				_, err := b.client.GetHandoff(tc.ctx, &routingv1.GetHandoffRequest{Name: handoff})
				if visible := slices.Contains(tc.want, handoff); visible != (err == nil) {
					t.Errorf("%s reads %s: got %v", name, handoff, err)
				}
				if err == nil {
					continue
				}
				want := refusal{codes.NotFound, "RESOURCE_NOT_FOUND", map[string]string{"resource": handoff}}
				if diff := cmp.Diff(want, refusalOf(err), cmp.AllowUnexported(refusal{})); diff != "" {
					t.Errorf("%s reads %s (-want +got):\n%s", name, handoff, diff)
				}
			}
		}
	})
}

func TestHandoffsAreListedByWhatIsAskedFor(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob")
		b.pool(t, "velocity", "ann", "bob")
		var all []string
		for range 7 {
			all = append(all, b.qualify(t))
		}
		closed := b.qualify(t, lowIntent)
		all = append(all, closed)
		slices.Reverse(all)
		var annas []string
		for _, name := range all {
			if b.handoff(t, name).GetRep() == "reps/ann" {
				annas = append(annas, name)
			}
		}
		for _, tc := range []struct {
			name string
			req  *routingv1.ListHandoffsRequest
			want []string
		}{
			{"everything", &routingv1.ListHandoffsRequest{}, all},
			{"a state", &routingv1.ListHandoffsRequest{State: routingv1.Handoff_STATE_CLOSED}, []string{closed}},
			{"a rep", &routingv1.ListHandoffsRequest{Rep: "reps/ann"}, annas},
			{"a lead", &routingv1.ListHandoffsRequest{Lead: b.handoff(t, closed).GetLead()}, []string{closed}},
			{"all of it", &routingv1.ListHandoffsRequest{Rep: "reps/ann", State: routingv1.Handoff_STATE_ACCEPTED}, nil},
		} {
			got := paged(t, func(ctx context.Context, token string) ([]string, string, error) {
				tc.req.PageSize, tc.req.PageToken = 3, token
				resp, err := b.client.ListHandoffs(ctx, tc.req)
				for _, h := range resp.GetHandoffs() {
					if h.GetContext() != nil {
						t.Errorf("%s is listed with its context", h.GetName())
					}
				}
				return namesOf(resp.GetHandoffs()), resp.GetNextPageToken(), err
			})
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.name, diff)
			}
		}
		first, err := b.client.ListHandoffs(revops(t), &routingv1.ListHandoffsRequest{PageSize: 2})
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.client.ListHandoffs(as(t, "ann"), &routingv1.ListHandoffsRequest{PageSize: 2, PageToken: first.GetNextPageToken()})
		if got := refusalOf(err).reason; got != "PAGE_TOKEN_INVALID" || status.Code(err) != codes.InvalidArgument {
			t.Errorf("another caller's page token: got %v", err)
		}
	})
}
