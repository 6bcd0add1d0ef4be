package main

import (
	"strings"
	"testing"
)

func TestTheHoldingQueueIsSeenFromTheTerminal(t *testing.T) {
	t.Parallel()
	in := install(t, []string{"--data", t.TempDir()})
	for _, tt := range []struct {
		args []string
		want string
		ok   bool
	}{
		{[]string{"held"}, "nobody waits", true},
		{[]string{"held", "--pool=velocity", "--queue=queues/care", "--reason=everybody_at_cap", "-o=json"}, `"handoffs":`, true},
		{[]string{"held", "--reason=rain"}, `"rain" is none of those`, false},
		{[]string{"held", "--pool=No"}, "pool: ", false},
		{[]string{"claim", "00000000000000000000000000000000"}, "RESOURCE_NOT_FOUND", false},
		{[]string{"claim", "handoffs/00000000000000000000000000000000", "--rep=elsa"}, "RESOURCE_NOT_FOUND", false},
		{[]string{"claim"}, "accepts 1 arg", false},
	} {
		out, ok := in.run(t, append([]string{"route"}, tt.args...)...)
		if ok != tt.ok || !strings.Contains(out, tt.want) {
			t.Errorf("route %v: succeeded %v, want %v and %q in\n%s", tt.args, ok, tt.ok, tt.want, out)
		}
	}
}
