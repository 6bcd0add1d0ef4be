package feedback

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// opened stores a handoff as it was opened, and the meeting that it is for.
func opened(tx *sqldb.Tx, e *eventv1.Event, p *eventv1.HandoffOpened) error {
	h := envelope(e)
	h.Source, h.Campaign, h.LeadMagnet = p.GetSource(), p.GetCampaign(), p.GetLeadMagnet()
	h.Kind, h.Meeting, h.MQLAt = int32(p.GetKind()), p.GetMeeting(), p.GetMqlTime().AsTime().UnixMicro()
	store.Open(tx, h)
	if h.Meeting == "" {
		return nil
	}
	return bring(tx, h, store.Meeting{Name: h.Meeting, BroughtAt: p.GetMqlTime().AsTime().UnixMicro()}, p.GetRubric())
}

// added stores a meeting that was brought with a lead that sales has already.
func added(tx *sqldb.Tx, e *eventv1.Event, p *eventv1.MeetingAdded) error {
	h := envelope(e)
	store.Know(tx, h)
	return bring(tx, h, store.Meeting{Name: p.GetMeeting(), Added: true, BroughtAt: e.GetTime().AsTime().UnixMicro()}, p.GetRubric())
}

// bring stores a meeting of a handoff, with how it does by the playbook's checks.
func bring(tx *sqldb.Tx, h store.Handoff, m store.Meeting, checks *scoringv1.Rubric) error {
	var err error
	if m.Checks, err = (proto.MarshalOptions{}).MarshalAppend([]byte{}, checks); err != nil {
		return fmt.Errorf("store rubric of %s: %w", m.Name, err)
	}
	m.Handoff, m.Partner, m.Playbook = h.ID, h.Partner, h.Playbook
	store.Bring(tx, m)
	return nil
}
