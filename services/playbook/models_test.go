package playbook_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
)

func TestOnlyAModelThatIsReadyAndHasThatHashEntersAPlaybook(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		name, hash := "models/"+strings.Repeat("a", 32), strings.Repeat("0", 64)
		source := func(criterion string) string {
			return minimal(t) + "\nmodels:\n  conversion: {model: " + name + ", hash: \"" + hash + "\"}\ndisqualify:\n  hopeless: " + criterion + "\n"
		}
		create := func(criterion string) error {
			_, err := b.client.CreatePlaybook(ops(t.Context()), &playbookv1.CreatePlaybookRequest{Playbook: &playbookv1.Playbook{Yaml: source(criterion)}})
			return err
		}
		invalid := func(what string, err error, words string) {
			t.Helper()
			if f := fault.As(err); f == nil || status.Code(f.Cause) != codes.InvalidArgument || !strings.Contains(f.Message, words) {
				t.Errorf("%s: got %v, want a refusal that says %s", what, err, words)
			}
		}
		invalid("an unknown model", create("predicted.conversion < 0.01"), "does not exist")
		_, err := b.simulate(marketer(t.Context()), &playbookv1.SimulatePlaybookRequest{Yaml: source("predicted.conversion < 0.01")})
		invalid("an unknown model, in a simulation", err, "does not exist")
		b.models[name] = &scoringv1.Model{Name: name, State: scoringv1.Model_STATE_RUNNING, Hash: hash}
		invalid("one that is not ready", create("predicted.conversion < 0.01"), "is RUNNING, not READY")
		b.models[name] = &scoringv1.Model{Name: name, State: scoringv1.Model_STATE_READY, Hash: strings.Repeat("1", 64)}
		invalid("another one", create("predicted.conversion < 0.01"), "the hash is not that of")
		b.models[name] = &scoringv1.Model{Name: name, State: scoringv1.Model_STATE_READY, Hash: hash}
		invalid("a misspelt name", create("predicted.convresion < 0.01"), "did you mean \"conversion\"?")
		if err := create("predicted.conversion < 0.01"); err != nil {
			t.Error(err)
		}
	})
}

func TestLintKnowsTheModelsThatExpressionsAsk(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		source := minimal(t) + "\ndisqualify:\n  a: predicted.conversion < 0.01 || predicted.renewal < 0.5 || lead.title == 'predicted.x'\nmodels:\n" +
			"  conversion: {model: models/" + strings.Repeat("a", 32) + ", hash: \"" + strings.Repeat("0", 64) + "\"}\n" +
			"  idle: {model: models/" + strings.Repeat("b", 32) + ", hash: \"" + strings.Repeat("0", 64) + "\"}\n"
		b.models["models/"+strings.Repeat("b", 32)] = &scoringv1.Model{State: scoringv1.Model_STATE_READY, Hash: strings.Repeat("0", 64)}
		resp, err := b.client.LintPlaybook(ops(t.Context()), &playbookv1.LintPlaybookRequest{Yaml: source})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range resp.GetProblems() {
			if p.GetLine() == 0 || p.GetColumn() == 0 {
				t.Errorf("%v is nowhere", p)
			}
			if strings.Contains(p.GetMessage(), "model") {
				got = append(got, p.GetField()+" "+p.GetSeverity().String()[len("SEVERITY_"):])
			}
		}
		if strings.Join(got, ", ") != "disqualify.a ERROR, models.conversion ERROR, models.idle ADVICE" {
			t.Errorf("%q in %v", got, resp.GetProblems())
		}
	})
}

func TestLintTellsAllElseWhenAModelCannotBeAskedFor(t *testing.T) {
	t.Parallel()
	name, hash := "models/"+strings.Repeat("a", 32), strings.Repeat("0", 64)
	tests := []struct {
		name, model string
		want        []string
	}{
		{"no model", "{}", []string{"models.win.hash ERROR", "models.win.model ERROR"}},
		{"no name of a model", "{model: latest, hash: " + hash + "}", []string{"models.win.model ERROR"}},
		{"no hash", "{model: " + name + ", hash: abc}", []string{"models.win.hash ERROR"}},
		{"scoring does not answer", "{model: " + name + ", hash: \"" + hash + "\"}", []string{"models ADVICE"}},
	}
	each(t, func(t *testing.T, b bench) {
		b.models[name] = nil
		for _, tt := range tests {
			source := minimal(t) + "\nmodels:\n  win: " + tt.model + "\ndisqualify:\n  hopeless: predicted.win < 0.01\n  misspelt: predicted.wni < 0.01\n"
			resp, err := b.client.LintPlaybook(ops(t.Context()), &playbookv1.LintPlaybookRequest{Yaml: source})
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
				continue
			}
			var got []string
			for _, p := range resp.GetProblems() {
				if strings.HasPrefix(p.GetField(), "models") || p.GetField() == "disqualify.misspelt" {
					got = append(got, p.GetField()+" "+p.GetSeverity().String()[len("SEVERITY_"):])
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(slices.Sorted(slices.Values(append(tt.want, "disqualify.misspelt ERROR"))), slices.Compact(got)); diff != "" {
				t.Errorf("%s: problems (-want +got):\n%s", tt.name, diff)
			}
		}
	})
}

func TestProblemsOfModelsAreWithinTheMost(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		var source strings.Builder
		source.WriteString(minimal(t) + "\nmodels:\n")
		for i := range 20 {
			fmt.Fprintf(&source, "  m%d: {model: models/%032x, hash: \"%064x\"}\n", i, i, i)
		}
		source.WriteString("disqualify:\n")
		for i := range 50 {
			terms := make([]string, 20)
			for j := range terms {
				terms[j] = fmt.Sprintf("predicted.x%d_%d > 0.5", i, j)
			}
			fmt.Fprintf(&source, "  d%d: %s\n", i, strings.Join(terms, " || "))
		}
		resp, err := b.client.LintPlaybook(ops(t.Context()), &playbookv1.LintPlaybookRequest{Yaml: source.String()})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(resp.GetProblems()); got != 200 {
			t.Errorf("%d problems, want 200", got)
		}
		inOrder := func(a, b *playbookv1.Problem) int {
			return int(a.GetLine() - b.GetLine())
		}
		if !slices.IsSortedFunc(resp.GetProblems(), inOrder) {
			t.Error("the problems are not in the order of the text")
		}
	})
}
