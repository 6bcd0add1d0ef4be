package pipeline

import (
	"maps"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/credit"
)

// Class says what marketing did for an opportunity. Every opportunity has exactly one.
type Class uint8

// The classes.
const (
	Untouched Class = iota
	InfluencedNotSourced
	Sourced
)

// String returns the class's stable name.
func (c Class) String() string {
	switch c {
	case Sourced:
		return "SOURCED"
	case InfluencedNotSourced:
		return "INFLUENCED_NOT_SOURCED"
	default:
		return "UNTOUCHED"
	}
}

// InfluenceWindow is the span in which a touch influences an opportunity: from the lookback before its
// creation until it was closed, or until the as-of instant while it is open. Both ends are included.
// A lookback of zero or less reaches back for ever. A zero closing means open.
func InfluenceWindow(createdAt, closedAt, asOf time.Time, lookback time.Duration) credit.Window {
	window := credit.Lookback(createdAt, lookback)
	window.To = asOf
	if !closedAt.IsZero() && closedAt.Before(asOf) {
		window.To = closedAt
	}
	return window
}

// Influence is whether and through which campaigns marketing influenced an opportunity.
type Influence struct {
	Influenced bool
	Campaigns  []string // distinct and sorted; a touch outside any campaign influences too
}

// Influenced looks for marketing touches that count. The window of the eligibility is an
// [InfluenceWindow].
func Influenced(touches []credit.Touch, eligible credit.Eligibility) Influence {
	var influence Influence
	campaigns := make(map[string]bool)
	for _, t := range touches {
		if t.Team != credit.Marketing || !eligible.Counts(t) {
			continue
		}
		influence.Influenced = true
		if t.Campaign != "" {
			campaigns[t.Campaign] = true
		}
	}
	influence.Campaigns = slices.Sorted(maps.Keys(campaigns))
	return influence
}

// Opportunity is one opportunity of a pipeline with what was found out about it.
type Opportunity struct {
	ID            string
	AmountMinor   int64 // not negative
	SourcedBy     credit.Team
	Influence     Influence
	MarketingSQLs int64 // marketing's sales-qualified leads that became this opportunity
}

// Class returns the opportunity's class. Sourcing includes influence.
func (o Opportunity) Class() Class {
	switch {
	case o.SourcedBy == credit.Marketing:
		return Sourced
	case o.Influence.Influenced:
		return InfluencedNotSourced
	default:
		return Untouched
	}
}

// Breakdown is a pipeline by class. Its lines sum to the pipeline.
type Breakdown struct {
	Sourced, InfluencedNotSourced, Untouched, Total Line
}

// BreakDown sorts the opportunities of a pipeline by class.
//
// Errors: [ErrDuplicateOpportunity], [ErrNegativeAmount], [ErrOverflow].
func BreakDown(opportunities []Opportunity) (Breakdown, error) {
	if err := check(opportunities); err != nil {
		return Breakdown{}, err
	}
	var b Breakdown
	lines := map[Class]*Line{Sourced: &b.Sourced, InfluencedNotSourced: &b.InfluencedNotSourced, Untouched: &b.Untouched}
	for _, o := range opportunities {
		lines[o.Class()].count(o.AmountMinor)
		b.Total.count(o.AmountMinor)
	}
	return b, nil
}

// CampaignLine is the pipeline that one campaign influenced.
type CampaignLine struct {
	Campaign string
	Line     Line
}

// CampaignInfluence is the influenced pipeline by campaign. The lines do not sum to the total: an
// opportunity stands in the line of every campaign that influenced it and once in the total.
type CampaignInfluence struct {
	Campaigns []CampaignLine // by name
	Total     Line           // distinct opportunities
}

// ByCampaign sorts the influenced opportunities by campaign.
//
// Errors: [ErrDuplicateOpportunity], [ErrNegativeAmount], [ErrOverflow].
func ByCampaign(opportunities []Opportunity) (CampaignInfluence, error) {
	if err := check(opportunities); err != nil {
		return CampaignInfluence{}, err
	}
	var report CampaignInfluence
	lines := make(map[string]Line)
	for _, o := range opportunities {
		if !o.Influence.Influenced {
			continue
		}
		report.Total.count(o.AmountMinor)
		for _, campaign := range o.Influence.Campaigns {
			line := lines[campaign]
			line.count(o.AmountMinor)
			lines[campaign] = line
		}
	}
	for _, campaign := range slices.Sorted(maps.Keys(lines)) {
		report.Campaigns = append(report.Campaigns, CampaignLine{Campaign: campaign, Line: lines[campaign]})
	}
	return report, nil
}
