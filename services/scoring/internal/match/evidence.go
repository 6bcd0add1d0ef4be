package match

import (
	"slices"

	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

// evidence is what speaks for one account, and why it was set aside.
type evidence struct {
	account Account

	referred               bool
	personExact, personKey bool
	known                  int // 1 for the lead's own host, 2 for its parent, …; 0 for none
	host, domain, shared   bool
	name, similar, acronym bool
	country, phone, postal bool
	familyTop              bool

	setAside Rejection
}

// weigh compares the lead with each account.
func weigh(lead Lead, candidates Candidates, policy Policy) *matching {
	m := &matching{lead: lead, policy: policy}
	var hosts []string
	if ownsHost(lead.Email) {
		hosts = hostsOf(lead.Email.Host)
	}
	shared := slices.ContainsFunc(candidates.Shared, func(host string) bool { return slices.Contains(hosts, host) })
	for _, account := range candidates.Accounts {
		if n := len(m.evidence); n > 0 && m.evidence[n-1].account.ID == account.ID {
			continue // another version of the same account: the first in order counts
		}
		e := &evidence{account: account}
		e.compareNamed(lead, candidates)
		e.compareCompany(lead)
		if len(hosts) > 0 {
			e.compareHosts(lead.Email.Host)
			e.shared = shared
		}
		if len(hosts) > 0 && !shared {
			e.known = knownBy(account.ID, hosts, candidates.Known)
		}
		m.evidence = append(m.evidence, e)
	}
	return m
}

// compareNamed notes whether the look-ups named the account itself.
func (e *evidence) compareNamed(lead Lead, candidates Candidates) {
	e.referred = lead.AccountRef != "" && candidates.Referred == e.account.ID
	for _, person := range candidates.People {
		if person.AccountID == e.account.ID {
			e.personExact = e.personExact || equal(person.Address, lead.Email.Address)
			e.personKey = e.personKey || equal(person.Key, lead.Email.Key)
		}
	}
}

// compareCompany compares the name and what corroborates it.
func (e *evidence) compareCompany(lead Lead) {
	e.name = equal(lead.Company, e.account.Name)
	e.similar = Alike(lead.Company, e.account.Name)
	e.acronym = IsAcronym(lead.Company, e.account.Name)
	e.country = equal(lead.Country, e.account.Country)
	e.phone = equal(lead.Phone, e.account.Phone)
	e.postal = equal(lead.Postal, e.account.Postal)
}

// compareHosts compares the host of the lead's address with those of the account.
func (e *evidence) compareHosts(host normal.Host) {
	for _, own := range e.account.Hosts {
		e.host = e.host || own.Name == host.Name
		e.domain = e.domain || equal(own.Domain, host.Domain)
	}
}

// knownBy returns the rank of the longest of the hosts that the map gives to an
// account, from 1, or 0 if it gives it none.
func knownBy(account string, hosts []string, known []KnownHost) int {
	for i, host := range hosts {
		if slices.Contains(known, KnownHost{Host: host, AccountID: account}) {
			return i + 1
		}
	}
	return 0
}

// equal reports whether two values are the same and known.
func equal(a, b string) bool { return a != "" && a == b }

// corroborated reports whether anything besides the name speaks for the account.
func (e *evidence) corroborated() bool { return e.country || e.phone || e.postal }

// resembles reports whether the names are alike without being equal.
func (e *evidence) resembles() bool { return e.similar || e.acronym }

// relevant reports whether anything but a corroboration speaks for the account.
func (e *evidence) relevant() bool {
	return e.referred || e.personExact || e.personKey || e.known > 0 || e.host || e.domain ||
		e.name || e.resembles() || e.familyTop
}

// rejection returns why the account was not taken.
func (e *evidence) rejection() Rejection {
	switch {
	case !e.account.Active:
		return RejectedInactive
	case e.setAside != "":
		return e.setAside
	case e.shared && e.domain && !e.name && !e.resembles():
		return RejectedDomainShared
	}
	return RejectedStronger
}

// reasons lists what speaks for the account, strongest first.
func (e *evidence) reasons() []Reason {
	var found []Reason
	for _, fact := range []struct {
		holds  bool
		reason Reason
	}{
		{e.referred, ReasonReferred},
		{e.personExact, ReasonPersonExact},
		{e.personKey, ReasonPersonKey},
		{e.known > 0, ReasonKnownHost},
		{e.host, ReasonHostEqual},
		{e.domain, ReasonDomainEqual},
		{e.name, ReasonNameEqual},
		{e.similar, ReasonNameSimilar},
		{e.acronym, ReasonNameAcronym},
		{e.country, ReasonCountryEqual},
		{e.phone, ReasonPhoneEqual},
		{e.postal, ReasonPostalEqual},
		{e.familyTop, ReasonFamilyTop},
	} {
		if fact.holds {
			found = append(found, fact.reason)
		}
	}
	return found
}
