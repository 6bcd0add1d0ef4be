package figures

import (
	"cmp"

	"google.golang.org/protobuf/types/known/timestamppb"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/rubric"
)

// Held prints handoffs that nobody has, the first to go first: for whom each waits, why, since when, and until when if that
// is known.
func (p *Printer) Held(handoffs []*routingv1.Handoff) {
	if len(handoffs) == 0 {
		p.Line("nobody waits")
		return
	}
	p.Head("handoff", "tier", "waits for", "because", "since", "until")
	for _, h := range handoffs {
		p.Row(h.GetName(), cmp.Or(h.GetTier(), h.GetRule()), cmp.Or(h.GetQueue(), h.GetPool(), "its owner"),
			because(h), minute(h.GetHold().GetHoldTime()), minute(h.GetHold().GetNextAvailableTime()))
	}
}

// because is why a handoff waits, and how its meeting does.
func because(h *routingv1.Handoff) string {
	why := word(h.GetHold().GetReason().String(), "REASON_")
	if h.GetKind() != routingv1.Handoff_KIND_MEETING {
		return why
	}
	return why + "; " + rubric.Words(h.GetRubric())
}

// minute is an instant to the minute, in UTC; nothing for none.
func minute(at *timestamppb.Timestamp) string {
	if at == nil {
		return ""
	}
	return at.AsTime().Format("2006-01-02 15:04Z")
}
