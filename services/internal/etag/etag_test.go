package etag_test

import (
	"testing"

	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/fault"
)

func TestOnlyTheCurrentEtagOrNonePasses(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]bool{"": true, `"7"`: true, "7": false, `"6"`: false, `W/"7"`: false} {
		err := etag.Check("reps/jane", given, 7)
		if (err == nil) != want {
			t.Errorf("%q: got %v", given, err)
		}
		if f := fault.As(err); err != nil && (f.Kind != fault.Aborted || f.Metadata["etag"] != `"7"`) {
			t.Errorf("%q: got %v", given, err)
		}
	}
}
