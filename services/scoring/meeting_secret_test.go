package scoring_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// TestWhatWasAgreedLeavesScoringNowhere looks for a marker in all that is told, in all lines of the log, and in all tables but
// those of meetings and of answers to callers.
func TestWhatWasAgreedLeavesScoringNowhere(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		var lines bytes.Buffer
		b.Host.Logger = slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
		b.service = b.restart(t)
		b.Serve(t, b.service)
		b.ScoringServiceClient = scoringv1.NewScoringServiceClient(b.Conn)
		doc := bringing()
		doc.Meetings.Geography = `int(meeting.use_case) > 5` // fails, and says why
		b.activate(t, "1", doc)
		b.drain(t)
		b.account(t, "1", nil)
		lead := b.prospect(t, "ann@initech.example")
		for i := range 2 {
			m := agreed(fmt.Sprint(i))
			const marker = "xyzzy"
			m.MessageAngle, m.AgreedTopics, m.Exclusions, m.Objections, m.UseCase, m.Purpose = marker, []string{marker}, []string{marker}, []string{marker}, marker, marker
			if got := b.meet(t, lead, m); got.GetMessageAngle() != marker || answers(t, got.GetRubric())[3] != unknown {
				t.Fatal(got)
			}
		}
		holds := func(where, text string) {
			if strings.Contains(text, "xyzzy") {
				t.Errorf("%s holds what was agreed: %.200s", where, text)
			}
		}
		for _, e := range b.Told(t) {
			holds("an event", e.String())
		}
		holds("the log", lines.String())
		for table, rows := range b.dump(t) {
			if table == "meeting" && !strings.Contains(rows, "xyzzy") {
				t.Error("the meetings do not hold it, either")
			} else if table != "meeting" && table != "request" {
				holds("the table "+table, rows)
			}
		}
	})
}

// TestAHandoffCarriesTheRubricThatWasMade brings meetings about which any of the six is true, false or unknown.
func TestAHandoffCarriesTheRubricThatWasMade(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		doc := document()
		asked := func(name string) string { return fmt.Sprintf(`lead.attributes["%s"] == "yes"`, name) }
		doc.Meetings = &playbookv1.MeetingPolicy{BuyerRole: asked("a"), CompanyFit: asked("b"), UseCase: asked("c"), Geography: asked("d")}
		b.activate(t, "1", doc)
		b.drain(t)
		b.account(t, "1", nil)
		other := b.lead(t, "other@initech.example", b.demo("1"))
		rng := rand.New(rand.NewPCG(1, 2))
		for i := range 24 {
			lead := &scoringv1.Lead{Source: "agency", Email: fmt.Sprintf("p%d@initech.example", i), Attributes: map[string]string{}}
			var want []scoringv1.RubricCheck_Result
			for _, name := range []string{"a", "b", "c", "d"} {
				drawn := []scoringv1.RubricCheck_Result{passed, failed, unknown}[rng.IntN(3)]
				if want = append(want, drawn); drawn != unknown {
					lead.Attributes[name] = map[bool]string{true: "yes", false: "no"}[drawn == passed]
				}
			}
			motion := ""
			if want = append(want, passed); rng.IntN(2) == 0 {
				want[4], motion = failed, other.GetHandoff()
			} else {
				lead.Email = fmt.Sprintf("p%d@gmail.com", i)
			}
			m := agreed(fmt.Sprint(i))
			m.AgreedPurpose = []*bool{proto.Bool(true), proto.Bool(false), nil}[rng.IntN(3)]
			switch {
			case m.AgreedPurpose == nil:
				want = append(want, unknown)
			case m.GetAgreedPurpose():
				want = append(want, passed)
			default:
				want = append(want, failed)
			}
			created, err := b.CreateLead(agency(t), &scoringv1.CreateLeadRequest{Lead: lead})
			if err != nil {
				t.Fatal(err)
			}
			brought := b.meet(t, created, m)
			qualified := b.qualified(t)
			last := qualified[len(qualified)-1]
			if diff := cmp.Diff(want, answers(t, last.GetRubric())); diff != "" || last.GetMeeting() != brought.GetName() || last.GetHandoff() != brought.GetHandoff() {
				t.Fatalf("the handoff of %v for %s (-want +got):\n%s", last.GetMeeting(), brought.GetName(), diff)
			}
			if got := last.GetRubric().GetChecks()[4].GetBecause(); got != motion {
				t.Fatalf("in the way is %q, want %q", got, motion)
			}
			b.close(t, &scoringv1.Lead{Name: last.GetLead(), Handoff: last.GetHandoff()}, routingv1.Handoff_OUTCOME_NURTURE, routingv1.Step_STEP_DISPOSE)
		}
	})
}

// dump is all that stands in the database, by table, as text.
func (b *bundle) dump(t testing.TB) map[string]string {
	t.Helper()
	columns := `SELECT m.name || '|' || 'CAST("' || c.name || '" AS TEXT)' FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'`
	if b.Host.DB.Dialect() == sqldb.PostgreSQL {
		columns = `SELECT table_name || '|' || CASE data_type WHEN 'bytea' THEN 'encode("' || column_name || '", ''escape'')'
			ELSE 'CAST("' || column_name || '" AS TEXT)' END FROM information_schema.columns WHERE table_schema = current_schema()`
	}
	all := map[string]string{}
	for _, column := range b.texts(t, columns) {
		table, text, _ := strings.Cut(column, "|")
		all[table] += strings.Join(b.texts(t, `SELECT COALESCE(`+text+`, '') FROM "`+table+`"`), "\n")
	}
	return all
}

// texts asks the database for texts.
func (b *bundle) texts(t testing.TB, query string) (all []string) {
	t.Helper()
	for row, err := range b.Host.DB.Query(t.Context(), query) {
		var text string
		if err == nil {
			err = row.Scan(&text)
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}
