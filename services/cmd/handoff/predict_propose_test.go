package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// TestAReadyModelIsProposedAsADraft has a suite learn from a year of leads, and propose what it learnt; two people sign.
func TestAReadyModelIsProposedAsADraft(t *testing.T) {
	t.Parallel()
	in := install(t, []string{"--data", t.TempDir()})
	steps := func(version string) [][]string {
		return [][]string{
			{"playbook", "sign", version, "--team=marketing", "--as=mia"},
			{"playbook", "sign", version, "--team=sales", "--as=sven"},
			{"playbook", "activate", version},
		}
	}
	in.all(t, append([][]string{{"playbook", "apply", "../../../deploy/playbooks/acme.yaml"}}, steps("1")...))
	in.pastLeads(t, 600)
	in.events(t)
	out, ok := in.run(t, "predict", "model", "train")
	model, _, _ := strings.Cut(out, "  READY  ")
	if !ok || !strings.HasPrefix(model, "models/") || !strings.Contains(out, "lead.country") {
		t.Fatalf("train: ok %t\n%s", ok, out)
	}
	out, ok = in.run(t, "predict", "model", "propose", strings.TrimPrefix(model, "models/"), "--top=30", "--criterion=promising", "--fit-points=5")
	for _, want := range []string{"playbooks/2 is a draft with the criterion predicted.conversion >= 0.", "later leads it would have chosen", "times the base rate",
		"Nothing changes until both teams have signed it"} {
		if !ok || !strings.Contains(out, want) {
			t.Errorf("propose: ok %t, no %q in\n%s", ok, want, out)
		}
	}
	if out, _ := in.run(t, "playbook", "show"); !strings.HasPrefix(out, "playbooks/2  DRAFT  by import  ") || !strings.Contains(out, "\nplaybooks/1  ACTIVE  ") {
		t.Errorf("proposing changed what is in force:\n%s", out)
	}
	out, ok = in.run(t, "playbook", "diff", "2")
	for _, want := range []string{"promising", "predicted.conversion", "5 points"} {
		if !ok || !strings.Contains(out, want) {
			t.Errorf("diff: ok %t, no %q in\n%s", ok, want, out)
		}
	}
	if out, ok := in.run(t, "playbook", "simulate", "2", "--period=30d"); !ok || !strings.Contains(out, "playbooks/2 against playbooks/1") {
		t.Errorf("simulate: ok %t\n%s", ok, out)
	}
	in.all(t, steps("2"))
}

// all runs commands that all succeed.
func (in *installation) all(t *testing.T, steps [][]string) {
	t.Helper()
	for _, step := range steps {
		if out, ok := in.run(t, step...); !ok {
			t.Fatalf("%v: %s", step, out)
		}
	}
}

// pastLeads takes in leads of the year before last half-year. Most from Germany came to a deal, few from elsewhere.
func (in *installation) pastLeads(t *testing.T, count int) {
	t.Helper()
	leads, deals := &scoringv1.BatchCreateLeadsRequest{}, &attributionv1.BatchCreateOpportunitiesRequest{}
	began := time.Now().Add(-540 * 24 * time.Hour)
	first := func(i int) time.Time { return began.Add(time.Duration(i) * 12 * time.Hour) }
	for i := range count {
		id := fmt.Sprintf("%04d", i)
		leads.Requests = append(leads.Requests, &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "crm", SourceId: id,
			Email: "p" + id + "@firm-" + id + ".example", Country: []string{"DE", "US"}[i%2], OccurTime: timestamppb.New(first(i))}})
	}
	conn := in.connect(t)
	made, err := scoringv1.NewScoringServiceClient(conn).BatchCreateLeads(patiently(t), leads)
	if err != nil {
		t.Fatal(err)
	}
	for i, lead := range made.GetLeads() {
		if (i*7)%20 < []int{15, 3}[i%2] {
			deals.Requests = append(deals.Requests, &attributionv1.CreateOpportunityRequest{Opportunity: &attributionv1.Opportunity{Source: "crm", SourceId: fmt.Sprint(i),
				Contacts: []*attributionv1.Contact{{Lead: lead.GetName()}}, OpenTime: timestamppb.New(first(i).Add(20 * 24 * time.Hour))}})
		}
	}
	if _, err := attributionv1.NewAttributionServiceClient(conn).BatchCreateOpportunities(patiently(t), deals); err != nil {
		t.Fatal(err)
	}
}
