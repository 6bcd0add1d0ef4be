package recalibrate

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// Change is one thing that a draft does differently.
type Change struct {
	// Subject is what changes, whatever its value, such as `criteria.size_fit: account.employees >=`. With its direction it
	// is what a team refuses.
	Subject  string
	Up       bool // whether the number grows
	From, To string
	Edits    []Edit
}

// Dissent is a change that a team has refused, and how many cases there were then.
type Dissent struct {
	Subject string
	Up      bool
	Cases   int
}

// stands reports whether the dissent still counts: there is little more to go by than there was.
func (d Dissent) stands(cases int) bool { return cases < 2*d.Cases }

// candidates are the changes that could be made to some rules, in the order of their places.
func candidates(r Rules, bounds func(expression string) []Bound) []Change {
	all := append(boundChanges(LinePath, r.Line, bounds), filters(r)...)
	for _, name := range slices.Sorted(maps.Keys(r.Criteria)) {
		all = append(all, boundChanges(criteria+name, r.Criteria[name], bounds)...)
	}
	for _, path := range slices.Sorted(maps.Keys(r.Points)) {
		all = append(all, fewerPoints(path, r.Points[path])...)
	}
	return append(all, moves(r)...)
}

// boundChanges move the bounds of an expression so that fewer are within.
func boundChanges(path, text string, bounds func(string) []Bound) (all []Change) {
	for _, b := range bounds(text) {
		for _, value := range b.steps() {
			number := strconv.FormatFloat(value, 'f', -1, 64)
			all = append(all, Change{Subject: fmt.Sprintf("%s: %s %s", path, b.Field, b.Op), Up: value > b.Value,
				From: fmt.Sprintf("%s %s %s", b.Field, b.Op, text[b.Start:b.End]), To: fmt.Sprintf("%s %s %s", b.Field, b.Op, number),
				Edits: []Edit{{Path: path, Text: text[:b.Start] + number + text[b.End:]}}})
		}
	}
	return all
}

// The steps that a bound may take: of scores by points, of small numbers one by one, of others by shares of what they are.
var (
	scoreSteps = [...]float64{5, 10, 15, 20, 25}
	smallSteps = [...]float64{1, 2, 3}
	shareSteps = [...]float64{1.1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 4, 5}
)

const (
	mostPoints = 100 // of a score
	mostSmall  = 10  // up to which numbers are small
)

// steps are stricter values of a bound, the nearest first.
func (b Bound) steps() (all []float64) {
	sign := 1.0
	switch b.Op {
	case ">", ">=":
	case "<", "<=":
		sign = -1
	default:
		return nil
	}
	switch {
	case b.Field == "fit" || b.Field == "engagement" || b.Field == "combined":
		for _, d := range scoreSteps {
			if v := b.Value + sign*d; v > 0 && v < mostPoints {
				all = append(all, v)
			}
		}
	case math.Abs(b.Value) <= mostSmall && b.Value == math.Trunc(b.Value):
		for _, d := range smallSteps {
			all = append(all, b.Value+sign*d)
		}
	default:
		for _, share := range shareSteps {
			if v := b.rounded(b.Value * math.Pow(share, sign*math.Copysign(1, b.Value))); v != b.Value && !slices.Contains(all, v) {
				all = append(all, v)
			}
		}
	}
	return all
}

// rounded is a number to two digits, as people would choose it; whole if the bound is.
func (b Bound) rounded(v float64) float64 {
	near, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 1, 64), 64)
	if err != nil || b.Value == math.Trunc(b.Value) {
		return math.Round(near)
	}
	return near
}

// pointSteps are how many points a rule may lose.
var pointSteps = [...]float64{5, 10, 15, 20, 25}

// fewerPoints lower what a rule gives.
func fewerPoints(path string, points float64) (all []Change) {
	for _, d := range pointSteps {
		left := max(0, points-d)
		if left == points {
			break
		}
		all = append(all, Change{Subject: path, From: number(points), To: number(left), Edits: []Edit{{Path: path, Points: left}}})
		if left == 0 {
			break
		}
	}
	return all
}

// mostMovable is among how many rules points are moved: pairs of more are too many to tell apart.
const mostMovable = 10

// moves give points of one fit rule to another, so that the whole stays what it is.
func moves(r Rules) (all []Change) {
	if len(r.Movable) > mostMovable {
		return nil
	}
	for _, from := range r.Movable {
		for _, to := range r.Movable {
			for _, d := range pointSteps {
				if from == to || r.Points[from] < d || r.Points[to]+d > mostPoints {
					continue
				}
				edits := []Edit{{Path: from, Points: r.Points[from] - d}, {Path: to, Points: r.Points[to] + d}}
				slices.SortFunc(edits, func(a, b Edit) int { return cmp.Compare(a.Path, b.Path) })
				all = append(all, Change{Subject: from + " to " + to, Edits: edits,
					From: fmt.Sprintf("%s and %s", number(r.Points[from]), number(r.Points[to])),
					To:   fmt.Sprintf("%s and %s", number(r.Points[from]-d), number(r.Points[to]+d))})
			}
		}
	}
	return all
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
