package scorecard

import (
	"cmp"
	"slices"
	"time"
)

// Event is one engagement. Its ID is unique. Page, Form and Asset are what it was
// about; each may be empty.
type Event struct {
	ID         string
	Type       string
	OccurredAt time.Time
	Page       string
	Form       string
	Asset      string
}

// entry is an event on its way through decay and caps.
type entry struct {
	rule  *rule
	bonus int // index of the bonus, or -1
	share Share
}

// Engagement scores the events at an instant. There is one line for each type of
// event and each asset with a bonus, in the order of the policy, if it had events
// within the window.
func (c *Card) Engagement(events []Event, asOf time.Time) Score {
	if len(events) == 0 {
		return newScore(0, 0, nil)
	}
	entries := c.enter(events, asOf)
	c.cap(entries)
	// Within a line the order stays oldest first.
	slices.SortStableFunc(entries, byLine)
	lines := c.lines(entries)
	var sum Micro
	for _, line := range lines {
		sum += line.Contribution
	}
	lines = append(lines, clamp(EngagementPart, sum)...)
	return newScore(sum, len(lines), slices.Values(lines))
}

// enter returns the events that count, decayed, oldest first.
func (c *Card) enter(events []Event, asOf time.Time) []*entry {
	entries, all := make([]*entry, 0, len(events)), make([]entry, len(events))
	for i := range events {
		event := &events[i]
		rule, age := c.counted(event, asOf)
		if rule == nil {
			continue
		}
		raw, bonus := rule.worth(event)
		factor := decayAt(age, rule.HalfLife)
		all[i] = entry{rule, bonus, Share{
			ID:         event.ID,
			OccurredAt: event.OccurredAt,
			Factor:     int64(factor.of(1000 * Point)),
			Raw:        raw,
			Decayed:    factor.of(raw),
		}}
		entries = append(entries, &all[i])
	}
	slices.SortFunc(entries, byTime)
	return entries
}

func byTime(a, b *entry) int {
	if order := a.share.OccurredAt.Compare(b.share.OccurredAt); order != 0 {
		return order
	}
	return cmp.Compare(a.share.ID, b.share.ID)
}

func byLine(a, b *entry) int {
	return cmp.Or(cmp.Compare(a.rule.place, b.rule.place), cmp.Compare(a.bonus, b.bonus))
}

// counted returns the rule of an event and the event's age, or nil if it does not
// count.
func (c *Card) counted(event *Event, asOf time.Time) (*rule, time.Duration) {
	rule, known := c.rules[event.Type]
	age := asOf.Sub(event.OccurredAt)
	if !known || age < 0 || rule.Window > 0 && age > rule.Window {
		return nil, 0
	}
	return rule, age
}

// EngagementPoints is the total of [Card.Engagement] alone. Which event a cap cuts
// does not matter to the sum, so nothing is sorted.
func (c *Card) EngagementPoints(events []Event, asOf time.Time) Micro {
	byRule := make([]Micro, len(c.rules))
	for i := range events {
		if rule, age := c.counted(&events[i], asOf); rule != nil {
			raw, _ := rule.worth(&events[i])
			byRule[rule.place] = min(byRule[rule.place]+decayAt(age, rule.HalfLife).of(raw), rule.Cap)
		}
	}
	byGroup := make([]Micro, len(c.groups))
	for place, points := range byRule {
		byGroup[c.groupOf[place]] += points
	}
	var sum Micro
	for group, points := range byGroup {
		sum += min(points, c.groups[group].Cap)
	}
	return min(sum, Full)
}

// worth returns the points of an event when it happens, and which bonus is in
// them: the largest that matches, the first of equal ones, or -1.
func (r *rule) worth(event *Event) (Micro, int) {
	best := -1
	for i := range r.Bonus {
		asset := r.Bonus[i].Asset
		if asset != event.Page && asset != event.Form && asset != event.Asset {
			continue
		}
		if best < 0 || r.Bonus[i].Points > r.Bonus[best].Points {
			best = i
		}
	}
	if best < 0 {
		return r.Points, best
	}
	return r.Points + r.Bonus[best].Points, best
}

// cap fills the caps from the oldest event on; what finds no room is cut.
func (c *Card) cap(entries []*entry) {
	typeRoom := make([]Micro, len(c.rules))
	for _, rule := range c.rules {
		typeRoom[rule.place] = rule.Cap
	}
	groupRoom := make([]Micro, len(c.groups))
	for i := range c.groups {
		groupRoom[i] = c.groups[i].Cap
	}
	for _, entry := range entries {
		share, rule := &entry.share, entry.rule
		kept := min(share.Decayed, typeRoom[rule.place])
		typeRoom[rule.place] -= kept
		share.TypeCut = share.Decayed - kept
		share.Contribution = min(kept, groupRoom[rule.group])
		groupRoom[rule.group] -= share.Contribution
		share.GroupCut = kept - share.Contribution
	}
}

// lines gathers sorted entries into the lines of the explanation.
func (c *Card) lines(entries []*entry) []*Line {
	count := 0
	shares := make([]Share, len(entries))
	for i, entry := range entries {
		shares[i] = entry.share
		if i == 0 || !entry.sameLine(entries[i-1]) {
			count++
		}
	}
	made, lines := make([]Line, count), make([]*Line, count)
	start := 0
	for i := range made {
		first, end := entries[start], start
		for end < len(entries) && entries[end].sameLine(first) {
			end++
		}
		c.fill(&made[i], first, shares[start:end:end])
		lines[i], start = &made[i], end
	}
	return lines
}

func (e *entry) sameLine(other *entry) bool {
	return e.rule == other.rule && e.bonus == other.bonus
}

// fill sums up the shares of one line.
func (c *Card) fill(line *Line, first *entry, shares []Share) {
	line.Part, line.Group, line.Rule, line.Events = EngagementPart, c.groups[first.rule.group].Name, first.rule.Type, shares
	if first.bonus >= 0 {
		line.Asset = first.rule.Bonus[first.bonus].Asset
	}
	for i := range shares {
		line.Raw += shares[i].Raw
		line.Decayed += shares[i].Decayed
		line.TypeCut += shares[i].TypeCut
		line.GroupCut += shares[i].GroupCut
		line.Contribution += shares[i].Contribution
	}
}
