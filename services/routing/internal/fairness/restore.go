package fairness

// Restore gives a decision back that Reverse has taken: the credit to the member
// who had it, and the shares to those who accrued them. What concerns members
// who have left since, or have joined again, is spread over the rest. While
// nobody leaves or changes weight, Restore after Reverse leaves the pool as it
// was, to the unit. Call it at most once for each time that the entry was
// reversed; the ledger must see to that.
func (p Pool) Restore(e Entry) Pool {
	next := p.clone()
	var owed Units
	for _, share := range e.Shares {
		if m := next.party(share.Member, e.Epoch); m != nil {
			m.Entitled += share.Units
			owed += share.Units
		}
	}
	if m := next.party(e.Member, e.Epoch); m != nil {
		m.Credits++
		owed -= PerLead
	}
	spread(next.Members, -owed, everyone)
	return next
}
