package scoring

import (
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// suspect notes whom newcomers may be besides: whoever came first with the same telephone number and family name, or with
// the same name at the same company. It is for a person to say. It gives the hints that are theirs alone.
func (d *desk) suspect(newcomers []*newcomer, who []member, claims, taken map[store.Key]string) map[store.Key]string {
	became := map[string]string{}
	for i, n := range newcomers {
		became[n.lead.ID] = who[i].lead
	}
	own := map[store.Key]string{}
	for i, n := range newcomers {
		for _, key := range n.hints() {
			first, was := taken[key]
			if !was {
				first = became[claims[key]]
			}
			if !was && first != claims[key] { // the claim names a lead that never was
				own[key] = first
			}
			if first == "" || d.person(first) == who[i].Dossier || first == who[i].lead {
				continue
			}
			evidence := record.NameDomain
			if key.Kind == store.ByPhoneSurname {
				evidence = record.PhoneSurname
			}
			store.Suspect(d.tx, &record.Pair{Lead: min(first, who[i].lead), Other: max(first, who[i].lead), Evidence: evidence, FoundAt: d.now})
		}
	}
	return own
}
