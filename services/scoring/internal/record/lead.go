package record

import (
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// Lead is one lead as it was taken in, and what was decided about the person since.
type Lead struct {
	ID, Source, SourceID string
	Partner              string // the partner that brought it; empty if none
	Test                 bool
	Fields               person.Fields // its own
	OccurredAt           time.Time     // when the person first made contact
	CreatedAt, UpdatedAt time.Time

	MergedInto string // the lead that stands for the person; empty if this one does
	Absorbed   int64  // how many leads were merged into this one

	Match    Match
	Standing standing.Standing
	Score    Snapshot
	Told     string // what routing was last told of the context, in brief

	Version, Events int64
}

// Match is the decision on the lead's account that is in force.
type Match struct {
	Account string // empty if none
	Rule    match.Code
	Number  int64 // of the decision, from 1; 0 before the first
	// ReviewAt is since when it waits for a person; zero if it does not.
	ReviewAt time.Time
}

// Pinned reports whether a person chose the account, or that there is none.
func (m Match) Pinned() bool { return m.Rule == match.ManualLock }

// Snapshot is the score as of the last change. Points are in millionths.
type Snapshot struct {
	Fit, Engagement, Combined int64
	Intent                    int
	OverLine                  bool
	Completeness              int   // per cent
	Playbook                  int64 // the version it was scored by; 0 for none
	AsOf                      time.Time

	Personas  []string  // that the person is, by name
	EngagedAt time.Time // when the person did something last; zero for never
}

// Shown are the fields that a person's leads show together.
func Shown(survivor *Lead, absorbed []*Lead) (person.Fields, error) {
	if len(absorbed) == 0 {
		return survivor.Fields, nil
	}
	members := []dedupe.Lead{survivor.member()}
	for _, lead := range absorbed {
		members = append(members, lead.member())
	}
	return dedupe.Shown(members...)
}

func (l *Lead) member() dedupe.Lead {
	return dedupe.Lead{ID: l.ID, CreateTime: l.CreatedAt, Fields: l.Fields}
}

// Older reports whether a lead is the older of two, so that it survives their merge.
func (l *Lead) Older(other *Lead) bool {
	if l.CreatedAt.Equal(other.CreatedAt) {
		return l.ID < other.ID
	}
	return l.CreatedAt.Before(other.CreatedAt)
}

// Decision is a stored decision on a lead's account.
type Decision struct {
	Lead   string
	Number int64 // from 1
	match.Decision
	DecidedAt time.Time
	Decider   string // issuer and subject; empty if the rules decided
}
