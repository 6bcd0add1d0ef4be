package lifecycle

func (c Hold) apply(h Handoff) (Transition, error) {
	if err := h.allow("hold", StateNew, StateHeld, StateAssigned, StateAccepted); err != nil {
		return Transition{}, err
	}
	if err := h.unmoved(c.Seen); err != nil {
		return Transition{}, err
	}
	t := move(h, h.takeAway(), EventHeld)
	t.TurnBack = h.State == StateAssigned
	return t, nil
}

func (c Assign) apply(h Handoff) (Transition, error) {
	if c.To == "" {
		return Transition{}, refuse(h, ErrCommand, "assign to nobody")
	}
	if err := h.allow("assign", StateNew, StateHeld); err != nil {
		return Transition{}, err
	}
	return move(h, h.assign(c.To), EventAssigned), nil
}

func (c Reassign) apply(h Handoff) (Transition, error) {
	if c.To == "" {
		return Transition{}, refuse(h, ErrCommand, "reassign to nobody")
	}
	if err := h.allow("reassign", StateAssigned, StateAccepted); err != nil {
		return Transition{}, err
	}
	if err := h.unmoved(c.Seen); err != nil {
		return Transition{}, err
	}
	if current, _ := h.current(); current.Rep == c.To {
		return Transition{}, refuse(h, ErrCommand, "reassign to the assignee")
	}
	t := move(h, h.assign(c.To), EventAssigned)
	t.TurnBack = h.State == StateAssigned
	return t, nil
}

func (c Nurture) apply(h Handoff) (Transition, error) {
	if err := h.allow("nurture", StateNew); err != nil {
		return Transition{}, err
	}
	return move(h, h.close(OutcomeNurture), EventClosed), nil
}

func (c Withdraw) apply(h Handoff) (Transition, error) {
	if c.Outcome != OutcomeDisqualified && c.Outcome != OutcomeDuplicate {
		return Transition{}, refuse(h, ErrCommand, "withdraw as "+c.Outcome.String())
	}
	if err := h.allow("withdraw", StateNew, StateHeld, StateAssigned, StateAccepted); err != nil {
		return Transition{}, err
	}
	t := move(h, h.close(c.Outcome), EventClosed)
	_, assigned := h.current()
	t.TurnBack = assigned && spoilt(c.Outcome)
	return t, nil
}

func (c Accept) apply(h Handoff) (Transition, error) {
	v := Verdict{Step: StepAccept}
	if err := h.hear(c.By, c.Assignment, v, StateAssigned); err != nil {
		return Transition{}, err
	}
	next := h.revise(func(a *Assignment) { a.Answer = v })
	next.State = StateAccepted
	return move(h, next, EventAccepted), nil
}

func (c Decline) apply(h Handoff) (Transition, error) {
	v := Verdict{Step: StepDecline}
	if err := h.hear(c.By, c.Assignment, v, StateAssigned); err != nil {
		return Transition{}, err
	}
	next := h.revise(func(a *Assignment) { a.Answer = v })
	return move(h, next.takeAway(), EventDeclined), nil
}

func (c Reject) apply(h Handoff) (Transition, error) {
	outcome := c.Reason.Outcome()
	if outcome == 0 {
		return Transition{}, refuse(h, ErrCommand, "reject for reason "+c.Reason.String())
	}
	v := Verdict{Step: StepReject, Reason: c.Reason}
	if err := h.hear(c.By, c.Assignment, v, StateAssigned); err != nil {
		return Transition{}, err
	}
	next := h.revise(func(a *Assignment) { a.Answer = v })
	t := move(h, next.close(outcome), EventRejected, EventClosed)
	t.TurnBack = spoilt(outcome)
	return t, nil
}

func (c Recycle) apply(h Handoff) (Transition, error) {
	if !c.Destination.known() {
		return Transition{}, refuse(h, ErrCommand, "recycle to "+c.Destination.String())
	}
	if c.Seen.State != StateAssigned && c.Seen.State != StateAccepted {
		return Transition{}, refuse(h, ErrCommand, "recycle seen as "+c.Seen.State.String())
	}
	v := Verdict{Step: StepRecycle, Destination: c.Destination}
	if err := h.hear(c.By, c.Seen.Assignment, v, StateAssigned, StateAccepted); err != nil {
		return Transition{}, err
	}
	if err := h.unmoved(c.Seen); err != nil {
		return Transition{}, err
	}
	next := h.revise(func(a *Assignment) {
		if h.State == StateAccepted {
			a.Disposition = v
		} else {
			a.Answer = v
		}
	})
	return move(h, next.close(OutcomeRecycled), EventClosed), nil
}

func (c Dispose) apply(h Handoff) (Transition, error) {
	switch c.Outcome {
	case OutcomeSQL, OutcomeNurture, OutcomeDisqualified:
	default:
		return Transition{}, refuse(h, ErrCommand, "dispose as "+c.Outcome.String())
	}
	v := Verdict{Step: StepDispose, Outcome: c.Outcome}
	if err := h.hear(c.By, c.Assignment, v, StateAccepted); err != nil {
		return Transition{}, err
	}
	next := h.revise(func(a *Assignment) { a.Disposition = v })
	return move(h, next.close(c.Outcome), EventClosed), nil
}

// spoilt outcomes mean that the rep never had a lead to work on.
func spoilt(o Outcome) bool { return o == OutcomeDuplicate || o == OutcomeBadData }
