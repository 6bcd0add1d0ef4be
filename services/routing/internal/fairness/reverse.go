package fairness

// Entry is what the ledger must keep of a decision so that it can be taken
// back: whom it credited and what it accrued to whom.
type Entry struct {
	Epoch  int64
	Member string
	// Shares add up to exactly one lead.
	Shares []Share
}

// Entry gives the decision's ledger entry.
func (d Decision) Entry() Entry {
	entry := Entry{Epoch: d.Epoch, Member: d.Member}
	for _, s := range d.Standings {
		if s.Accrues {
			entry.Shares = append(entry.Shares, Share{Member: s.Member, Units: s.Share})
		}
	}
	return entry
}

// Roster is the accruing set of one epoch with its weights. Together with it, a
// ledger row of epoch, turn and member is enough to restore an Entry, so that
// shares need not be stored row by row.
type Roster struct {
	Epoch   int64
	Members []RosterMember
}

// RosterMember is a member's weight in an epoch.
type RosterMember struct {
	Member string
	Weight int64
}

// Roster gives the accruing set of the pool's current epoch.
func (p Pool) Roster() Roster {
	roster := Roster{Epoch: p.Epoch}
	for _, m := range p.Members {
		if m.Accruing {
			roster.Members = append(roster.Members, RosterMember{Member: m.ID, Weight: m.Weight})
		}
	}
	return roster
}

// Entry restores the entry of the decision that gave the roster's epoch its
// turn and credited the member. The first decision of an epoch is turn 1.
func (r Roster) Entry(turn int64, member string) Entry {
	entry := Entry{Epoch: r.Epoch, Member: member}
	var total int64
	for _, m := range r.Members {
		total += m.Weight
	}
	before, after := newPortions(amountAfter(turn-1), total), newPortions(amountAfter(turn), total)
	for _, m := range r.Members {
		share := after.next(m.Weight) - before.next(m.Weight)
		entry.Shares = append(entry.Shares, Share{Member: m.Member, Units: share})
	}
	return entry
}

// Reverse takes a decision back: the credit from the member who got it, and the
// shares from those who accrued them. What concerns members who have left since
// had been spread over the rest, and is taken back from the rest in the same
// way. The time of the member's last lead stays. Call it at most once for an
// entry; the ledger must see to that.
func (p Pool) Reverse(e Entry) Pool {
	next := p.clone()
	var surplus Units
	for _, share := range e.Shares {
		if m := next.party(share.Member, e.Epoch); m != nil {
			m.Entitled -= share.Units
			surplus -= share.Units
		}
	}
	if m := next.party(e.Member, e.Epoch); m != nil {
		m.Credits--
		surplus += PerLead
	}
	spread(next.Members, -surplus, everyone)
	return next
}

// Decline does to the ledger what the policy says of a member who declines the
// lead of this entry: as a rule nothing, as the turn is spent.
func (p Pool) Decline(e Entry) Pool {
	if !p.Policy.DeclineIsFree {
		return p
	}
	return p.Reverse(e)
}

// party finds a member who took part in a decision of the given epoch. Someone
// who left and joined again since starts anew and did not.
func (p Pool) party(id string, epoch int64) *Member {
	at, found := p.find(id)
	if !found || p.Members[at].Joined > epoch {
		return nil
	}
	return &p.Members[at]
}
