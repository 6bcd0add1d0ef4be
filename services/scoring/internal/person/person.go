package person

import (
	"maps"
	"slices"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

// Person is a profile in its stored form, and what it means.
type Person struct {
	Profile
	Address normal.Email
	country string // ISO 3166-1 alpha-2, or empty
	phone   string // E.164, or empty
	title   normal.Title
}

// Read reads a profile. The error is a [normal.Error] about the e-mail address; the person is then without one.
func Read(p Profile) (Person, error) {
	who := Person{Profile: p}
	who.Attributes = given(p.Attributes)
	var refused error
	if p.Email != "" {
		if who.Address, refused = normal.ParseEmail(p.Email); refused != nil {
			who.Address = normal.Email{}
		}
		who.Email = who.Address.Address
	}
	if code, err := normal.Country(p.Country); err == nil {
		who.country, who.Country = code, code
	}
	if p.Phone != "" {
		if number, err := normal.Phone(p.Phone, who.country); err == nil {
			who.phone, who.Phone = number, number
		}
	}
	if title, err := normal.ParseTitle(p.Title); err == nil {
		who.title = title
	}
	return who, refused
}

// given are the attributes that have a value.
func given(attributes map[string]string) map[string]string {
	all := maps.Clone(attributes)
	maps.DeleteFunc(all, func(_, value string) bool { return value == "" })
	if len(all) == 0 {
		return nil
	}
	return all
}

// Stored reads stored fields. An address that today's rules refuse was stored by earlier ones; it then means nothing.
func Stored(fields Fields) Person {
	who, _ := Read(Shown(fields))
	return who
}

// Keys are what the person is known by for sure: the id in a source, and the e-mail address.
func (p *Person) Keys(source, sourceID string) []dedupe.Key {
	return dedupe.Keys(dedupe.Identity{Source: source, SourceID: sourceID, Email: p.Address})
}

// Hints are what the person may be known by, though not for sure: telephone number and family name, or name and company.
func (p *Person) Hints() []dedupe.Key {
	who := dedupe.Identity{Email: p.Address, Phone: p.phone}
	if surname, err := normal.Person(p.FamilyName); err == nil {
		who.Surname = surname
	}
	if name, err := normal.Person(p.GivenName + " " + p.FamilyName); err == nil && p.GivenName != "" && p.FamilyName != "" {
		who.Name = name
	}
	return slices.DeleteFunc(dedupe.Keys(who), func(key dedupe.Key) bool { return key.Rule.Automatic() })
}

// Match is what tells the person's company.
func (p *Person) Match() match.Lead {
	lead := match.Lead{AccountRef: p.AccountRef, Email: p.Address, Country: p.country, Phone: p.phone}
	if name, err := normal.Company(p.Company); err == nil {
		lead.Company = name
	}
	if code, err := normal.Postal(p.PostalCode, p.country); err == nil {
		lead.Postal = code
	}
	return lead
}

// Seniority is the level read from the title, such as `director`; empty if unknown.
func (p *Person) Seniority() string {
	if p.title.Seniority == normal.UnknownSeniority {
		return ""
	}
	return string(p.title.Seniority)
}

// Function is the department read from the title, such as `sales`; empty without a title.
func (p *Person) Function() string { return string(p.title.Function) }

// CountryCode is the ISO 3166-1 alpha-2 code of the country; empty if unknown.
func (p *Person) CountryCode() string { return p.country }

// Facts are what expressions see of the person.
func (p *Person) Facts(source, partner string) criteria.Lead {
	return criteria.Lead{
		Seniority:       known(p.Seniority()),
		Function:        known(p.Function()),
		Title:           known(p.Title),
		Country:         known(p.country),
		EmailDomain:     known(domainOf(p.Address.Host)),
		EmailDomainKind: known(string(p.Address.Kind)),
		Source:          known(source),
		Campaign:        known(p.Campaign),
		Partner:         known(partner),
		Attributes:      p.Attributes,
	}
}

// domainOf is the registrable domain of a host, or the host itself where everybody may register.
func domainOf(host normal.Host) string {
	if host.Domain == "" {
		return host.Name
	}
	return host.Domain
}

// known is a text that is unknown when it is empty.
func known(text string) criteria.Opt[string] {
	return criteria.Opt[string]{Value: text, Known: text != ""}
}
