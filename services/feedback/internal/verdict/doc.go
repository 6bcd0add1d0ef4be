// Package verdict says what an answer of sales must hold.
//
// An answer is one of five steps. Accept and decline are always complete. The playbook that qualified the lead says what
// the others owe:
//
//	reject    one of the reasons that the playbook allows, given itself or by a detail that stands for it;
//	          evidence for the reasons that need it; a competitor's name only for the reason competitor
//	recycle   nothing; without a target the lead goes to nurture
//	dispose   a rating, unless the playbook leaves it open; for an SQL every item of the checklist
//
// Details are a company's own words. Many stand for one reason, none for two, so reports count six reasons whatever the
// company calls them:
//
//	wrong_persona ─┐
//	wrong_geo ─────┴─▶ bad_fit_firmographic
//	bounced ─────────▶ bad_data
//
// # Invariants
//
//   - Check finds all problems at once.
//   - What Check lets pass is complete: a rejection has a reason, a recycle has a target. Checked again it stays as it is.
//   - Check changes nothing else, and never writes to what it is given.
package verdict
