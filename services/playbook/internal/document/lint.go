package document

import (
	"fmt"
	"maps"
	"slices"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/policy"
	"github.com/handoffhq/handoff/services/playbook/internal/proposition"
)

// Lint reports what is wrong with a document that the schema alone cannot see, and what experience speaks against. It
// expects a document that keeps the rules of the schema and does not repeat them, but any document will do. Positions
// are those that Parse returned, or nil; without a checker, expressions are not looked at. The problems come in the
// order of the text.
func Lint(doc *playbookv1.Document, positions *Positions, check ExpressionChecker) []Problem {
	l := &linter{doc: doc, full: policy.WithDefaults(doc), positions: positions, logic: proposition.New(doc.GetCriteria(), mostWork)}
	l.checkExpressions(check)
	l.checkGate()
	l.checkReview()
	l.checkCriteria()
	l.checkDisqualifiers()
	l.checkModels()
	l.checkFit()
	l.checkScores()
	l.checkWeights()
	l.checkStages()
	l.checkTargets()
	l.checkIntent()
	l.checkTiers()
	l.checkCoverage()
	l.checkFirstMatch()
	l.checkHeldLadder()
	l.checkRequirements()
	l.checkClocks()
	l.checkAttempts()
	l.checkBursts()
	l.checkEscalation()
	l.checkFeedback()
	l.checkBands()
	l.checkMatching()
	l.checkTriggers()
	l.checkPersonas()
	l.checkSurge()
	l.checkNames()
	l.checkMeetings()
	return Arrange(l.problems)
}

type linter struct {
	doc       *playbookv1.Document // as it is written
	full      *playbookv1.Document // with its defaults
	positions *Positions
	problems  []Problem
	logic     *proposition.Logic
}

func (l *linter) refuse(path, format string, args ...any) { l.add(Error, path, format, args) }
func (l *linter) advise(path, format string, args ...any) { l.add(Advice, path, format, args) }

// refuseName refuses the name of a map's entry.
func (l *linter) refuseName(path, format string, args ...any) {
	l.add(Error, path, format, args)
	last := &l.problems[len(l.problems)-1]
	last.Line, last.Column = l.positions.OfKey(path)
}

func (l *linter) add(severity Severity, path, format string, args []any) {
	line, column := l.positions.Of(path)
	l.problems = append(l.problems, Problem{severity, line, column, clip(path, maxPath), fmt.Sprintf(format, args...)})
}

// names returns the keys of a map in alphabetical order.
func names[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (l *linter) tiers() map[string]*playbookv1.TierRule { return l.doc.GetRouting().GetTiers() }
