// Package document reads, checks and writes playbooks in the form in which people write them.
//
//	YAML ──Parse──▶ Document ──Lint──▶ advice
//	  ▲               │    │
//	  └────ToYAML─────┘    └──Canonical──▶ bytes ──Hash──▶ what both teams sign
//
// A playbook is a Document of the API. In YAML its fields have their names of the schema, and values are short:
//
//	enums          business, w_shaped, bad_fit_budget                 also as elements of lists and values of maps
//	durations      30s, 5m, 4h, 5d, 2w, 1h30m                         w and d are 7 and 1 times 24 hours
//	budgets        4h is time, 5d is days                             a working day is not 24 hours
//	warnings       75% is a share of the budget, 48h a time
//	numbers        25, 0.75, 75%
//	ranges         [5, 10], [20%, 30%]
//	promises       95%, ">= 95%", "> 90%" and 120/month               90% itself does not keep "> 90%"
//	destinations   nurture, disqualify, opportunity_owner, {pool: velocity}
//	lists          [high, medium]; one word is a list of one          checklist: bant is a template
//	ladders        [{at: 50%, notify: rep}, ...]
//	tiers          otherwise: nurture may stand among them            it is routing.otherwise
//
// # Promises
//
//   - All problems come at once, each with line, column, field and a message that says how to mend it. A misspelt name
//     is reported and then read as what was probably meant, so that one mistake is one problem.
//   - A document without problems keeps every rule of the schema, and Parse(ToYAML(d)) = d.
//   - No input panics. Input is bounded before it is understood: see the limits.
//   - What is signed is what is read: anchors, aliases, tags, second documents and repeated keys are refused.
//   - The same input gives the same problems in the same order.
//
// Expressions are text to this package. An [ExpressionChecker] that knows their language is passed in; what it finds
// inside an expression is reported at the line and column of the YAML, through quotes, folding and indentation.
package document
