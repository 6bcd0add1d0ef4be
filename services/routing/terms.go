package routing

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/policy"
	"github.com/handoffhq/handoff/services/routing/internal/coverage"
	"github.com/handoffhq/handoff/services/routing/internal/tier"
)

// terms are what routing reads of a playbook.
type terms struct {
	table    *tier.Table
	ranks    map[string]int64 // by tier, from 1
	overflow int              // how many overflow pools in a row are asked
	fallback string           // who is asked last, as the API names them; empty for nobody
	needs    []coverage.Coverage
	calendar string // the id of the calendar for reps without their own
	// excludeRejecting keeps a lead that comes back away from the rep who rejected it.
	excludeRejecting bool
	// reroutes sends a handoff that nobody has accepted yet elsewhere when its lead turns out to belong to another account.
	reroutes bool
	// keepsUnaccepted leaves handoffs that nobody has accepted with a rep who is away or has left, and bearsAbsence is how long
	// they wait otherwise for a rep who is away, in the rep's working time.
	keepsUnaccepted bool
	bearsAbsence    time.Duration
	// rules are asked about a lead in their order, and those of meetings about a meeting; the first that holds decides.
	rules, meetingRules []rule
	// review is where a meeting goes that nobody gets by its checks and the rules.
	review tier.Assignment
	// disqualifying says which rules of first_match disqualify.
	disqualifying []bool
}

// readTerms makes terms of a document.
func readTerms(signed *playbookv1.Document) (terms, error) {
	doc := policy.WithDefaults(signed)
	routing := doc.GetRouting()
	names := slices.SortedFunc(maps.Keys(routing.GetTiers()), byNumber)
	t := terms{ranks: make(map[string]int64, len(names)), calendar: doc.GetSla().GetCalendar(),
		excludeRejecting: doc.GetFeedback().GetRecycle().GetExcludeRejectingRep(),
		keepsUnaccepted:  routing.GetAbsence().GetUnaccepted() == playbookv1.UnacceptedHandoffs_UNACCEPTED_HANDOFFS_KEEP,
		bearsAbsence:     routing.GetAbsence().GetLongerThan().AsDuration(),
		reroutes:         doc.GetMatching().GetOnChange() == playbookv1.MatchChange_MATCH_CHANGE_REROUTE_IF_UNACCEPTED}
	otherwise := tier.Outcome{Assign: receiver(routing.GetOtherwise())}
	table := tier.Policy{Otherwise: &otherwise}
	for i, rule := range routing.GetFirstMatch() {
		t.disqualifying = append(t.disqualifying, rule.GetTo().GetDisqualify())
		table.FirstMatch = append(table.FirstMatch, tier.Condition{Name: strconv.Itoa(i), Then: tier.Outcome{Assign: receiver(rule.GetTo())}})
	}
	for i, name := range names {
		t.ranks[name] = int64(i) + 1
		table.Rows = append(table.Rows, row(name, routing.GetTiers()[name]))
	}
	t.climb(routing)
	for _, rule := range routing.GetRequirements() {
		t.needs = append(t.needs, readCoverage(rule.GetNeeds()))
	}
	review := reviewOf(doc)
	t.review = receiver(review)
	t.rules, t.meetingRules = rulesOf(routing, names), meetingRulesOf(routing, names, review)
	var err error
	if t.table, err = tier.Compile(table); err != nil {
		return terms{}, fmt.Errorf("read routing terms: %w", err)
	}
	return t, nil
}

// climb reads what happens, step by step, when nobody is there.
func (t *terms) climb(routing *playbookv1.RoutingPolicy) {
	for _, step := range routing.GetHeldLadder() {
		switch step {
		case playbookv1.HeldStep_HELD_STEP_OVERFLOW:
			t.overflow++
		case playbookv1.HeldStep_HELD_STEP_FALLBACK:
			t.fallback = cmp.Or(poolName(routing.GetFallback().GetPool()), repName(routing.GetFallback().GetRep()))
		default:
			return
		}
	}
}

// asks is what a lead asks of whoever gets it from a pool, by the requirements that hold.
func (t terms) asks(requirements []int32) coverage.Coverage {
	var all coverage.Coverage
	for _, i := range requirements {
		if i >= 0 && int(i) < len(t.needs) {
			all = coverage.Union(all, t.needs[i])
		}
	}
	return all
}

// byNumber orders names of tiers as people count: T2 goes before T10.
func byNumber(a, b string) int {
	letters := func(name string) (string, uint64) {
		prefix := strings.TrimRight(name, "0123456789")
		n, _ := strconv.ParseUint(name[len(prefix):], 10, 64) // no digits count as 0
		return prefix, n
	}
	prefixA, numberA := letters(a)
	prefixB, numberB := letters(b)
	return cmp.Or(cmp.Compare(prefixA, prefixB), cmp.Compare(numberA, numberB), cmp.Compare(a, b))
}

// row is a tier's place in the table. What the rule does not name, it takes all of.
func row(name string, rule *playbookv1.TierRule) tier.Row {
	r := tier.Row{Then: tier.Outcome{Tier: name, Assign: receiver(rule.GetAssign()), Programme: rule.GetNurture()}}
	if rule.Target == nil || rule.GetTarget() {
		r.Classes = append(r.Classes, tier.Target)
	}
	if rule.Target == nil || !rule.GetTarget() {
		r.Classes = append(r.Classes, tier.NonTarget)
	}
	for _, level := range rule.GetIntent() {
		r.Intents = append(r.Intents, intent(level))
	}
	if len(r.Intents) == 0 {
		r.Intents = []tier.Intent{tier.Low, tier.Medium, tier.High}
	}
	return r
}

// receiver is who gets the leads of a destination. One that this version does not know does not compile.
func receiver(to *playbookv1.Destination) tier.Assignment {
	switch to.GetTo().(type) {
	case *playbookv1.Destination_Pool:
		return tier.Assignment{Kind: tier.Pool, Name: to.GetPool()}
	case *playbookv1.Destination_OwnerOrPool:
		return tier.Assignment{Kind: tier.OwnerOrPool, Name: to.GetOwnerOrPool()}
	case *playbookv1.Destination_Queue:
		return tier.Assignment{Kind: tier.Queue, Name: to.GetQueue()}
	case *playbookv1.Destination_OpportunityOwner:
		return tier.Assignment{Kind: tier.OpportunityOwner}
	case *playbookv1.Destination_Rep:
		return tier.Assignment{Kind: tier.Rep, Name: to.GetRep()}
	case *playbookv1.Destination_Nurture:
		return tier.Assignment{Kind: tier.Nurture}
	case *playbookv1.Destination_Disqualify:
		return tier.Assignment{Kind: tier.Disqualify}
	default:
		return tier.Assignment{}
	}
}

// intent is a level of intent as the table knows it; what is not known is low.
func intent(level playbookv1.IntentLevel) tier.Intent {
	switch level {
	case playbookv1.IntentLevel_INTENT_LEVEL_HIGH:
		return tier.High
	case playbookv1.IntentLevel_INTENT_LEVEL_MEDIUM:
		return tier.Medium
	default:
		return tier.Low
	}
}

// route is where a playbook sends a lead.
type route struct {
	tier, rule  string
	rank        int64
	destination tier.Kind
	home        string // pool id
	owner       string // rep id
	queue       string
	facts       tier.Facts
	fallback    string // the name of a pool or of a rep
	programme   string // of nurture, beside the handoff
}

// waits says whether no pool is asked while the rep who is asked first can come.
func waits(destination tier.Kind) bool {
	return destination == tier.OpportunityOwner || destination == tier.Rep
}

// route finds where a lead goes, by what marketing knows of it and by the rules of first_match that hold.
func (t terms) route(known *scoringv1.LeadContext, firstMatch []int32) route {
	facts := t.facts(known, firstMatch)
	return t.decided(t.table.Decide(facts), facts, known.GetAccount(), t.tablePool(facts))
}

// facts are what the table is asked about.
func (t terms) facts(known *scoringv1.LeadContext, firstMatch []int32) tier.Facts {
	facts := tier.Facts{Class: class(known.GetAccount()), Intent: intent(known.GetIntent()), Holds: make([]bool, len(t.table.Conditions()))}
	for _, i := range firstMatch {
		if i >= 0 && int(i) < len(facts.Holds) {
			facts.Holds[i] = true
		}
	}
	return facts
}

// decided is the way that a decision means for a lead of an account. The spare pool is asked when a rep cannot come who is
// waited for.
func (t terms) decided(d tier.Decision, facts tier.Facts, account *scoringv1.AccountContext, spare string) route {
	r := route{tier: d.Tier, rule: d.Rule, rank: t.rank(d), destination: d.Assign.Kind, facts: facts, fallback: t.fallback,
		programme: d.Programme}
	switch d.Assign.Kind {
	case tier.Pool:
		r.home = d.Assign.Name
	case tier.OwnerOrPool:
		r.home, r.owner = d.Assign.Name, ident.ID(account.GetOwner(), "reps")
	case tier.OpportunityOwner:
		r.home, r.owner = spare, ident.ID(account.GetOpportunityOwner(), "reps")
	case tier.Rep:
		r.home, r.owner = spare, d.Assign.Name
	case tier.Queue:
		r.queue, r.fallback = d.Assign.Name, ""
	case tier.Disqualify:
		r.fallback, r.programme = "", ""
	default:
		r.fallback = ""
	}
	return r
}

// rank is a decision's place in the holding queue.
func (t terms) rank(d tier.Decision) int64 {
	switch {
	case d.Tier != "":
		return t.ranks[d.Tier]
	case d.Rule == "otherwise", d.Rule == ruleReview:
		return int64(len(t.ranks)) + 1
	default:
		return 0
	}
}

// tablePool is the pool that the table without its conditions has for a lead; empty if it has none.
func (t terms) tablePool(f tier.Facts) string {
	f.Holds = nil
	switch to := t.table.Decide(f).Assign; to.Kind {
	case tier.Pool, tier.OwnerOrPool:
		return to.Name
	default:
		return ""
	}
}

// class is the account's place in the table.
func class(account *scoringv1.AccountContext) tier.Class {
	switch {
	case account == nil:
		return tier.Unmatched
	case account.GetTarget():
		return tier.Target
	default:
		return tier.NonTarget
	}
}
