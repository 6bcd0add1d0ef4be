package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/playbook"
)

// handoff runs the command.
func handoff(t *testing.T, args ...string) (out, problems string, status int) {
	t.Helper()
	cmd := itself(t.Context(), args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var ended *exec.ExitError
	if err := cmd.Run(); errors.As(err, &ended) {
		status = ended.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), status
}

func TestAPlaybookIsWrittenAndComparedWithoutAServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, preset := range map[string]string{"scores.yaml": "score_thresholds", "facts.yaml": "joint_boolean,literal"} {
		out, problems, status := handoff(t, "playbook", "new", "--preset="+preset)
		if status != 0 {
			t.Fatal(problems)
		}
		write(t, dir, name, out)
	}
	scores, facts := filepath.Join(dir, "scores.yaml"), filepath.Join(dir, "facts.yaml")
	for _, step := range []struct {
		args   []string
		want   []string
		status int
	}{
		{[]string{"lint", scores}, []string{"target_accounts"}, 0},
		{[]string{"diff", scores, facts}, []string{"From " + scores + " to " + facts + ", with the hash ", "Who is qualified\n  New criterion revenue_fit", "A lead is an MQL when size_fit && ", "By when\n", "Acceptance counts wall time instead of business time."}, 0},
		{[]string{"diff", scores, scores}, []string{"No difference."}, 0},
		{[]string{"diff", scores, "-o=json", facts}, []string{`"stages.mql"`}, 0},
		{[]string{"diff", scores, filepath.Join(dir, "none.yaml")}, []string{"none.yaml"}, 1},
		{[]string{"new", "--list"}, []string{"joint_boolean", "sql_before_sal", "Cargo"}, 0},
		{[]string{"new", "--preset=agile"}, []string{"there is no such preset: agile"}, 1},
		{[]string{"new", "--preset=literal", "--preset=business"}, []string{"same question"}, 1},
	} {
		out, problems, status := handoff(t, append([]string{"playbook"}, step.args...)...)
		for _, want := range step.want {
			if !strings.Contains(out+problems, want) {
				t.Errorf("%v: no %q in\n%s%s", step.args, want, out, problems)
			}
		}
		if status != step.status {
			t.Errorf("%v: got status %d, want %d:\n%s%s", step.args, status, step.status, out, problems)
		}
	}
}

func TestThePassageOfAPlaybookFromTheTerminal(t *testing.T) {
	t.Parallel()
	in := install(t, []string{"--data", t.TempDir()})
	dir := t.TempDir()
	minimal, err := os.ReadFile("../../../deploy/playbooks/minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "one.yaml", string(minimal))
	write(t, dir, "two.yaml", strings.Replace(string(minimal), "{within: 24h, unit: wall}", "{within: 4h, unit: wall} # call at once", 1))
	one, two := filepath.Join(dir, "one.yaml"), filepath.Join(dir, "two.yaml")
	hash, err := playbook.Hash(minimal)
	if err != nil {
		t.Fatal(err)
	}
	twin := hash[:40] + strings.Repeat("0", len(hash)-40)
	for _, step := range []struct {
		args   []string
		want   []string
		status int
	}{
		{[]string{"diff", one}, []string{"From nothing to " + one + ", with the hash " + hash + "\n", "Who is qualified\n", "A lead is an MQL when "}, 0},
		{[]string{"diff", "active", one}, []string{"playbooks/active does not exist"}, 1},
		{[]string{"apply", one}, []string{"playbooks/1  DRAFT  by human"}, 0},
		{[]string{"submit", "1"}, []string{"playbooks/1  IN_REVIEW  by human  " + hash + "\n"}, 0},
		{[]string{"sign", "1", "--team=marketing", "--as=mia", "--hash=000000000000"}, []string{`"000000000000" is not a hash`, "at least its first 32 digits; nothing was signed"}, 1},
		{[]string{"sign", "1", "--team=marketing", "--as=mia", "--hash="}, []string{`"" is not a hash`}, 1},
		{[]string{"sign", "1", "--team=marketing", "--as=mia", "--hash=" + twin}, []string{"has the hash " + hash + ", not " + twin + ": read it again; nothing was signed"}, 1},
		{[]string{"sign", "1", "--team=marketing", "--as=mia", "--hash=" + hash[:32]}, []string{"MARKETING: "}, 0},
		{[]string{"sign", "playbooks/1", "--team=sales", "--as=mia"}, []string{"SIGNER_NOT_DISTINCT"}, 1},
		{[]string{"sign", "playbooks/1", "--team=sales", "--as=sven", "--hash=" + strings.ToUpper(hash)}, []string{"playbooks/1  SIGNED"}, 0},
		{[]string{"activate", "playbooks/1"}, []string{"playbooks/1  ACTIVE"}, 0},
		{[]string{"diff", two}, []string{"By when\n  First touch: 4 hours instead of 24 hours.\n"}, 0},
		{[]string{"diff", one, "active"}, []string{"No difference."}, 0},
		{[]string{"apply", two}, []string{"playbooks/2  DRAFT"}, 0},
		{[]string{"diff", "2", "playbooks/1"}, []string{"First touch: 24 hours instead of 4 hours."}, 0},
		{[]string{"sign", "playbooks/2", "--team=sales", "--as=sven"}, []string{"IN_REVIEW"}, 0},
		{[]string{"sign", "playbooks/2", "--team=marketing", "--as=mia"}, []string{"SIGNED"}, 0},
		{[]string{"activate", "playbooks/2"}, []string{"ACTIVE"}, 0},
		{[]string{"show", "active"}, []string{"playbooks/2  ACTIVE", "# call at once"}, 0},
		{[]string{"simulate", "active", "--against=1"}, []string{"playbooks/2 against playbooks/1"}, 0},
		{[]string{"simulate", "1"}, []string{"playbooks/1 against playbooks/2"}, 0},
		{[]string{"export", "active"}, []string{"# call at once"}, 0},
		{[]string{"export", "active", "--canonical"}, []string{"first_touch: {within: 4h, unit: wall}"}, 0},
		{[]string{"rollback", "playbooks/1"}, []string{"playbooks/3  DRAFT", "back to playbooks/1"}, 0},
		{[]string{"activate", "playbooks/3"}, []string{"SIGNATURE_MISSING"}, 1},
		{[]string{"refuse", "playbooks/3", "--team=sales", "--as=sven", "--comment=we call within 4 hours"}, []string{"REFUSED", "we call within 4 hours"}, 0},
		{[]string{"sign", "playbooks/3", "--team=marketing", "--as=mia"}, []string{"STATE_CONFLICT"}, 1},
		{[]string{"refuse", "playbooks/3", "--team=both"}, []string{"--team is marketing or sales"}, 1},
		{[]string{"refuse", "3", "--team=sales"}, []string{"--comment says why"}, 1},
	} {
		out, problems, status := handoff(t, append(append([]string{"playbook"}, step.args...), "--address="+in.address, "--data="+in.data)...)
		for _, want := range step.want {
			if !strings.Contains(out+problems, want) {
				t.Errorf("%v: no %q in\n%s%s", step.args, want, out, problems)
			}
		}
		if status != step.status {
			t.Errorf("%v: got status %d, want %d:\n%s%s", step.args, status, step.status, out, problems)
		}
	}
}

func TestTargetAccountsAreWrittenAsASectionOfAPlaybook(t *testing.T) {
	t.Parallel()
	in := install(t, []string{"--data", t.TempDir()})
	client := scoringv1.NewScoringServiceClient(in.connect(t))
	var customer string
	for _, a := range []*scoringv1.Account{
		{Source: "crm", SourceId: "1", DisplayName: "Initech", Domains: []string{"initech.example"}, Industry: "software", Customer: true},
		{Source: "crm", SourceId: "2", DisplayName: "Globex", Domains: []string{"globex.example"}, Industry: "software", Owner: "reps/jane-doe"},
		{Source: "crm", SourceId: "3", DisplayName: "Hooli", Domains: []string{"hooli.example"}, Industry: "mining", Employees: proto.Int64(7)},
	} {
		made, err := client.CreateAccount(patiently(t), &scoringv1.CreateAccountRequest{Account: a})
		if err != nil {
			t.Fatal(err)
		}
		if a.GetCustomer() {
			customer = made.GetName()
		}
	}
	run := func(args ...string) (string, string) {
		t.Helper()
		out, problems, status := handoff(t, append(append([]string{"playbook"}, args...), "--address="+in.address, "--data="+in.data)...)
		if status != 0 {
			t.Fatalf("%v: status %d\n%s%s", args, status, out, problems)
		}
		return out, problems
	}
	if out, _ := run("profile", "propose", "sales", "--account="+customer); !strings.Contains(out, "known of 1: software 100%") {
		t.Errorf("profile:\n%s", out)
	}
	if out, problems := run("profile", "compare"); !strings.Contains(out, "sales alone      software") || !strings.Contains(problems, "reflects recent deals") {
		t.Errorf("profiles:\n%s%s", out, problems)
	}
	for _, of := range [][]string{{"profile", "show"}, {"profile", "show", "sales"}} {
		if out, _ := run(of...); !strings.HasPrefix(out, "accountProfiles/sales  1 customers\n") {
			t.Errorf("%v:\n%s", of, out)
		}
	}
	section, problems := run("targets", "--count=2")
	want := "target_accounts:\n  - {domain: globex.example, owner: jane-doe} # fit 100: industry software: 100% of the customers\n" +
		"  - {domain: hooli.example} # fit 0: industry mining: none of the customers\n"
	if section != want || !strings.Contains(problems, "warning: marketing has proposed no profile") {
		t.Errorf("got\n%s%s\nwant\n%s", section, problems, want)
	}
	minimal, err := os.ReadFile("../../../deploy/playbooks/minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if found, ok := playbook.Lint(append(minimal, section...)); !ok {
		t.Errorf("in a playbook: %v", found)
	}
}
