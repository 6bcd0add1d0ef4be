// Package verdict says what an answer of sales must hold.
//
// An answer is one of five steps. Accept and decline are always complete. The playbook that qualified the lead says what
// the others owe:
//
//	reject    one of the reasons that the playbook allows, given itself or by a detail that stands for it;
//	          evidence for the reasons that need it; a competitor's name only for the reason competitor
//	recycle   nothing; without a target the lead goes to nurture
//	dispose   a rating, unless the playbook leaves it open; for an SQL every item of the checklist and no reason;
//	          for anything else a reason as a rejection has one, which of nurture is not_ready unless another is given
//
// Evidence names a criterion, a field, and what was seen. Whether it proves anything is found by whoever has the record; together
// it is supported if any of it is, else contradicted if any of it is. Which criterion proves which reason is agreed on before:
//
//	size_fit ───┐
//	geo_fit ────┴─▶ bad_fit_firmographic, and nothing else proves it
//	competitor ───▶ competitor
//	high_intent     whatever is not mentioned so
//
// How good a lead was is a number or a word, or both if they agree. The number is kept:
//
//	5 ◀─ strong ─▶ 5, 4        3 ◀─ partial ─▶ 3        1 ◀─ low ─▶ 2, 1
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
//   - What Check lets pass is complete: a rejection has a reason, so has a disposition that is no SQL, a recycle has a target.
//     Checked again it stays as it is.
//   - Whatever names something, names what the playbook or the language of its criteria knows: a reason, a detail, a criterion,
//     a field, an item of a checklist. Free words stand only in what says so, and in names of attributes.
//   - Check changes nothing else, and never writes to what it is given.
package verdict
