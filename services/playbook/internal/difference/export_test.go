package difference

import (
	"strings"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/policy"
)

// Unphrased are the patterns of the changes between two documents that no phrase tells.
func Unphrased(from, to *playbookv1.Document) []string {
	book := newBook()
	var all []string
	for _, f := range walk(policy.WithDefaults(from), policy.WithDefaults(to), false) {
		if _, _, known := book.find(f.steps, f.kind); !known {
			all = append(all, strings.Join(f.steps, ".")+" "+[]string{"", "added", "removed", "changed"}[f.kind])
		}
	}
	return all
}
