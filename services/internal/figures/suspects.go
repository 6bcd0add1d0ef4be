package figures

import (
	"cmp"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

// Suspects prints activities that are more than a person can do.
func (p *Printer) Suspects(all []*slav1.Activity) {
	if len(all) == 0 {
		p.Line("nothing is flagged that nobody has confirmed")
		return
	}
	p.Head("happened", "what", "rep", "said by", "activity")
	for _, a := range all {
		p.Row(minute(a.GetOccurTime()), word(a.GetType().String(), "TYPE_"), cmp.Or(a.GetRep(), "-"), cmp.Or(a.GetSource(), "-"), a.GetName())
	}
}
