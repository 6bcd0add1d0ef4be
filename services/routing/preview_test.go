package routing_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpcstatus "google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// seer is a scoring service that describes what-ifs by what their title says: "junior" is not over the line, "rival" is
// disqualified, "nobody" cannot be described. Everybody else is at a target account, with high intent.
type seer struct{ scoringv1.ScoringServiceClient }

func (seer) DescribeLeads(_ context.Context, req *scoringv1.DescribeLeadsRequest, _ ...grpc.CallOption) (*scoringv1.DescribeLeadsResponse, error) {
	resp := &scoringv1.DescribeLeadsResponse{Playbook: "playbooks/1"}
	for _, lead := range req.GetLeads() {
		d := &scoringv1.DescribeLeadsResponse_Description{OverLine: true, Lead: lead.GetName(),
			Context: &scoringv1.LeadContext{Source: "web", SourceId: lead.GetSupposed().GetLead().GetSourceId(), Intent: 3, Account: &scoringv1.AccountContext{Target: true}}}
		switch lead.GetSupposed().GetLead().GetTitle() {
		case "junior":
			d.OverLine = false
		case "rival":
			d.Disqualifier = "competitor"
		case "nobody":
			d = &scoringv1.DescribeLeadsResponse_Description{Error: &status.Status{Code: int32(codes.InvalidArgument), Message: "lead.email: is not an e-mail address"}}
		}
		resp.Descriptions = append(resp.Descriptions, d)
	}
	return resp, nil
}

func contextOf(e *eventv1.Event) *routingv1.PreviewedLead {
	return &routingv1.PreviewedLead{Lead: &routingv1.PreviewedLead_Context{Context: e.GetLeadQualified().GetContext()}}
}

func titled(n int, title string) *routingv1.PreviewedLead {
	return &routingv1.PreviewedLead{Lead: &routingv1.PreviewedLead_Supposed{Supposed: &scoringv1.ScoreLeadRequest{
		Lead: &scoringv1.Lead{Source: "web", SourceId: fmt.Sprint(n), Title: title}}}}
}

// dump is every row of every table, as text.
func dump(t testing.TB, db *sqldb.DB) map[string][]string {
	t.Helper()
	list := `SELECT t.name, 'quote(' || group_concat(c.name, ') || '','' || quote(') || ')' FROM sqlite_schema t, pragma_table_info(t.name) c
		WHERE t.type = 'table' GROUP BY t.name`
	if db.Dialect() == sqldb.PostgreSQL {
		list = `SELECT table_name, table_name || '::text' FROM information_schema.tables WHERE table_schema = current_schema()`
	}
	all := map[string][]string{}
	texts := map[string]string{}
	for row, err := range db.Query(t.Context(), list) {
		var table, text string
		if err == nil {
			err = row.Scan(&table, &text)
		}
		if err != nil {
			t.Fatal(err)
		}
		texts[table] = text
	}
	for table, text := range texts {
		for row, err := range db.Query(t.Context(), `SELECT `+text+` FROM "`+table+`"`) {
			var values string
			if err == nil {
				err = row.Scan(&values)
			}
			if err != nil {
				t.Fatal(table, err)
			}
			all[table] = append(all[table], values)
		}
		slices.Sort(all[table])
	}
	if len(all["handoff"])+len(all["rep"]) == 0 {
		t.Fatalf("nothing was read: %v", texts)
	}
	return all
}

// TestAPreviewIsWhatThenHappens tries leads of every kind out, with owners, caps, absences and pools that overflow, sees that
// no row of any table has changed, and has the same leads qualify.
func TestAPreviewIsWhatThenHappens(t *testing.T) {
	eachDB(t, func(t *testing.T, db *sqldb.DB) {
		b := setup(t, db)
		sixInEnterprise(t, b)
		b.rep(t, "vic", maxOpen(1))
		b.rep(t, "wim", maxPerDay(1))
		b.pool(t, "spare", "wim")
		b.overflowing(t, "velocity", "spare", "vic")
		for range 3 {
			b.qualify(t, target)
		}
		kinds := [][]func(*eventv1.LeadQualified){{target}, {target, ownedBy("olga")}, {}, {lowIntent}, {customer}, {dealOf("cem")}, {target, mediumIntent, ownedBy("bob")}}
		var leads []*eventv1.Event
		req := &routingv1.PreviewRoutesRequest{Detailed: true}
		for i := range 20 {
			e := b.lead(kinds[i%len(kinds)]...)
			leads, req.Leads = append(leads, e), append(req.GetLeads(), contextOf(e))
		}

		before := dump(t, db)
		seen, err := b.client.PreviewRoutes(revops(t), req)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, dump(t, db)); diff != "" {
			t.Fatalf("the preview changed (-before +after):\n%s", diff)
		}

		b.Tell(t, eventlog.Scoring, leads...)
		got := map[string]int64{}
		for i, e := range leads {
			happened := b.route(t, e.GetHandoff()).GetDecisions()[0]
			foreseen := seen.GetRoutes()[i].GetDecision()
			happened.Number, happened.Assignment, happened.Cause = 0, 0, routingv1.RouteDecision_CAUSE_PREVIEW
			if diff := cmp.Diff(foreseen, happened, protocmp.Transform()); diff != "" {
				t.Errorf("lead %d (-foreseen +happened):\n%s", i, diff)
			}
			if rep := b.handoff(t, e.GetHandoff()).GetRep(); rep != "" {
				got[rep]++
			}
		}
		for _, rep := range seen.GetLoad().GetReps() {
			if got[rep.GetRep()] != rep.GetLeadCount() {
				t.Errorf("%s got %d, foreseen %d", rep.GetRep(), got[rep.GetRep()], rep.GetLeadCount())
			}
			delete(got, rep.GetRep())
		}
		if len(got) > 0 {
			t.Errorf("nobody foresaw what these got: %v", got)
		}
		l := seen.GetLoad()
		if l.GetAssignedCount()+l.GetHeldCount()+l.GetQueuedCount()+l.GetClosedCount() != 20 || l.GetHeldCount() == 0 || l.GetQueuedCount() != 3 || l.GetClosedCount() != 3 {
			t.Errorf("load %v", l)
		}
	})
}

func TestAPreviewSaysWhoDoesNotQualify(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.pool(t, "enterprise", "ann")
		req := &routingv1.PreviewRoutesRequest{Leads: []*routingv1.PreviewedLead{titled(1, "VP"), titled(2, "junior"), titled(3, "rival"), titled(4, "nobody"), {}}}
		for _, tc := range []struct {
			only bool
			want *routingv1.RouteLoad
		}{
			{false, &routingv1.RouteLoad{LeadCount: 5, AssignedCount: 4, UnqualifiedCount: 2, ErrorCount: 1}},
			{true, &routingv1.RouteLoad{LeadCount: 5, AssignedCount: 2, UnqualifiedCount: 2, ErrorCount: 1}},
		} {
			req.OnlyQualified = tc.only
			resp, err := b.client.PreviewRoutes(revops(t), req)
			if err != nil {
				t.Fatal(err)
			}
			tc.want.Reps = []*routingv1.RouteLoad_Rep{{Rep: "reps/ann", DisplayName: "ann", LeadCount: tc.want.GetAssignedCount()}}
			tc.want.Pools = []*routingv1.RouteLoad_Pool{{Pool: "pools/enterprise", LeadCount: tc.want.GetAssignedCount()}}
			if diff := cmp.Diff(tc.want, resp.GetLoad(), protocmp.Transform()); diff != "" {
				t.Errorf("only qualified %t (-want +got):\n%s", tc.only, diff)
			}
			junior, rival, nobody := resp.GetRoutes()[1], resp.GetRoutes()[2], resp.GetRoutes()[3]
			if junior.GetQualified() || rival.GetQualified() || rival.GetDisqualifier() != "competitor" || nobody.GetError().GetCode() != int32(codes.InvalidArgument) {
				t.Errorf("got %v, %v and %v", junior, rival, nobody)
			}
			if (junior.GetDecision() == nil) != tc.only || len(resp.GetRoutes()[0].GetDecision().GetRungs()) > 0 {
				t.Errorf("only qualified %t: got %v", tc.only, junior)
			}
		}
		for name, wrong := range map[string]*routingv1.PreviewRoutesRequest{
			"no leads": {}, "too many": {Leads: slices.Repeat([]*routingv1.PreviewedLead{titled(1, "VP")}, 1001)},
			"too many in detail": {Detailed: true, Leads: slices.Repeat([]*routingv1.PreviewedLead{titled(1, "VP")}, 21)},
		} {
			if _, err := b.client.PreviewRoutes(revops(t), wrong); grpcstatus.Code(err) != codes.InvalidArgument {
				t.Errorf("%s: got %v", name, err)
			}
		}
		for who, ctx := range map[string]context.Context{"a rep": as(t, "ann")} {
			if _, err := b.client.PreviewRoutes(ctx, req); grpcstatus.Code(err) != codes.PermissionDenied {
				t.Errorf("%s got %v", who, err)
			}
		}
	})
}

// TestAnyNumberOfLeadsIsPreviewed sends three thousand in parts of which each goes on where the one before ended.
func TestAnyNumberOfLeadsIsPreviewed(t *testing.T) {
	eachDB(t, func(t *testing.T, db *sqldb.DB) {
		b := setup(t, db)
		for i := range 10 {
			b.rep(t, fmt.Sprint("rep", i))
		}
		b.pool(t, "velocity", "rep0", "rep1", "rep2", "rep3", "rep4", "rep5", "rep6", "rep7", "rep8", "rep9")
		before := dump(t, db)
		stream, err := b.client.StreamPreviewRoutes(revops(t))
		if err != nil {
			t.Fatal(err)
		}
		given := map[string]int64{}
		for range 6 {
			req := &routingv1.StreamPreviewRoutesRequest{}
			for range 500 {
				req.Leads = append(req.GetLeads(), contextOf(b.lead()))
			}
			if err := stream.Send(req); err != nil {
				t.Fatal(err)
			}
			resp, err := stream.Recv()
			if err != nil || len(resp.GetRoutes()) != 500 || resp.GetLoad() != nil {
				t.Fatalf("got %d routes, %v", len(resp.GetRoutes()), err)
			}
			for _, r := range resp.GetRoutes() {
				given[r.GetDecision().GetRep()]++
			}
		}
		if err := stream.CloseSend(); err != nil {
			t.Fatal(err)
		}
		last, err := stream.Recv()
		if err != nil || last.GetLoad().GetAssignedCount() != 3000 || len(last.GetLoad().GetReps()) != 10 {
			t.Fatalf("got %v, %v", last, err)
		}
		for _, rep := range last.GetLoad().GetReps() {
			if rep.GetLeadCount() != 300 || given[rep.GetRep()] != 300 {
				t.Errorf("%s would get %d, was given %d; want 300", rep.GetRep(), rep.GetLeadCount(), given[rep.GetRep()])
			}
		}
		if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
			t.Errorf("after the load came %v", err)
		}
		if diff := cmp.Diff(before, dump(t, db)); diff != "" {
			t.Errorf("the preview changed (-before +after):\n%s", diff)
		}
	})
}
