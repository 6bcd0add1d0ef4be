package document

import (
	"maps"
	"strings"

	"buf.build/go/protovalidate"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/expression"
)

// checkModels looks the models up that expressions ask, and the expressions that ask a model.
func (l *linter) checkModels() {
	models, used := l.doc.GetModels(), map[string]bool{}
	for _, e := range expressions(l.doc) {
		for fact := range expression.Facts(e.Text) {
			name, asked := strings.CutPrefix(fact, "predicted.")
			used[name] = used[name] || asked
			if _, known := models[name]; asked && !known {
				l.refuse(e.Field, "there is no model %s: %s", quoted(name), mend(name, names(models)))
			}
		}
	}
	for name := range sorted[*playbookv1.ModelReference](models) {
		if !used[name] {
			l.advise(entry("models", name), "no expression asks predicted.%s: the model does nothing", name)
		}
	}
}

// Models are the models that a document names and that can be asked for: those whose references keep the rules of the
// schema, and none of a document that is larger than it allows.
func Models(doc *playbookv1.Document) map[string]*playbookv1.ModelReference {
	if len(doc.GetModels()) == 0 {
		return nil
	}
	if _, oversize := brokenRules(doc, nil); oversize {
		return nil
	}
	models := maps.Clone(doc.GetModels())
	maps.DeleteFunc(models, func(_ string, reference *playbookv1.ModelReference) bool {
		return protovalidate.Validate(reference) != nil
	})
	return models
}
