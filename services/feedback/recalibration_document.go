package feedback

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/recalibrate"
	"github.com/handoffhq/handoff/services/internal/criteria"
)

// rulesOf are what a document says of who qualifies.
func rulesOf(doc *playbookv1.Document) recalibrate.Rules {
	r := recalibrate.Rules{Line: doc.GetStages().GetMql(), Criteria: maps.Clone(doc.GetCriteria()), Points: map[string]float64{}}
	for _, name := range slices.Sorted(maps.Keys(doc.GetScoring().GetFit())) {
		r.Points[fitPath(name)] = doc.GetScoring().GetFit()[name].GetPoints()
		r.Movable = append(r.Movable, fitPath(name))
	}
	for group, g := range doc.GetScoring().GetEngagement() {
		for event, rule := range g.GetEvents() {
			r.Points[eventPath(group, event)] = rule.GetPoints()
		}
	}
	return r
}

func fitPath(rule string) string { return "scoring.fit." + rule + ".points" }

func eventPath(group, event string) string {
	return fmt.Sprintf("scoring.engagement.%s.events.%s.points", group, event)
}

// variant is what edits make of a document, and nothing else of it.
func variant(doc *playbookv1.Document, edits []recalibrate.Edit) *playbookv1.Document {
	v := &playbookv1.Document{}
	for _, e := range edits {
		path := strings.Split(e.Path, ".")
		switch {
		case e.Path == recalibrate.LinePath:
			v.Stages = &playbookv1.StagePolicy{Mql: e.Text}
		case path[0] == "criteria":
			set(&v.Criteria, path[1], e.Text)
		case path[1] == "fit":
			rule := proto.CloneOf(doc.GetScoring().GetFit()[path[2]])
			rule.Points = e.Points
			set(&scoring(v).Fit, path[2], rule)
		default:
			group := scoring(v).GetEngagement()[path[2]]
			if group == nil {
				group = proto.CloneOf(doc.GetScoring().GetEngagement()[path[2]])
			}
			group.Events[path[4]].Points = e.Points
			set(&scoring(v).Engagement, path[2], group)
		}
	}
	return v
}

func scoring(doc *playbookv1.Document) *playbookv1.ScoringPolicy {
	if doc.GetScoring() == nil {
		doc.Scoring = &playbookv1.ScoringPolicy{}
	}
	return doc.GetScoring()
}

func set[V any](m *map[string]V, name string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[name] = value
}

// amended is a document with edits.
func amended(doc *playbookv1.Document, edits []recalibrate.Edit) *playbookv1.Document {
	doc = proto.CloneOf(doc)
	proto.Merge(doc, variant(doc, edits))
	return doc
}

// boundsOf are the bounds of an expression.
func boundsOf(expression string) []recalibrate.Bound {
	found := criteria.Bounds(expression)
	all := make([]recalibrate.Bound, len(found))
	for i, b := range found {
		all[i] = recalibrate.Bound{Field: b.Field, Op: b.Op, Value: b.Value, Start: b.Start, End: b.End}
	}
	return all
}
