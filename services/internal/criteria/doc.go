// Package criteria is the language in which a playbook says what it looks for.
//
// A rule is one CEL expression over what is known of a lead, its account and its
// engagement:
//
//	size_fit:    account.employees >= 200 && account.employees <= 5000
//	revenue_fit: account.annual_revenue >= money("20000000 USD")
//	high_intent: engagement.count("form_submit", {"form": ["demo_request", "pricing"]}) >= 1
//	engaged:     engagement.count("email_click", within("14d")) >= 2
//	competitor:  account.domain in lists.competitors
//	mql:         fit > 70 && (engagement > 50 || high_intent)
//
// Environment lists every variable and function. A definition has four kinds of
// rules; a kind refers to criteria at most, so there are no cycles and each rule is
// evaluated once:
//
//	facts ──► criteria ──► conditions    disqualifiers, intent, routing
//	  │          │
//	  ├──────────┼── scores ──► gates    the stages of a lead
//	  └──────────┴── meeting ─► checks   what a partner's meeting must be
//
// In a gate `engagement` is the engagement score and not the history.
//
// A rule is compiled once and evaluated in one of two ways:
//
//	expression ──CEL──▶ checked tree ──planner──▶ Go functions over typed facts
//	                                └──not covered──▶ CEL
//
// CEL says what an expression means; a plan gives the same answer, the same missing
// facts and the same failure, some twenty times faster and without a value on the
// heap. The planner covers what playbooks are made of: comparisons, membership,
// texts, whole numbers, money, times, counts of events, exists and all over a list
// of the account, choices, and criteria in conditions and gates.
//
// # What it promises
//
// Wrong rules are refused when they are compiled. Facts are typed, so a misspelt
// field or property, a text compared with a number or an amount compared with a
// plain number has a line and a column. Compile reports all problems of a definition at once.
//
// Unknown is not false. A fact that is absent makes an expression unknown unless
// the rest decides it, by the logic of Kleene:
//
//	a && b │ T  F  U      a || b │ T  F  U      !a
//	───────┼────────      ───────┼────────      ──────
//	   T   │ T  F  U         T   │ T  T  T      T → F
//	   F   │ F  F  F         F   │ T  F  U      F → T
//	   U   │ U  F  U         U   │ T  U  U      U → U
//
// Every unknown answer names the facts that were missing. has(lead.title) asks
// whether a fact is known, and always has an answer. Engagement is always known:
// no event is a count of zero.
//
// Thresholds are exact. Scores are compared in units of a millionth point: with
// `fit > 70` a score of 70 does not pass and 70.000001 does.
//
// One bad rule hurts nobody else. A rule that fails at run time is unknown, with a
// RuleError that says why and quotes no fact; the other rules are answered.
//
// Work is bounded. An expression has at most MaxExpression bytes and a definition
// MaxRules rules; an evaluation takes at most MaxCost steps, about a tenth of a
// second. A plan is bounded without counting: it holds at most 16 walks over events,
// lists and texts, none within another, and an expression with more is left to CEL,
// which counts. So an expression whose steps CEL would find too many may have an
// answer; one that CEL answers never fails for its cost. Values cannot grow: texts and lists cannot be joined, lists cannot be
// nested, and patterns are literals, so that nothing doubles before its cost can
// be counted.
//
// A rule sees the past only. Events after the instant of the evaluation do not
// exist; a window includes an event whose age is exactly the window.
//
// # What people see
//
// Observe puts what somebody saw and wrote down in the place of a fact, so that an
// expression can be asked what it would say if they are right; Reads says which facts
// a rule looks at, and Bounds which numbers it compares them with, and where those
// stand.
//
// # Three things to know
//
// Open attributes are texts: int(lead.attributes["seats"]) > 5. A text that is no
// number is then a RuleError, an attribute that is not there is unknown.
//
// Money has an order within one currency and no equality; comparing two
// currencies is a RuleError.
//
// Lists come with the facts, because they change more often than a playbook. One
// that is not there is unknown, never empty.
package criteria
