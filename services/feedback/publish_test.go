package feedback_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/feedback"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// activate puts a playbook in force whose report comes out so.
func (o *office) activate(t *testing.T, name, every, zone string) {
	t.Helper()
	doc := &playbookv1.Document{}
	if err := protojson.Unmarshal([]byte(documents[loose]), doc); err != nil {
		t.Fatal(err)
	}
	doc.Feedback.Report = &playbookv1.ReportSchedule{Every: every, Zone: zone}
	o.Tell(t, eventlog.Playbook, &eventv1.Event{Time: timestamppb.New(o.Clock.Now()),
		Payload: &eventv1.Event_PlaybookActivated{PlaybookActivated: &eventv1.PlaybookActivated{Playbook: name, Hash: name, Document: doc}}})
}

// at sets the clock, and lets everything happen that is due on the way there.
func (o *office) at(t *testing.T, text string) {
	t.Helper()
	to, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	for {
		due, ok, err := o.service.NextDue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !ok || due.After(to) {
			break
		}
		o.Clock.Set(due)
		if err := o.service.Fire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	o.Clock.Set(to)
}

// published are the reports that the service told of.
func (o *office) published(t *testing.T) []*eventv1.ReportPublished {
	t.Helper()
	var all []*eventv1.ReportPublished
	for _, e := range o.Told(t) {
		if p := e.GetReportPublished(); p != nil {
			all = append(all, p)
		}
	}
	return all
}

func (o *office) reports(t *testing.T) []*feedbackv1.RejectionReport {
	t.Helper()
	resp, err := o.client.ListRejectionReports(asManager(t), &feedbackv1.ListRejectionReportsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetRejectionReports()
}

// firstOut is when the first report comes out of a playbook that came into force when the tests begin.
var firstOut = time.Date(2026, 3, 9, 7, 0, 0, 0, time.UTC)

func instants(from, to string) [2]string { return [2]string{from, to} }

// TestEachWeekComesOutWhenThePlaybookSaysSo proves that the weeks follow each other from midnight to midnight of the zone, an hour
// or half an hour shorter or longer when the clock is changed, over the 53rd week of a year, and come out by its clocks.
func TestEachWeekComesOutWhenThePlaybookSaysSo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, zone, start, end string
		weeks                  []string
		spans                  [][2]string
		out                    []string
	}{
		{"New York puts its clocks on", "America/New_York", "2026-02-27T12:00:00Z", "2026-03-17T00:00:00Z", []string{"2026-W09", "2026-W10", "2026-W11"},
			[][2]string{instants("2026-02-23T05:00:00Z", "2026-03-02T05:00:00Z"), instants("2026-03-02T05:00:00Z", "2026-03-09T04:00:00Z"), instants("2026-03-09T04:00:00Z", "2026-03-16T04:00:00Z")},
			[]string{"2026-03-02T12:00:00Z", "2026-03-09T11:00:00Z", "2026-03-16T11:00:00Z"}},
		{"Lord Howe puts its clocks back by half an hour", "Australia/Lord_Howe", "2026-03-31T00:00:00Z", "2026-04-06T00:00:00Z", []string{"2026-W14"},
			[][2]string{instants("2026-03-29T13:00:00Z", "2026-04-05T13:30:00Z")}, []string{"2026-04-05T20:30:00Z"}},
		{"a year of 53 weeks", "UTC", "2026-12-24T00:00:00Z", "2027-01-12T00:00:00Z", []string{"2026-W52", "2026-W53", "2027-W01"},
			[][2]string{instants("2026-12-21T00:00:00Z", "2026-12-28T00:00:00Z"), instants("2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z"), instants("2027-01-04T00:00:00Z", "2027-01-11T00:00:00Z")},
			[]string{"2026-12-28T07:00:00Z", "2027-01-04T07:00:00Z", "2027-01-11T07:00:00Z"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, o *office) {
				o.at(t, test.start)
				o.activate(t, "playbooks/3", "monday 07:00", test.zone)
				o.at(t, test.end)
				told := o.published(t)
				if len(told) != len(test.weeks) {
					t.Fatalf("got %v, want %d reports", told, len(test.weeks))
				}
				for i, p := range told {
					got := [4]string{p.GetPeriod(), p.GetStartTime().AsTime().Format(time.RFC3339), p.GetEndTime().AsTime().Format(time.RFC3339), p.GetPublishTime().AsTime().Format(time.RFC3339)}
					if want := [4]string{test.weeks[i], test.spans[i][0], test.spans[i][1], test.out[i]}; got != want {
						t.Errorf("got %v, want %v", got, want)
					}
				}
			})
		})
	}
}

func TestAReportStaysAsItCameOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.activate(t, "playbooks/3", "monday 07:00", "UTC")
		o.busyWeek(t)
		o.hear(t, -1)
		o.at(t, "2026-03-09T08:00:00Z")
		name := o.reports(t)[0].GetName()
		get := func(req *feedbackv1.GetRejectionReportRequest) *feedbackv1.RejectionReport {
			t.Helper()
			r, err := o.client.GetRejectionReport(asManager(t), req)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		before := get(&feedbackv1.GetRejectionReportRequest{Name: name})
		if before.GetAll().GetRejected().GetWholeCount() != 6 || before.GetPlaybook() != "playbooks/3" || len(before.GetHistoryPeriods()) != 8 {
			t.Fatalf("got %v", before)
		}
		// What is heard of the week only now changes today's figures, and not those that came out.
		o.desk.open(handoff(8), loose, "web", "", jane)
		h := o.desk.since(o.heard)
		for _, e := range h {
			e.Time = hours(1)
			if a := e.GetHandoffAssigned(); a != nil {
				a.AssignTime = hours(1)
			}
		}
		o.Tell(t, eventlog.Routing, append(h, &eventv1.Event{Handoff: handoff(8), Lead: h[0].GetLead(), Playbook: loose, Actor: "svc", RequestId: "late", Time: hours(2),
			Payload: &eventv1.Event_HandoffAccepted{HandoffAccepted: &eventv1.HandoffAccepted{Handoff: handoff(8), Assignment: 1, Rep: jane, AcceptTime: hours(2)}}})...)
		same(t, "by its name", before, get(&feedbackv1.GetRejectionReportRequest{Name: name}))
		same(t, "by its period", before, get(&feedbackv1.GetRejectionReportRequest{Period: before.GetPeriod()}))
		same(t, "as the last week", before, get(&feedbackv1.GetRejectionReportRequest{Period: "last-week"}))
		live := get(&feedbackv1.GetRejectionReportRequest{Period: before.GetPeriod(), Live: true})
		if live.GetAll().GetRejected().GetWholeCount() != 7 || live.GetName() != "" {
			t.Errorf("today's figures: got %v", live.GetAll())
		}
		_, err := o.client.GetRejectionReport(asRep(t, "jane"), &feedbackv1.GetRejectionReportRequest{Name: name})
		wantFault(t, "a rep asks for everybody's", err, codes.NotFound, "RESOURCE_NOT_FOUND", "", "")
		own, err := o.client.GetRejectionReport(asRep(t, "jane"), &feedbackv1.GetRejectionReportRequest{Period: before.GetPeriod()})
		if err != nil || own.GetAll().GetRejected().GetWholeCount() != 5 {
			t.Errorf("a rep asks for the week: got %v, %v", own.GetAll(), err)
		}
		_, err = o.client.ListRejectionReports(asRep(t, "jane"), &feedbackv1.ListRejectionReportsRequest{})
		wantFault(t, "a rep lists reports", err, codes.PermissionDenied, "ROLE_MISSING", "", "")
		_, err = o.client.GetRejectionReport(asManager(t), &feedbackv1.GetRejectionReportRequest{Name: "rejectionReports/2020-W01"})
		wantFault(t, "a report that did not come out", err, codes.NotFound, "RESOURCE_NOT_FOUND", "", "")
	})
}

// TestAWeekComesOutOnceOfTwoReplicas lets two replicas find the same week due.
func TestAWeekComesOutOnceOfTwoReplicas(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.activate(t, "playbooks/3", "monday 07:00", "UTC")
		other := o.replica(t)
		o.Clock.Set(firstOut)
		done := make(chan error)
		for _, s := range []*feedback.Service{o.service, other} {
			go func() { done <- s.Fire(t.Context()) }()
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if told, kept := o.published(t), o.reports(t); len(told) != 1 || len(kept) != 1 {
			t.Errorf("got %d events and %d reports, want one of each", len(told), len(kept))
		}
	})
}

// TestWeeksThatWereMissedComeOutLate keeps the service away for so many weeks.
func TestWeeksThatWereMissedComeOutLate(t *testing.T) {
	t.Parallel()
	for away, want := range map[int]int{3: 3, 30: 12} {
		each(t, func(t *testing.T, o *office) {
			o.activate(t, "playbooks/3", "monday 07:00", "UTC")
			o.Clock.Set(firstOut.Add(time.Duration(away-1)*7*24*time.Hour + time.Hour))
			for range 2 { // the second time there is nothing left
				if err := o.service.Fire(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			told := o.published(t)
			if len(told) != want {
				t.Fatalf("away for %d weeks: %d reports came out, want %d", away, len(told), want)
			}
			last := told[len(told)-1].GetEndTime().AsTime()
			if wantEnd := o.Clock.Now().Truncate(24 * time.Hour); !last.Equal(wantEnd) {
				t.Errorf("the last ends at %v, want %v", last, wantEnd)
			}
			for i, p := range told[1:] {
				if !p.GetStartTime().AsTime().Equal(told[i].GetEndTime().AsTime()) {
					t.Errorf("%s does not follow %s", p.GetPeriod(), told[i].GetPeriod())
				}
			}
		})
	}
}

// TestAChangedScheduleMovesTheNextReportAlone proves that a week begins where the one before it ended, also in another zone.
func TestAChangedScheduleMovesTheNextReportAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.activate(t, "playbooks/3", "monday 07:00", "UTC")
		o.at(t, "2026-03-09T08:00:00Z")
		o.activate(t, "playbooks/4", "tuesday 09:00", "America/New_York")
		o.at(t, "2026-03-25T00:00:00Z")
		var got [][3]string
		for _, p := range o.published(t) {
			got = append(got, [3]string{p.GetStartTime().AsTime().Format(time.RFC3339), p.GetEndTime().AsTime().Format(time.RFC3339), p.GetPublishTime().AsTime().Format(time.RFC3339)})
		}
		same(t, "reports", [][3]string{{"2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z", "2026-03-09T07:00:00Z"}, {"2026-03-09T00:00:00Z", "2026-03-16T04:00:00Z", "2026-03-17T13:00:00Z"},
			{"2026-03-16T04:00:00Z", "2026-03-23T04:00:00Z", "2026-03-24T13:00:00Z"}}, got)
	})
}

func TestReportsAreListedInPages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.activate(t, "playbooks/3", "monday 07:00", "UTC")
		o.pass(6 * 7 * 24 * time.Hour)
		if err := o.service.Fire(t.Context()); err != nil {
			t.Fatal(err)
		}
		marketing := roomtest.As(t.Context(), "mia", accessv1.Role_ROLE_MARKETING)
		var names, want []string
		for _, p := range o.published(t) {
			want = append([]string{p.GetReport()}, want...)
		}
		token := ""
		for range 10 {
			page, err := o.client.ListRejectionReports(marketing, &feedbackv1.ListRejectionReportsRequest{PageSize: 2, PageToken: token})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.GetRejectionReports() {
				names = append(names, r.GetName())
				if len(r.GetSlices()) > 0 {
					t.Errorf("%s has slices", r.GetName())
				}
			}
			if token = page.GetNextPageToken(); token == "" {
				break
			}
		}
		same(t, "reports", want, names)
	})
}
