package qualify

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/policy"
	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// Policy is one version of the playbook, ready for use.
type Policy struct {
	set     *criteria.Set
	card    *scorecard.Card
	fit     []int // of each fit rule, the place of its criterion
	parts   parts
	targets map[string]Target // by registrable domain
	texts   []string          // of all expressions, those of personas and meetings too
	inherit bool              // whether an account below a target is one

	hearings *sync.Pool // of *hearing

	references map[string]ModelReference
	predictors map[string]Predictor

	rubric   *rubric         // nil if no meeting is taken
	personas *personas       // nil if there are none
	triggers *scorecard.Card // nil if there are none
	happens  []string        // types of account events that rules look at; nil for all
	asked    bool            // whether expressions may ask for triggers
	// Surge is when the owner of an account is told that it is hot; nil for never.
	Surge *Surge

	// Matching is how leads find their account where the evidence alone does not say.
	Matching match.Policy
	// Cooldown is how long a lead rests after its handoff was closed.
	Cooldown time.Duration
	// Required is what the context of a handoff must hold.
	Required []playbookv1.ContextField
}

// Target is an account that both teams agreed to win.
type Target struct {
	Owner string // the id of the rep who owns it; empty if nobody
}

// Compile makes the policy of a document, in which what it leaves open has its default. A document that the playbook
// service has accepted compiles; the error of another is a [criteria.CompileError] or a [scorecard.PolicyError].
func Compile(signed *playbookv1.Document) (*Policy, error) {
	doc := policy.WithDefaults(signed)
	definition, parts := define(doc)
	set, err := criteria.Compile(definition)
	if err != nil {
		return nil, fmt.Errorf("compile playbook: %w", err)
	}
	points := cardOf(doc.GetScoring())
	card, err := scorecard.New(points)
	if err != nil {
		return nil, fmt.Errorf("compile playbook: %w", err)
	}
	fit, err := places(points.Fit, set)
	if err != nil {
		return nil, fmt.Errorf("compile playbook: %w", err)
	}
	p := &Policy{set: set, card: card, fit: fit, parts: parts, targets: targetsOf(doc.GetTargetAccounts()), texts: textsOf(definition, doc),
		inherit: doc.GetMatching().GetTargetInherits(), Matching: matchingOf(doc.GetMatching()),
		hearings: &sync.Pool{}, references: referencesOf(doc.GetModels()),
		Cooldown: doc.GetFeedback().GetRecycle().GetCooldown().AsDuration(),
		Required: doc.GetRouting().GetRequiredContext()}
	if p.rubric, err = rubricOf(doc); err != nil {
		return nil, fmt.Errorf("compile playbook: %w", err)
	}
	if err := p.look(doc); err != nil {
		return nil, fmt.Errorf("compile playbook: %w", err)
	}
	return p, nil
}

// look compiles what a document says of companies: personas, triggers and surge.
func (p *Policy) look(doc *playbookv1.Document) (err error) {
	if p.personas, err = personasOf(doc); err != nil {
		return err
	}
	if p.triggers, p.happens, err = triggersOf(doc.GetTriggers()); err != nil {
		return err
	}
	if slices.ContainsFunc(p.texts, accountEvents.MatchString) {
		p.happens = nil
	}
	p.asked = p.Mentions("trigger")
	p.Surge, err = surgeOf(doc.GetSurge())
	return err
}

// places finds the criterion of each fit rule.
func places(rules []scorecard.FitRule, set *criteria.Set) ([]int, error) {
	at := make([]int, len(rules))
	for i, rule := range rules {
		place, found := set.Place(rule.When)
		if !found {
			return nil, &scorecard.PolicyError{Problems: []scorecard.Problem{{Field: "scoring.fit." + rule.Name + ".when", Message: "names no criterion"}}}
		}
		at[i] = place
	}
	return at, nil
}

// targetsOf reads the target account list. A domain that is not a host name can match no account and is left out.
func targetsOf(list []*playbookv1.TargetAccount) map[string]Target {
	targets := make(map[string]Target, len(list))
	for _, account := range list {
		host, err := normal.ParseHost(account.GetDomain())
		if err != nil {
			continue
		}
		domain := host.Domain
		if domain == "" {
			domain = host.Name
		}
		targets[domain] = Target{Owner: account.GetOwner()}
	}
	return targets
}

// matchingOf reads the choices about matching. A value that this version does not know is left to a person.
func matchingOf(m *playbookv1.MatchingPolicy) match.Policy {
	p := match.Policy{Hierarchy: match.ReviewFamily, NameOnly: weak(m.GetNameOnly()), NameFuzzy: weak(m.GetNameFuzzy())}
	switch m.GetHierarchy() {
	case playbookv1.MatchHierarchy_MATCH_HIERARCHY_CHILD_BY_GEO:
		p.Hierarchy = match.ChildByGeo
	case playbookv1.MatchHierarchy_MATCH_HIERARCHY_ULTIMATE_PARENT:
		p.Hierarchy = match.UltimateParent
	}
	return p
}

func weak(m playbookv1.WeakMatch) match.Action {
	switch m {
	case playbookv1.WeakMatch_WEAK_MATCH_MATCH:
		return match.Match
	case playbookv1.WeakMatch_WEAK_MATCH_IGNORE:
		return match.Ignore
	default:
		return match.Review
	}
}

// Target is the entry of the target account list for an account, given its registrable domains and those of the accounts
// above it: unless the playbook says otherwise, a child of a target is a target.
func (p *Policy) Target(own, above []string) (Target, bool) {
	for _, domain := range own {
		if target, listed := p.targets[domain]; listed {
			return target, true
		}
	}
	if !p.inherit {
		return Target{}, false
	}
	for _, domain := range above {
		if target, listed := p.targets[domain]; listed {
			return target, true
		}
	}
	return Target{}, false
}

// Mentions reports whether an expression may look things up in a list. It says yes where it cannot be sure.
func (p *Policy) Mentions(list string) bool {
	return slices.ContainsFunc(p.texts, func(text string) bool { return strings.Contains(text, list) })
}

// Gated reports whether the gate looks at a criterion or a score, by its name.
func (p *Policy) Gated(name string) bool { return p.set.Gated(name) }

// Rewards reports whether a criterion gives points of fit.
func (p *Policy) Rewards(criterion string) bool {
	place, known := p.set.Place(criterion)
	return known && slices.Contains(p.fit, place)
}

func textsOf(d criteria.Definition, doc *playbookv1.Document) []string {
	m, personas := doc.GetMeetings(), doc.GetPersonas()
	texts := []string{m.GetBuyerRole(), m.GetCompanyFit(), m.GetUseCase(), m.GetGeography()}
	for _, name := range sortedKeys(personas) {
		texts = append(texts, personas[name].GetWhen())
	}
	for _, rule := range slices.Concat(d.Criteria, d.Conditions, d.Gates) {
		texts = append(texts, rule.Expression)
	}
	return texts
}
