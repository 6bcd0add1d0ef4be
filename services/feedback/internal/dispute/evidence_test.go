package dispute_test

import (
	"testing"

	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
)

func TestWhatItsEvidenceSpeaksAgainstOpensADispute(t *testing.T) {
	t.Parallel()
	saw := func(f verdict.Finding, c verdict.Cause) verdict.Evidence {
		return verdict.Evidence{Check: verdict.Check{Finding: f, Cause: c}}
	}
	const recordDiffers = verdict.WouldPass + 1
	supported, passes, differs := saw(verdict.Supported, 1), saw(verdict.Contradicted, verdict.WouldPass), saw(verdict.Contradicted, recordDiffers)
	for name, c := range map[string]struct {
		evidence          []verdict.Evidence
		onRecord, onClaim bool
	}{
		"none":                      {nil, false, false},
		"what sales saw would pass": {[]verdict.Evidence{passes}, true, true},
		"the record differs":        {[]verdict.Evidence{differs}, true, false},
		"one of two":                {[]verdict.Evidence{differs, passes}, true, true},
		"nobody can tell":           {[]verdict.Evidence{saw(verdict.Unverifiable, 6)}, false, false},
		"something supports it":     {[]verdict.Evidence{passes, supported}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := rejected
			a.Evidence = c.evidence
			for automatic, want := range map[dispute.Automatic]bool{dispute.OnRecord: c.onRecord, dispute.OnClaim: c.onClaim, dispute.Never: false, 0: false} {
				if got := (dispute.Policy{Automatic: automatic}).Opens(a); got != want {
					t.Errorf("automatic %d: opens %v, want %v", automatic, got, want)
				}
			}
			a.Step = verdict.Accept
			if (dispute.Policy{Automatic: dispute.OnRecord}).Opens(a) {
				t.Error("a dispute opens over an acceptance")
			}
		})
	}
}
