package document

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/handoffhq/handoff/services/playbook/internal/expression"
)

// checkCriteria advises about criteria that nothing asks.
func (l *linter) checkCriteria() {
	used := make(map[string]bool)
	l.doc.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if field.Name() != "criteria" {
			collectNames(field, value, used)
		}
		return true
	})
	for _, rule := range l.doc.GetScoring().GetFit() {
		used[nearest(rule.GetWhen(), names(l.doc.GetCriteria()))] = true // a misspelt name is one problem, not two
	}
	for name := range l.doc.GetFeedback().GetGrounds() {
		used[name] = true
	}
	for name := range sorted(l.doc.GetCriteria()) {
		if !used[name] {
			l.advise(entry("criteria", name), "nothing asks it: use it by its name, take it out, or leave it for reps to name as evidence")
		}
	}
}

// collectNames notes the names in every text of a value, whatever section it stands in.
func collectNames(field protoreflect.FieldDescriptor, value protoreflect.Value, used map[string]bool) {
	switch {
	case field.IsMap():
		value.Map().Range(func(_ protoreflect.MapKey, one protoreflect.Value) bool {
			collectNames(field.MapValue(), one, used)
			return true
		})
	case field.IsList():
		for i := range value.List().Len() {
			collectIn(field, value.List().Get(i), used)
		}
	default:
		collectIn(field, value, used)
	}
}

func collectIn(field protoreflect.FieldDescriptor, value protoreflect.Value, used map[string]bool) {
	switch field.Kind() {
	case protoreflect.MessageKind:
		value.Message().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
			collectNames(field, value, used)
			return true
		})
	case protoreflect.StringKind:
		for name := range expression.Names(value.String()) {
			used[name] = true
		}
	default:
	}
}

// checkDisqualifiers advises about a playbook without hard stops, and about stops that are rewards as well.
func (l *linter) checkDisqualifiers() {
	if len(l.doc.GetDisqualify()) == 0 {
		l.advise("disqualify", "nobody is disqualified: say who never is a lead, such as competitors and students (Klozeo, The Sales-Marketing Alignment Playbook)")
	}
	rewarded := make(map[string]string)
	for name, rule := range sorted(l.doc.GetScoring().GetFit()) {
		if rule.GetPoints() > 0 {
			rewarded[rule.GetWhen()] = name
			rewarded[expression.Plain(l.doc.GetCriteria()[rule.GetWhen()])] = name
		}
	}
	for name, text := range sorted(l.doc.GetDisqualify()) {
		if fit := rewarded[expression.Plain(text)]; fit != "" && text != "" {
			l.advise(entry("disqualify", name), "scoring.fit.%s gives points for the same: a lead that gets them is disqualified", fit)
		}
	}
}
