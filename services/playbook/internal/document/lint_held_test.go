package document_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

func TestLintHoldsTheLadderAgainstTheFallback(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, lines, want string }{
		{"asked last", "  held_ladder: [overflow, fallback, stay_held]\n  fallback: {pool: spare}\n", ""},
		{"at the end", "  held_ladder: [overflow, fallback]\n  fallback: {rep: jane}\n", ""},
		{"nobody to ask", "  held_ladder: [overflow, fallback]\n",
			"27:27: routing.held_ladder[1]: there is no fallback: give routing.fallback, a pool or a rep"},
		{"never asked", "  held_ladder: [overflow]\n  fallback: {pool: spare}\n",
			"28:3: advice: routing.fallback: is never asked: add fallback to routing.held_ladder"},
		{"never asked by default", "  fallback: {pool: spare}\n", "27:3: advice: routing.fallback: is never asked: add fallback to routing.held_ladder"},
		{"asked before others", "  held_ladder: [fallback, overflow]\n  fallback: {pool: spare}\n",
			"27:27: routing.held_ladder[1]: the fallback is asked last, and once: put it before stay_held"},
		{"asked twice", "  held_ladder: [fallback, fallback]\n  fallback: {pool: spare}\n",
			"27:27: routing.held_ladder[1]: the fallback is asked last, and once: put it before stay_held"},
		{"behind the end", "  held_ladder: [stay_held, fallback]\n  fallback: {pool: spare}\n",
			"27:28: advice: routing.held_ladder[1]: never comes: whoever is to stay held is given to nobody else"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, linted(t, tc.lines)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLintKnowsWhichRequirementsAskForNothing(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, lines, want string }{
		{"a language", "  requirements: [{when: size_fit, needs: {languages: [de]}}]\n", ""},
		{"nothing", "  requirements: [{when: size_fit, needs: {}}]\n",
			"27:35: routing.requirements[0].needs: asks for nothing: give segments, regions, skills or languages"},
		{"of nobody", "  requirements: [{when: size_fit && !size_fit, needs: {languages: [de]}}]\n",
			"27:25: advice: routing.requirements[0].when: never holds: its conditions exclude each other"},
		{"of nobody who is qualified", "  requirements: [{when: '!high_intent', needs: {languages: [de]}}]\n",
			"27:25: advice: routing.requirements[0].when: never holds: no lead that is qualified meets it"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, linted(t, tc.lines)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// linted is what lint says about the routing of the usual playbook with more lines, and does not say of that without.
func linted(t *testing.T, lines string) string {
	t.Helper()
	const end = "    - {when: account.is_customer, to: {queue: customer-success}}\n"
	usual := strings.Split(lint(t, base), "\n")
	var said []string
	for _, line := range strings.Split(lint(t, changed(t, end, end+lines)), "\n") {
		if strings.Contains(line, "routing.") && !strings.Contains(strings.Join(usual, "\n"), line) {
			said = append(said, line)
		}
	}
	return strings.Join(said, "\n")
}

func lint(t *testing.T, source string) string {
	t.Helper()
	doc, positions, problems := document.Parse([]byte(source))
	if len(problems) > 0 {
		t.Fatalf("parse: %v", texts(problems))
	}
	return strings.Join(texts(document.Lint(doc, positions, nil)), "\n")
}
