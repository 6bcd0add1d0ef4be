package demo

import (
	"context"
	"fmt"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

// chronicle is the journal of the month, counted.
type chronicle struct {
	events   int64                           // how many entries the journal has
	last     int64                           // the number of the last
	numbered map[string]int64                // the last number that a service gave to an event, by service and key
	types    map[string]int64                // events by type
	given    map[string]bool                 // handoffs that were given to a rep
	holds    map[routingv1.Hold_Reason]int64 // how often a handoff had to wait
	reps     map[string]*deeds               // by name
	proven   int64                           // rejections that name their evidence
}

// deeds are what a rep got and did about it.
type deeds struct {
	assigned, accepted, declined, rejected int64
}

// chronicle reads the whole journal.
func (p *player) chronicle(ctx context.Context) (*chronicle, error) {
	c := &chronicle{numbered: map[string]int64{}, types: map[string]int64{}, given: map[string]bool{},
		holds: map[routingv1.Hold_Reason]int64{}, reps: map[string]*deeds{}}
	for _, r := range p.company.reps {
		c.reps["reps/"+r.id] = &deeds{}
	}
	client := journeyv1.NewJourneyServiceClient(p.ops)
	for {
		resp, err := client.ListEvents(ctx, &journeyv1.ListEventsRequest{PageSize: 1000, After: c.last})
		if err != nil {
			return nil, fmt.Errorf("read the journal: %w", err)
		}
		for _, entry := range resp.GetEntries() {
			c.last = entry.GetNumber()
			c.take(entry.GetEvent())
		}
		if resp.GetNextPageToken() == "" {
			return c, nil
		}
	}
}

func (c *chronicle) take(e *eventv1.Event) {
	c.events++
	c.types[e.GetType()]++
	key := e.GetSource() + "/" + e.GetKey()
	c.numbered[key] = max(c.numbered[key], e.GetSeq())
	switch {
	case e.GetHandoffHeld() != nil:
		c.holds[e.GetHandoffHeld().GetReason()]++
	case e.GetHandoffAssigned() != nil:
		c.given[e.GetHandoffAssigned().GetHandoff()] = true
		c.of(e.GetHandoffAssigned().GetRep()).assigned++
	case e.GetHandoffAccepted() != nil:
		c.of(e.GetHandoffAccepted().GetRep()).accepted++
	case e.GetHandoffDeclined() != nil:
		c.of(e.GetHandoffDeclined().GetRep()).declined++
	case e.GetHandoffRejected() != nil:
		c.of(e.GetHandoffRejected().GetRep()).rejected++
	case e.GetVerdictRecorded().GetVerdict().GetStep() == routingv1.Step_STEP_REJECT:
		if len(e.GetVerdictRecorded().GetVerdict().GetEvidence()) > 0 {
			c.proven++
		}
	}
}

// of is what a rep got and did.
func (c *chronicle) of(rep string) *deeds {
	if c.reps[rep] == nil {
		c.reps[rep] = &deeds{}
	}
	return c.reps[rep]
}

// told is how many events of a type there are.
func (c *chronicle) told(kind string) int64 { return c.types["handoff."+kind] }

// emitted is how many events the services numbered.
func (c *chronicle) emitted() (sum int64) {
	for _, last := range c.numbered {
		sum += last
	}
	return sum
}

// assigned is how often a handoff was given to a rep.
func (c *chronicle) assigned() (sum int64) {
	for _, d := range c.reps {
		sum += d.assigned
	}
	return sum
}
