package match

import "math"

// undecided is what a rule says that passes the case on.
func undecided() (verdict, bool) { return verdict{}, false }

// taken is what a rule says that takes an account.
func taken(code Code, e *evidence) (verdict, bool) {
	return verdict{code: code, account: e.account.ID}, true
}

// review is what a rule says that leaves accounts to a person.
func review(code Code, open []*evidence) (verdict, bool) {
	return verdict{code: code, open: open}, true
}

// setAside notes why accounts were dropped. The first reason stays.
func setAside(dropped []*evidence, why Rejection) {
	for _, e := range dropped {
		if e.setAside == "" {
			e.setAside = why
		}
	}
}

// manualLock is rule 0: what a person pinned stays, whatever the evidence.
func (m *matching) manualLock() (verdict, bool) {
	return verdict{code: ManualLock, account: m.lead.PinnedAccount}, m.lead.Pinned
}

// externalID is rule 1: the caller named the account.
func (m *matching) externalID() (verdict, bool) {
	if found := m.active(func(e *evidence) bool { return e.referred }); len(found) == 1 {
		return taken(ExternalID, found[0])
	}
	return undecided()
}

// exactPerson is rule 2: the lead is a known person of one account.
func (m *matching) exactPerson() (verdict, bool) {
	if found := m.personAccounts(); len(found) == 1 {
		return taken(ExactPerson, found[0])
	}
	return undecided()
}

// personAtSeveral is rule 9 for a person who is known at several accounts while
// nothing else decides.
func (m *matching) personAtSeveral() (verdict, bool) {
	if found := m.personAccounts(); len(found) > 1 {
		return review(ReviewPersonMulti, found)
	}
	return undecided()
}

// personAccounts returns the accounts of the people with the lead's very
// address or, if there are none, of those with its key.
func (m *matching) personAccounts() []*evidence {
	if exact := m.active(func(e *evidence) bool { return e.personExact }); len(exact) > 0 {
		return exact
	}
	return m.active(func(e *evidence) bool { return e.personKey })
}

// knownMap is rule 3: the map knows the lead's host. A longer host goes before a
// shorter one.
func (m *matching) knownMap() (verdict, bool) {
	nearest := math.MaxInt
	found := m.active(func(e *evidence) bool { return e.known > 0 })
	for _, e := range found {
		nearest = min(nearest, e.known)
	}
	if found = m.active(func(e *evidence) bool { return e.known == nearest }); len(found) == 1 {
		return taken(KnownMap, found[0])
	}
	return undecided()
}

// nameCorroborated is rule 6: the name is equal and something corroborates it.
func (m *matching) nameCorroborated() (verdict, bool) {
	found := m.active(func(e *evidence) bool { return e.name && e.corroborated() })
	switch len(found) {
	case 0:
		return undecided()
	case 1:
		return taken(NameCorroborated, found[0])
	}
	return review(ReviewNameMulti, found)
}

// nameOnly is rule 7: the name is equal and nothing else.
func (m *matching) nameOnly() (verdict, bool) {
	return weak(NameOnly, m.policy.NameOnly, m.active(func(e *evidence) bool { return e.name }))
}

// nameFuzzy is rule 8: the name is similar or an acronym, and something
// corroborates it.
func (m *matching) nameFuzzy() (verdict, bool) {
	setAside(m.active(func(e *evidence) bool { return e.resembles() && !e.corroborated() }), RejectedAlone)
	return weak(NameFuzzy, m.policy.NameFuzzy, m.active(func(e *evidence) bool { return e.resembles() && e.corroborated() }))
}

// weak applies the policy for evidence that is too weak to decide by itself.
func weak(code Code, action Action, found []*evidence) (verdict, bool) {
	switch {
	case len(found) == 0:
		return undecided()
	case action == Ignore:
		setAside(found, RejectedByPolicy)
		return undecided()
	case len(found) > 1:
		return review(ReviewNameMulti, found)
	case action == Match:
		return taken(code, found[0])
	}
	return review(code, found)
}
