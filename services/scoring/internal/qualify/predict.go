package qualify

import (
	"fmt"
	"maps"
	"slices"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/predict"
	"github.com/handoffhq/handoff/services/scoring/internal/early"
)

// ModelReference is a model that a playbook names.
type ModelReference struct {
	ID, Hash string
}

// Predictor is a model, and what it calls early.
type Predictor struct {
	Model *predict.Model
	early.Window
	Known time.Time // until when it was looked at what became of the leads that it was learnt from
}

// Foreknown says in sentences which of the models that expressions ask knew more at an instant than had happened by then.
func (p *Policy) Foreknown(at time.Time) (sentences []string) {
	for _, name := range slices.Sorted(maps.Keys(p.predictors)) {
		if known := p.predictors[name].Known; at.Before(known) && p.Mentions("predicted."+name) {
			sentences = append(sentences, fmt.Sprintf("predicted.%s was learnt from what became of leads until %s", name, known.Format(time.DateOnly)))
		}
	}
	return sentences
}

// Models are the models that the playbook names, by what it calls them.
func (p *Policy) Models() map[string]ModelReference { return p.references }

// With is the policy with its models. Criteria that ask one that is not given are unknown.
func (p *Policy) With(predictors map[string]Predictor) *Policy {
	equipped := *p
	equipped.predictors = predictors
	return &equipped
}

func referencesOf(models map[string]*playbookv1.ModelReference) map[string]ModelReference {
	references := make(map[string]ModelReference, len(models))
	for name, m := range models {
		references[name] = ModelReference{ID: ident.ID(m.GetModel(), "models"), Hash: m.GetHash()}
	}
	return references
}

// modelNames are the names that expressions may use; never nil, so that they are checked.
func modelNames(doc *playbookv1.Document) []string {
	return append([]string{}, slices.Sorted(maps.Keys(doc.GetModels()))...)
}

// predicted are the probabilities that the models give. One that knows nothing of what it goes by gives none.
func (p *Policy) predicted(s *Subject) map[string]float64 {
	if len(p.predictors) == 0 {
		return nil
	}
	probabilities, rows := make(map[string]float64, len(p.predictors)), map[early.Window]*early.Row{}
	for name, predictor := range p.predictors {
		row := rows[predictor.Window]
		if row == nil {
			row = s.Early(predictor.Window)
			rows[predictor.Window] = row
		}
		if probability, known := predictor.Model.Probability(row.Text); known {
			probabilities[name] = probability
		}
	}
	return probabilities
}

// Early is what is known of the subject of what happened early, for learning and for judging. What has no time of its own
// counts as it is known now.
func (s *Subject) Early(w early.Window) *early.Row {
	life := early.Life{First: s.First, CreatedAt: s.CreatedAt, Qualified: s.Qualified}
	cut := w.Cut(life)
	counts := map[string]int{}
	for i := range s.Engagements {
		e := &s.Engagements[i]
		if s.CreatedAt.IsZero() || w.Counts(life, cut, e.OccurredAt, e.known()) {
			counts[e.Type]++
		}
	}
	if s.Account == nil {
		return early.Of(&s.Lead, nil, counts)
	}
	return early.Of(&s.Lead, &s.Account.Facts, counts)
}

// known is since when it is known that the lead did it.
func (e *Engagement) known() time.Time {
	if e.KnownAt.IsZero() {
		return e.OccurredAt
	}
	return e.KnownAt
}
