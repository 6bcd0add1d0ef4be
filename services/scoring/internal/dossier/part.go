package dossier

import (
	"fmt"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/sift"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// Part takes a merge back: an absorbed lead stands by itself again, with those that it had absorbed itself and what they
// did, and its dossier is given. Edges are the merges of the person that last. The error is [dedupe.ErrNotMerged] if the
// lead was not absorbed.
//
// Each lead has kept what is its own. The lead that stays is again what it was before its first merge, as far as that is not
// another absorbed lead's: a handoff that began when the two were one stays with it.
func (d *Dossier) Part(lead string, edges []*record.Edge, now time.Time) (*Dossier, error) {
	i := slices.IndexFunc(edges, func(e *record.Edge) bool { return e.Absorbed == lead })
	if i < 0 {
		return nil, fmt.Errorf("part leads: %w", dedupe.ErrNotMerged)
	}
	edge := edges[i]
	leaving := below(lead, edges)
	gone, stay := sift.Split(d.Absorbed, func(l *record.Lead) bool { return slices.Contains(leaving, l.ID) })
	root := slices.IndexFunc(gone, func(l *record.Lead) bool { return l.ID == lead })
	if root < 0 {
		return nil, fmt.Errorf("part leads: %w", dedupe.ErrNotMerged)
	}
	edge.PartedAt = now
	d.restoreBetween(edge, edges, gone)
	d.restore(d.Lead, own(d.Lead.ID, edges), gone, stay)
	d.Lead.Absorbed, d.Change.Made = int64(len(stay)), true
	d.Change.Parted = append(d.Change.Parted, edge)
	d.keepOwn(edge, edges)
	theirs, ours := sift.Split(d.History, func(e record.Engagement) bool { return slices.Contains(leaving, e.Lead) })
	d.Absorbed, d.History = stay, ours
	restored := gone[root]
	restored.MergedInto, restored.Absorbed = "", int64(len(gone)-1)
	gone = slices.Delete(gone, root, root+1)
	for _, l := range gone {
		l.MergedInto = lead
	}
	parted, err := Open(restored, gone, theirs)
	if err != nil {
		return nil, err
	}
	parted.Change.Made, parted.Change.Touched = true, gone
	d.parted, parted.parted = true, true
	parted.counted = nil // what it was worth left with it when it was merged
	parted.known = parted.knownAs(restored.Match)
	d.known = d.knownAs(edge.Before.Match)
	if len(stay) > 0 || edge.Survivor != d.Lead.ID {
		d.known = d.knownAs(d.Lead.Match)
	}
	return parted, d.reread()
}

// restore makes a lead that stays what it was.
func (d *Dossier) restore(lead *record.Lead, before record.Survivor, gone, stay []*record.Lead) {
	first, had := lead.OccurredAt, lead.Standing
	lead.Standing = standing.Part(had, before.Standing, standings(gone), standings(stay))
	if !holds(gone, had.Handoff) && !holds(stay, had.Handoff) { // else it is theirs, and they keep it
		d.replace(lead, had)
	}
	if !before.Known() {
		return
	}
	together := earliest(before.OccurredAt, append(slices.Clone(gone), stay...))
	if !first.Before(together) { // else somebody corrected it since
		lead.OccurredAt = earliest(before.OccurredAt, stay)
	}
}

// restoreBetween makes the lead that was joined what it was, if it has joined another one itself since. Where it belongs is
// decided when it stands by itself, except that it was known there.
func (d *Dossier) restoreBetween(edge *record.Edge, edges []*record.Edge, gone []*record.Lead) {
	lead := d.Member(edge.Survivor)
	if lead == d.Lead {
		return
	}
	before, remaining := own(lead.ID, edges), below(lead.ID, edges)
	stay, _ := sift.Split(d.Absorbed, func(l *record.Lead) bool {
		return l != lead && slices.Contains(remaining, l.ID) && !slices.Contains(gone, l)
	})
	d.restore(lead, before, gone, stay)
	if len(stay) == 0 && before.Known() && !lead.Match.Pinned() {
		lead.Match.Account, lead.Match.Rule = before.Match.Account, ""
		if before.Match.Rule == match.ExactPerson {
			lead.Match.Rule = match.ExactPerson
		}
	}
	d.touch(lead)
}

// knownAs is where the person is known, if that was why it belonged there.
func (d *Dossier) knownAs(held record.Match) []match.Person {
	if held.Rule != match.ExactPerson || held.Account == "" || d.who.Address.Key == "" {
		return nil
	}
	return []match.Person{{Address: d.who.Address.Address, Key: d.who.Address.Key, AccountID: held.Account}}
}

// keepOwn keeps what a lead was before any merge with another of its merges that last.
func (d *Dossier) keepOwn(parted *record.Edge, edges []*record.Edge) {
	last, _ := sift.Split(into(parted.Survivor, edges), func(e *record.Edge) bool { return e != parted })
	if len(last) > 0 && parted.Before.Known() {
		last[0].Before = parted.Before
		d.Change.Moved = append(d.Change.Moved, last[0])
	}
}

// own is what a lead was before any merge that lasts.
func own(lead string, edges []*record.Edge) record.Survivor {
	for _, e := range into(lead, edges) {
		if e.Before.Known() {
			return e.Before
		}
	}
	return record.Survivor{}
}

// into are the merges of other leads into one, in their order.
func into(lead string, edges []*record.Edge) []*record.Edge {
	mine, _ := sift.Split(edges, func(e *record.Edge) bool { return e.Survivor == lead })
	return mine
}

// below are a lead and those that it had absorbed, each directly or not.
func below(lead string, edges []*record.Edge) []string {
	all := []string{lead}
	for i := 0; i < len(all); i++ {
		for _, e := range into(all[i], edges) {
			if !slices.Contains(all, e.Absorbed) {
				all = append(all, e.Absorbed)
			}
		}
	}
	return all
}

func standings(leads []*record.Lead) []standing.Standing {
	var all []standing.Standing
	for _, l := range leads {
		all = append(all, l.Standing)
	}
	return all
}

// holds reports whether a handoff is the present one of one of some leads.
func holds(leads []*record.Lead, handoff string) bool {
	return slices.ContainsFunc(leads, func(l *record.Lead) bool { return l.Standing.Handoff == handoff })
}

func earliest(at time.Time, leads []*record.Lead) time.Time {
	for _, l := range leads {
		if l.OccurredAt.Before(at) {
			at = l.OccurredAt
		}
	}
	return at
}
