package replay

import (
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// Past is everything that was recorded of the leads that are, or became, one person.
type Past struct {
	Leads     []Lead
	Merges    []Merge
	Decisions []Decision
	Deeds     []Deed
	Closings  []Closing
	Rulings   []Ruling
}

// Lead is a lead as it is, and what its own fields were before they changed, the oldest first.
type Lead struct {
	*record.Lead
	Earlier []Fields
}

// Fields are those that a lead had until an instant.
type Fields struct {
	Until  time.Time
	Values person.Fields
}

// Merge says that a lead joined another one, and until when.
type Merge struct {
	Survivor, Absorbed string
	At, PartedAt       time.Time // PartedAt is zero while it lasts
}

// Decision says which account a lead belonged to from an instant on; empty for none.
type Decision struct {
	Lead, Account string
	At            time.Time
}

// Deed is something that somebody did under a lead.
type Deed struct {
	Lead string
	qualify.Engagement
}

// Closing says that sales, or the suite, closed a handoff of a lead.
type Closing struct {
	Lead    string
	At      time.Time
	Outcome standing.Outcome
	BySuite bool
}

// own reports whether the closing followed from the routing of the version that was in force, and not from sales.
func (c Closing) own() bool { return c.BySuite && c.Outcome == standing.EndedNurture }

// again reports whether the handoff was closed because the lead turned out to be somebody else.
func (c Closing) again() bool { return c.BySuite && c.Outcome == standing.EndedDuplicate }

// Ruling says how a handoff of a lead counts since a dispute over its end was decided otherwise; see [standing.Standing].
type Ruling struct {
	Lead     string
	At       time.Time // when it became known
	ClosedAt time.Time // the end of the handoff
	Outcome  standing.Outcome
}

// early reports whether it was known before the handoff ended.
func (r Ruling) early() bool { return !r.At.After(r.ClosedAt) }

// Edition is the reference lists from an instant on.
type Edition struct {
	From    time.Time
	Lists   map[string]*criteria.List // by name
	Changed string                    // the name of the list that is new in it
}
