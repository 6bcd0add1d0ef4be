package match

import "github.com/handoffhq/handoff/services/scoring/internal/sift"

// atDomain is rules 4 and 5: one account or several at the lead's registrable
// domain.
func (m *matching) atDomain() (verdict, bool) {
	found := m.active(func(e *evidence) bool { return e.domain && !e.shared })
	switch len(found) {
	case 0:
		return undecided()
	case 1:
		return taken(DomainUnique, found[0])
	}
	for _, step := range narrowings() {
		agreeing, others := sift.Split(found, step.agrees)
		if len(agreeing) == 0 {
			continue
		}
		setAside(others, step.rejection)
		if len(agreeing) == 1 {
			return taken(step.code, agreeing[0])
		}
		found = agreeing
	}
	return m.withinFamily(found)
}

// narrowing is one kind of evidence that tells accounts at one domain apart.
type narrowing struct {
	code      Code
	agrees    func(*evidence) bool
	rejection Rejection
}

// narrowings returns the kinds of evidence in their order. One that no account
// agrees with says nothing; otherwise only those that agree stay.
func narrowings() []narrowing {
	return []narrowing{
		{DomainMultiHost, func(e *evidence) bool { return e.host }, RejectedHost},
		{DomainMultiName, func(e *evidence) bool { return e.name }, RejectedName},
		{DomainMultiCountry, func(e *evidence) bool { return e.country }, RejectedCountry},
		{DomainMultiPostal, func(e *evidence) bool { return e.postal }, RejectedPostal},
	}
}

// withinFamily decides by the hierarchy policy between accounts that no evidence
// tells apart.
func (m *matching) withinFamily(found []*evidence) (verdict, bool) {
	top := found[0].account.ultimateParent()
	for _, e := range found {
		if e.account.ultimateParent() != top {
			return review(ReviewDomainMulti, found)
		}
	}
	code, chosen := Code(""), []*evidence(nil)
	switch m.policy.Hierarchy {
	case ChildByGeo:
		code = DomainMultiChildByGeo
		chosen, _ = sift.Split(found, func(e *evidence) bool { return e.country && e.account.ID != top })
	case UltimateParent:
		code = DomainMultiUltimateParent
		chosen = m.active(func(e *evidence) bool { return e.account.ID == top })
	}
	if len(chosen) != 1 {
		return review(ReviewParentChild, found)
	}
	chosen[0].familyTop = chosen[0].account.ID == top
	setAside(found, RejectedByHierarchy)
	return taken(code, chosen[0])
}
