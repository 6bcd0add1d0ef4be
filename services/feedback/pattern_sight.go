package feedback

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/pattern"
	"github.com/handoffhq/handoff/services/feedback/internal/rejection"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/proportion"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// trailing is what ratings of a window are compared with: the weeks before it.
const trailing = 8 * 7 * 24 * time.Hour

// sighting is what a look found of one subject, the surest first.
type sighting struct {
	store.Subject
	findings []finding
}

// finding is what was found in one window.
type finding struct {
	slices []pattern.Slice
	store.Figures
}

// window is a period [from, to) that is looked at.
type window struct{ from, to time.Time }

// sightings looks in windows that end at an instant: for reasons, for messages that were not right, and for ratings.
func sightings(ctx context.Context, tx *sqldb.Tx, terms watching, now time.Time) ([]sighting, error) {
	rows := make(map[store.Subject][][]pattern.Row) // by window
	windows := make([]window, len(terms.windows))
	for i, length := range terms.windows {
		windows[i] = window{from: now.Add(-length), to: now}
		found, err := complaints(ctx, tx, windows[i])
		if err != nil {
			return nil, err
		}
		for subject, each := range found {
			if rows[subject] == nil {
				rows[subject] = make([][]pattern.Row, len(windows))
			}
			rows[subject][i] = each
		}
	}
	var all []sighting
	for _, subject := range slices.SortedFunc(maps.Keys(rows), compareSubjects) {
		all = append(all, sighting{subject, findShares(rows[subject], windows, terms.Rule)})
	}
	drops, err := findDrops(ctx, tx, windows, terms)
	return append(all, sighting{store.Subject{Kind: int32(feedbackv1.Pattern_KIND_QUALITY)}, drops}), err
}

func compareSubjects(a, b store.Subject) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Reason, b.Reason))
}

// complaints counts, for each thing that sales can say of leads, how many of those of each origin it is said of.
func complaints(ctx context.Context, tx *sqldb.Tx, w window) (map[store.Subject][]pattern.Row, error) {
	cells, err := store.Cells(ctx, tx, w.from, w.to, nil)
	if err != nil {
		return nil, err
	}
	cells = slices.DeleteFunc(cells, func(c rejection.Cell) bool { return c.Standing == dispute.Disputed })
	rows := make(map[store.Subject][]pattern.Row)
	for _, reason := range reasonsIn(cells) {
		of := store.Subject{Kind: int32(feedbackv1.Pattern_KIND_REASON), Reason: reason}
		for _, c := range cells {
			share := proportion.Share{Whole: c.Answers}
			if c.Reason == reason {
				share.Part = c.Answers
			}
			rows[of] = append(rows[of], pattern.Row{Share: share, Origin: pattern.Origin{Source: c.Source, Campaign: c.Campaign,
				LeadMagnet: c.LeadMagnet, Rep: c.Rep, Pool: c.Pool}})
		}
	}
	messages, err := store.Messages(ctx, tx, w.from, w.to)
	if len(messages) > 0 {
		rows[store.Subject{Kind: int32(feedbackv1.Pattern_KIND_MESSAGE)}] = messages
	}
	return rows, err
}

// reasonsIn are the reasons that were given.
func reasonsIn(cells []rejection.Cell) []verdict.Reason {
	given := make(map[verdict.Reason]bool)
	for _, c := range cells {
		if c.Reason != 0 {
			given[c.Reason] = true
		}
	}
	return slices.Sorted(maps.Keys(given))
}

// findShares finds shares that are alerts, once a slice.
func findShares(rows [][]pattern.Row, windows []window, rule pattern.Rule) []finding {
	looks := make([][]pattern.Finding, len(rows))
	for i := range rows {
		looks[i] = pattern.Find(rows[i], rule)
	}
	var all []finding
	for _, c := range pattern.Choose(looks) {
		all = append(all, finding{c.Slices, store.Figures{Share: c.Share, Strong: c.Strong, Label: c.Label,
			From: windows[c.Look].from, To: windows[c.Look].to}})
	}
	return all
}

// findDrops finds mean ratings that fell, once a slice: in the shortest window in which they did.
func findDrops(ctx context.Context, tx *sqldb.Tx, windows []window, terms watching) ([]finding, error) {
	var all []finding
	found := make(map[pattern.Slice]bool)
	for _, w := range windows {
		recent, err := store.Ratings(ctx, tx, w.from, w.to)
		if err != nil {
			return nil, err
		}
		before, err := store.Ratings(ctx, tx, w.from.Add(-trailing), w.from)
		if err != nil {
			return nil, err
		}
		for _, d := range pattern.Drops(recent, before, terms.drop, terms.Least) {
			if found[d.Slice] {
				continue
			}
			found[d.Slice] = true
			all = append(all, finding{[]pattern.Slice{d.Slice}, store.Figures{Share: proportion.Share{Part: d.Recent.Sum, Whole: d.Recent.Count},
				Before: d.Before, From: w.from, To: w.to}})
		}
	}
	return all, nil
}
