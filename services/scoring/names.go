package scoring

import (
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/handoffhq/handoff/services/internal/ident"
)

func leadName(id string) string     { return ident.Name("leads", id) }
func accountName(id string) string  { return ident.Name("accounts", id) }
func campaignName(id string) string { return ident.Name("campaigns", id) }
func repName(id string) string      { return ident.Name("reps", id) }

// playbookName is the name of a version; empty for none.
func playbookName(version int64) string {
	if version == 0 {
		return ""
	}
	return ident.Name("playbooks", strconv.FormatInt(version, 10))
}

// instant is a time of the API; missing for none.
func instant(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// moment is a time that a caller gave, in whole microseconds; the zero time if it gave none.
func moment(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime().Truncate(time.Microsecond)
}
