package monday

import (
	"fmt"
	"slices"
	"strings"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

// Team is a column of the report.
type Team struct {
	Name     string
	Headline string
	Promises []Promise
}

// Promise is a promise and what became of it, in words.
type Promise struct {
	What     string
	Promised string
	Done     string
	Of       string // how many out of how many
	Trend    string // against the period before
	Standing Standing
	Share    float64 // what was done, in per cent of 100 or of the count that was promised; 0 to 100
	Target   float64 // what was promised, likewise; 0 if nothing was
}

// Standing is what became of a promise.
type Standing string

// The standings.
const (
	Kept       Standing = "kept"
	Broken     Standing = "broken"
	Open       Standing = "open"     // the month can still bring it, or nothing happened
	Unpromised Standing = "promised" // nothing was promised
)

// String gives the standing in a word; empty for what was not promised.
func (s Standing) String() string {
	if s == Unpromised {
		return ""
	}
	return string(s)
}

// measures are the measures in words, as they stand in a column, and in a sentence.
var measures = map[string][2]string{
	"mql_volume":           {"qualified leads", "qualified leads"},
	"criteria_met":         {"meet the criteria", "leads that meet the criteria"},
	"context_complete":     {"with whole context", "handoffs with their whole context"},
	"assigned_in_time":     {"assigned at once", "leads assigned at once"},
	"accepted_in_time":     {"accepted in time", "handoffs accepted in time"},
	"first_touch_in_time":  {"first touch in time", "first touches in time"},
	"disposition_in_time":  {"disposed in time", "handoffs disposed in time"},
	"disposition_complete": {"disposed at all", "handoffs disposed at all"},
	"contacted":            {"contacted in 5 weeks", "leads contacted in five weeks"},
}

func measure(name string) [2]string {
	if known, ok := measures[name]; ok {
		return known
	}
	return [2]string{words(name), words(name)}
}

const volume = "mql_volume"

// team is the column of a team.
func (d *desk) team(name string, team playbookv1.Team) Team {
	t := Team{Name: name}
	var broken []string
	counts := map[Standing]int{}
	for _, c := range d.report.GetCommitments() {
		if c.GetTeam() != team {
			continue
		}
		p := promise(c)
		t.Promises = append(t.Promises, p)
		counts[p.Standing]++
		if p.Standing == Broken {
			broken = append(broken, fmt.Sprintf("%s: %s instead of %s", measure(c.GetMeasure())[1], p.Done, target(c, "at least ", "more than ")))
		}
	}
	t.Headline = headline(name, counts, broken)
	return t
}

// headline is the one sentence to read when there is time for no more.
func headline(name string, counts map[Standing]int, broken []string) string {
	all := counts[Kept] + counts[Broken] + counts[Open]
	var text string
	switch {
	case all == 0:
		return name + " has promised nothing."
	case counts[Kept]+counts[Broken] == 0:
		return name + " has nothing to show yet."
	case counts[Kept] == all && all == 1:
		text = name + " kept its promise."
	case counts[Kept] == all:
		text = fmt.Sprintf("%s kept all %d promises.", name, all)
	default:
		text = fmt.Sprintf("%s kept %d of %d promises.", name, counts[Kept], all)
	}
	if len(broken) > 0 {
		text += " Broken: " + strings.Join(broken, "; ") + "."
	}
	if open := counts[Open]; open > 0 {
		text += fmt.Sprintf(" Open: %d.", open)
	}
	return text
}

// promise puts a promise into words.
func promise(c *slav1.CommitmentResult) Promise {
	p := Promise{What: measure(c.GetMeasure())[0], Promised: target(c, "≥ ", "> "), Done: "-", Of: "-", Trend: "-", Standing: standing(c)}
	if c.Actual != nil {
		p.Done = amount(c, c.GetActual())
		if c.PreviousActual != nil {
			p.Trend = change(c, c.GetActual()-c.GetPreviousActual())
		}
	}
	full := int64(1000)
	if c.GetMeasure() == volume {
		full = max(c.GetTarget(), c.GetActual(), 1)
	} else if c.GetWholeCount() > 0 {
		p.Of = figures.Count(c.GetPartCount()) + " of " + figures.Count(c.GetWholeCount())
	}
	p.Share, p.Target = 100*float64(c.GetActual())/float64(full), 100*float64(c.GetTarget())/float64(full)
	return p
}

func standing(c *slav1.CommitmentResult) Standing {
	switch {
	case c.Target == nil:
		return Unpromised
	case c.Kept == nil:
		return Open
	case c.GetKept():
		return Kept
	default:
		return Broken
	}
}

// target is what was promised, after a word for whether that itself is enough.
func target(c *slav1.CommitmentResult, enough, more string) string {
	switch {
	case c.Target == nil:
		return "-"
	case c.GetStrict():
		return more + amount(c, c.GetTarget())
	default:
		return enough + amount(c, c.GetTarget())
	}
}

// amount is a figure of a measure: a count, or a share.
func amount(c *slav1.CommitmentResult, n int64) string {
	if c.GetMeasure() == volume {
		return figures.Count(n)
	}
	return percent(n)
}

// change is a difference between figures of a measure; of shares in percentage points.
func change(c *slav1.CommitmentResult, by int64) string {
	if c.GetMeasure() == volume {
		return signed(by, figures.Count(abs(by)))
	}
	return points(by)
}

// points is a difference of shares in percentage points.
func points(by int64) string { return signed(by, fmt.Sprintf("%d.%d", abs(by)/10, abs(by)%10)) }

func signed(n int64, size string) string {
	switch {
	case n > 0:
		return "+" + size
	case n < 0:
		return "-" + size
	default:
		return size
	}
}

func abs(n int64) int64 { return max(n, -n) }

// percent is a share in per mille as per cent.
func percent(perMille int64) string { return figures.Share(perMille, 1000) }

func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// promised is what sales or marketing promised of a kind of clock, in per mille; the usual if nothing.
func (d *desk) promised(kind string) int64 {
	measure := map[string]string{"assign": "assigned_in_time", "accept": "accepted_in_time", "first_touch": "first_touch_in_time", "disposition": "disposition_in_time"}[kind]
	i := slices.IndexFunc(d.report.GetCommitments(), func(c *slav1.CommitmentResult) bool { return c.GetMeasure() == measure && c.Target != nil })
	if i < 0 {
		return usualTarget
	}
	return d.report.GetCommitments()[i].GetTarget()
}

// usualTarget is the share of clocks to be met where the playbook promises nothing: nine out of ten.
const usualTarget = 900
