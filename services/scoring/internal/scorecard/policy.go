package scorecard

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Micro is an amount of points in millionths of a point.
type Micro int64

const (
	// Point is one point.
	Point Micro = 1_000_000
	// Full is the highest score.
	Full = 100 * Point
)

// String writes points with as many decimals as there are: "70.000001", "40".
func (m Micro) String() string { return string(m.append(nil, 6)) }

// append adds the points, cut and not rounded, to a number of decimals from 1 to 6.
func (m Micro) append(text []byte, decimals int) []byte {
	if m < 0 && m > -Point {
		text = append(text, '-')
	}
	text = strconv.AppendInt(text, int64(m/Point), 10)
	rest := m % Point
	if rest < 0 {
		rest = -rest
	}
	whole, last := len(text), len(text)
	text = append(text, '.')
	for unit := Point / 10; decimals > 0; decimals-- {
		digit := rest / unit % 10
		text = append(text, byte('0'+digit))
		if unit /= 10; digit > 0 {
			last = len(text)
		}
	}
	return text[:max(whole, last)]
}

// Policy says what gives points. Its lists have an order, which the lines of a
// score follow.
type Policy struct {
	Fit        []FitRule
	FitGroups  []FitGroup
	Engagement []Group
	Weights    Weights
}

// FitRule gives points while a criterion is true.
type FitRule struct {
	Name   string
	Points Micro  // 0 to Full
	When   string // the criterion
	Group  string // one of the policy's fit groups; empty for none
}

// FitGroup is fit of one sort with a common cap, the share of the whole that the sort is worth.
type FitGroup struct {
	Name string
	Cap  Micro // 0 to Full; Full is as good as none
}

// Group is engagement of one sort with a common cap.
type Group struct {
	Name   string
	Cap    Micro // 0 to Full; Full is as good as none
	Events []EventRule
}

// EventRule gives points for one type of event.
type EventRule struct {
	Type     string
	Points   Micro         // of one event when it happens, 0 to Full
	HalfLife time.Duration // after which an event counts half; 0 for no decay
	Window   time.Duration // beyond which an event counts nothing; 0 for no end
	Cap      Micro         // 0 to Full; Full is as good as none
	Bonus    []Bonus
}

// Bonus adds points to an event about one page, form or asset.
type Bonus struct {
	Asset  string
	Points Micro // 0 to Full
}

// Weights mix the combined score. They are shares in millionths, and make Point.
type Weights struct {
	Fit        Micro
	Engagement Micro
}

// Problem is one thing that is wrong with a policy, at the path that the field has
// in a playbook: "scoring.engagement.website.events.page_view.points".
type Problem struct {
	Field   string
	Message string
}

// PolicyError holds all problems of a policy, in its order.
type PolicyError struct{ Problems []Problem }

// Error lists the problems, one a line.
func (e *PolicyError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.Field + ": " + p.Message
	}
	return "scoring policy: " + strings.Join(lines, "\n")
}

// Validate returns nil, or a *PolicyError with everything that is wrong.
func (p Policy) Validate() error {
	var v validation
	v.fit(p.Fit, v.fitGroups(p.FitGroups))
	v.engagement(p.Engagement)
	v.weights(p.Weights)
	if len(v.problems) > 0 {
		return &PolicyError{v.problems}
	}
	return nil
}

type validation struct{ problems []Problem }

func (v *validation) report(field, format string, args ...any) {
	v.problems = append(v.problems, Problem{field, fmt.Sprintf(format, args...)})
}

func (v *validation) fitGroups(groups []FitGroup) map[string]bool {
	names := map[string]bool{}
	for _, group := range groups {
		path := "scoring.fit_groups." + group.Name
		v.name(path, group.Name, names)
		v.points(path+".cap", group.Cap)
	}
	return names
}

func (v *validation) fit(rules []FitRule, groups map[string]bool) {
	names := map[string]bool{}
	for _, rule := range rules {
		path := "scoring.fit." + rule.Name
		v.name(path, rule.Name, names)
		v.points(path+".points", rule.Points)
		if rule.When == "" {
			v.report(path+".when", "names no criterion")
		}
		if rule.Group != "" && !groups[rule.Group] {
			v.report(path+".group", "names no group of fit rules")
		}
	}
}

func (v *validation) engagement(groups []Group) {
	names, types := map[string]bool{}, map[string]bool{}
	for _, group := range groups {
		path := "scoring.engagement." + group.Name
		v.name(path, group.Name, names)
		v.points(path+".cap", group.Cap)
		for _, rule := range group.Events {
			v.event(path+".events."+rule.Type, rule, types)
		}
	}
}

func (v *validation) event(path string, rule EventRule, types map[string]bool) {
	v.name(path, rule.Type, types)
	v.points(path+".points", rule.Points)
	v.points(path+".cap", rule.Cap)
	if rule.HalfLife < 0 {
		v.report(path+".half_life", "is negative")
	}
	if rule.Window < 0 {
		v.report(path+".window", "is negative")
	}
	assets := map[string]bool{}
	for _, bonus := range rule.Bonus {
		field := fmt.Sprintf("%s.bonus[%q]", path, bonus.Asset)
		v.name(field, bonus.Asset, assets)
		v.points(field, bonus.Points)
	}
}

func (v *validation) weights(w Weights) {
	if w.Fit < 0 || w.Engagement < 0 || w.Fit > Point || w.Engagement > Point || w.Fit+w.Engagement != Point {
		v.report("scoring.weights", "%v of fit and %v of engagement do not make 1", w.Fit, w.Engagement)
	}
}

func (v *validation) name(field, name string, seen map[string]bool) {
	switch {
	case name == "":
		v.report(field, "has no name")
	case seen[name]:
		v.report(field, "stands here a second time; it would count twice")
	}
	seen[name] = true
}

func (v *validation) points(field string, points Micro) {
	if points < 0 || points > Full {
		v.report(field, "is %v; points go from 0 to %v", points, Full)
	}
}
