package playbook

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

// LintPlaybook implements PlaybookService.
func (s *Service) LintPlaybook(ctx context.Context, req *playbookv1.LintPlaybookRequest) (*playbookv1.LintPlaybookResponse, error) {
	doc, problems := document.Check([]byte(req.GetYaml()), checkExpressions)
	problems = append(problems, s.lintModels(ctx, doc, []byte(req.GetYaml()))...)
	resp := &playbookv1.LintPlaybookResponse{Document: doc}
	for _, p := range document.Arrange(problems) {
		resp.Problems = append(resp.Problems, toProblem(p))
	}
	return resp, nil
}

// text is a document as it is stored.
type text struct {
	document *playbookv1.Document

	bytes []byte // serialised
	yaml  string
	hash  string
}

// read takes the document of a new version, from its YAML or from its typed form, and refuses one that has errors.
func read(p *playbookv1.Playbook) (text, error) {
	doc, source, problems, err := understand(p)
	if err != nil {
		return text{}, err
	}
	if document.HasErrors(problems) {
		return text{}, unsound(problems)
	}
	return settle(doc, source)
}

// settle is a sound document in the form in which it is stored.
func settle(doc *playbookv1.Document, source string) (text, error) {
	t := text{document: doc, yaml: source}
	var err error
	if t.hash, err = document.Hash(doc); err != nil {
		return text{}, err
	}
	t.bytes, err = proto.Marshal(doc)
	return t, err
}

func understand(p *playbookv1.Playbook) (doc *playbookv1.Document, source string, problems []document.Problem, err error) {
	switch {
	case (p.GetYaml() == "") == (p.GetDocument() == nil):
		return nil, "", nil, fault.Field("playbook.yaml", "give either the YAML or the document")
	case p.GetYaml() != "":
		doc, problems = document.Check([]byte(p.GetYaml()), checkExpressions)
		return doc, p.GetYaml(), problems, nil
	default:
		written, err := document.ToYAML(p.GetDocument())
		return p.GetDocument(), string(written), document.Lint(p.GetDocument(), nil, checkExpressions), err
	}
}

// unsound is the fault of a document with errors.
func unsound(problems []document.Problem) error {
	var violations []fault.Violation
	for _, p := range problems {
		if p.Severity == document.Error {
			violations = append(violations, fault.Violation{Field: p.Field, Message: p.String()})
		}
	}
	f := fault.Fields(violations...)
	f.Reason = errorsv1.ErrorReason_ERROR_REASON_PLAYBOOK_INVALID
	return f
}

// checkExpressions compiles all expressions of a document together.
func checkExpressions(all []document.Expression) []document.Finding {
	var d criteria.Definition
	var criterionOf, conditionOf, gateOf, checkOf []int
	for i, e := range all {
		rule := criteria.Rule{Name: e.Name, Expression: e.Text}
		switch e.Kind {
		case document.Criterion:
			d.Criteria, criterionOf = append(d.Criteria, rule), append(criterionOf, i)
		case document.Condition:
			rule.Name = e.Field
			d.Conditions, conditionOf = append(d.Conditions, rule), append(conditionOf, i)
		case document.Gate:
			rule.Name = e.Field
			d.Gates, gateOf = append(d.Gates, rule), append(gateOf, i)
		case document.MeetingCheck:
			rule.Name = e.Field
			d.Checks, checkOf = append(d.Checks, rule), append(checkOf, i)
		}
	}
	_, err := criteria.Compile(d)
	var compile *criteria.CompileError
	if !errors.As(err, &compile) {
		return nil
	}
	places := map[criteria.Kind]func(name string) int{
		criteria.Criterion: place(d.Criteria, criterionOf),
		criteria.Condition: place(d.Conditions, conditionOf),
		criteria.Gate:      place(d.Gates, gateOf),
		criteria.Check:     place(d.Checks, checkOf),
	}
	findings := make([]document.Finding, 0, len(compile.Problems))
	for _, p := range compile.Problems {
		f := document.Finding{Line: p.Line, Column: p.Column, Message: p.Message}
		if expressionOf := places[p.Kind]; expressionOf != nil { // a problem of the whole has no kind
			f.Expression = expressionOf(p.Name)
		}
		findings = append(findings, f)
	}
	return findings
}

// place finds the expression that a rule was made of.
func place(rules []criteria.Rule, of []int) func(name string) int {
	return func(name string) int {
		for i, r := range rules {
			if r.Name == name {
				return of[i]
			}
		}
		return 0
	}
}

func toProblem(p document.Problem) *playbookv1.Problem {
	severity := playbookv1.Problem_SEVERITY_ERROR
	if p.Severity == document.Advice {
		severity = playbookv1.Problem_SEVERITY_ADVICE
	}
	return &playbookv1.Problem{Severity: severity, Line: int32(p.Line), Column: int32(p.Column), Field: p.Field, Message: p.Message}
}

// Lint checks a playbook document without a server: every problem as `line:column: field: message`, and whether it can be
// stored.
func Lint(yaml []byte) (problems []string, ok bool) {
	_, found := document.Check(yaml, checkExpressions)
	for _, p := range found {
		problems = append(problems, p.String())
	}
	return problems, !document.HasErrors(found)
}
