package match

import (
	"strings"

	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/normal/mailkind"
)

// Lead is what a lead says about its company, normalised by package normal. An
// empty field is unknown and equal to nothing.
type Lead struct {
	// Pinned is set when a person has decided for this lead. PinnedAccount is
	// their choice, and may be empty: no account.
	Pinned        bool
	PinnedAccount string
	// AccountRef is the account that the caller named, in its own terms.
	AccountRef string
	Email      normal.Email
	// Company is a key of normal.Company.
	Company string
	// Country is an ISO 3166-1 alpha-2 code, Phone is in E.164 form, Postal is a
	// key of normal.Postal.
	Country, Phone, Postal string
}

// Lookups are what Decide needs to know about a lead. An empty field needs no
// look-up.
type Lookups struct {
	// AccountRef is to be resolved to Candidates.Referred.
	AccountRef string
	// PersonAddress and PersonKey find Candidates.People: the people with this
	// address or this key.
	PersonAddress, PersonKey string
	// Hosts find Candidates.Known and Candidates.Shared: the lead's host and its
	// parents down to the registrable domain, the longest first.
	Hosts []string
	// Domain finds the accounts with a host in this registrable domain.
	Domain string
	// Name finds the accounts with this name, and those with one like it.
	Name string
}

// Plan returns what to look up for a lead.
func Plan(lead Lead) Lookups {
	if lead.Pinned {
		return Lookups{}
	}
	lookups := Lookups{
		AccountRef:    lead.AccountRef,
		PersonAddress: lead.Email.Address,
		PersonKey:     lead.Email.Key,
		Name:          lead.Company,
	}
	if ownsHost(lead.Email) {
		lookups.Hosts = hostsOf(lead.Email.Host)
		lookups.Domain = lead.Email.Host.Domain
	}
	return lookups
}

// ownsHost reports whether the host of an address tells who its user works for.
func ownsHost(email normal.Email) bool {
	if email.Host.Name == "" {
		return false
	}
	return email.Kind != mailkind.Consumer && email.Kind != mailkind.Disposable
}

// hostsOf returns a host and its parents down to the registrable domain, the
// longest first.
func hostsOf(host normal.Host) []string {
	hosts := []string{host.Name}
	for name := host.Name; host.Domain != "" && name != host.Domain; {
		_, parent, dotted := strings.Cut(name, ".")
		if !dotted {
			break
		}
		name = parent
		hosts = append(hosts, name)
	}
	return hosts
}
