package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// run runs a command beside the suite and gives what it prints, on both outputs.
func (in *installation) run(t *testing.T, args ...string) (printed string, ok bool) {
	t.Helper()
	var out bytes.Buffer
	cmd := itself(t.Context(), append(args, "--address="+in.address, "--data="+in.data)...)
	cmd.Stdout, cmd.Stderr = &out, &out
	ok = cmd.Run() == nil
	return out.String(), ok
}

func TestAScoreIsExplainedInTheTerminal(t *testing.T) {
	t.Parallel()
	in := install(t, []string{"--data", t.TempDir()})
	for _, step := range [][]string{
		{"playbook", "apply", "../../../deploy/playbooks/acme.yaml"},
		{"playbook", "sign", "playbooks/1", "--team=marketing", "--as=mia"},
		{"playbook", "sign", "playbooks/1", "--team=sales", "--as=sven"},
		{"playbook", "activate", "playbooks/1"},
	} {
		if out, ok := in.run(t, step...); !ok {
			t.Fatalf("%v: %s", step, out)
		}
	}
	lead := in.createLead(t)
	for range 600 { // until the playbook is in force in scoring too
		if _, ok := in.run(t, "explain", "score", lead); ok {
			break
		}
	}
	account, err := scoringv1.NewScoringServiceClient(in.connect(t)).CreateAccount(patiently(t), &scoringv1.CreateAccountRequest{
		Account: &scoringv1.Account{Source: "crm", SourceId: "1", DisplayName: "Alder", Domains: []string{"alder.example"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want string
		ok   bool
	}{
		{[]string{lead}, "Combined: ", true},
		{[]string{lead}, "What part they play when their company buys", true},
		{[]string{strings.TrimPrefix(lead, "leads/")}, "buyer_role", true},
		{[]string{lead, "-o=json"}, `"fitMicros"`, true},
		{[]string{lead, "--as-of=2026-05-04T09:00:00Z"}, "is before the lead was taken in", false},
		{[]string{lead, "--as-of=tomorrow"}, `--as-of: "tomorrow" is not an instant`, false},
		{[]string{"leads/00000000000000000000000000000000"}, "RESOURCE_NOT_FOUND", false},
	} {
		out, ok := in.run(t, append([]string{"explain", "score"}, tt.args...)...)
		if ok != tt.ok || !strings.Contains(out, tt.want) {
			t.Errorf("explain score %v: ok %t, want %t with %q in\n%s", tt.args, ok, tt.ok, tt.want, out)
		}
	}
	for _, name := range []string{account.GetName(), strings.TrimPrefix(account.GetName(), "accounts/")} {
		if out, ok := in.run(t, "explain", "account", name); !ok || !strings.Contains(out, "Buying committee: ") || !strings.Contains(out, "economic_buyer") {
			t.Errorf("explain account %s: ok %t\n%s", name, ok, out)
		}
	}
	if out, ok := in.run(t, "explain", "account", "alder.example"); ok || !strings.Contains(out, `"alder.example" is not an id of 32 digits, as in the examples; GET /v1/accounts lists them`) {
		t.Errorf("explain account: ok %t\n%s", ok, out)
	}
	if out, ok := in.run(t, "explain", "account", "00000000000000000000000000000000"); ok || !strings.Contains(out, "RESOURCE_NOT_FOUND") {
		t.Errorf("explain account: ok %t\n%s", ok, out)
	}
}

// createLead takes in a lead.
func (in *installation) createLead(t *testing.T) string {
	t.Helper()
	f := clientFlags{address: in.address, data: in.data, subject: "mia", output: "text"}
	conn, done, err := f.connect(readers...)
	if err != nil {
		t.Fatal(err)
	}
	defer done() //nolint:errcheck // the test goes on without it
	lead, err := scoringv1.NewScoringServiceClient(conn).CreateLead(t.Context(), &scoringv1.CreateLeadRequest{
		Lead: &scoringv1.Lead{Source: "website", SourceId: "1", Email: "vera@alder.example", Title: "VP of Sales", Country: "US"}})
	if err != nil {
		t.Fatal(err)
	}
	return lead.GetName()
}

func TestTheLanguageOfPlaybooksIsListed(t *testing.T) {
	t.Parallel()
	text, err := itself(t.Context(), "playbook", "language").Output()
	if err != nil || !bytes.Contains(text, []byte("account.annual_revenue")) {
		t.Errorf("%v\n%s", err, text)
	}
	list, err := itself(t.Context(), "playbook", "language", "-o=json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var words []struct{ Name, Type, Meaning string }
	if err := json.Unmarshal(list, &words); err != nil {
		t.Fatal(err)
	}
	for _, w := range words {
		if w.Name == "" || w.Type == "" || w.Meaning == "" {
			t.Errorf("a word says too little: %+v", w)
		}
	}
	if len(words) < 20 {
		t.Errorf("%d words", len(words))
	}
}

func TestACommandThatThereIsNotIsAnError(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"lnit"}, {"playbook", "lnit"}, {"predict", "trian", "x.csv"}, {"explain", "scores"}, {"parked", "lst"}, {"route", "hold"}} {
		if out, err := itself(t.Context(), args...).Output(); err == nil {
			t.Errorf("%v is taken:\n%s", args, out)
		}
	}
	for _, group := range []string{"playbook", "predict", "explain", "parked", "route"} {
		if out, err := itself(t.Context(), group).Output(); err != nil || !bytes.Contains(out, []byte("Available Commands")) {
			t.Errorf("%s: %v\n%s", group, err, out)
		}
	}
}
