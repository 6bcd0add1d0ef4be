package dedupe

import (
	"slices"

	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/normal/mailkind"
)

// Rule is the kind of a key. The text is stable.
type Rule string

// The kinds of keys, the strongest first.
const (
	BySource       Rule = "SOURCE"
	ByEmail        Rule = "EMAIL"
	ByPhoneSurname Rule = "PHONE_SURNAME"
	ByNameDomain   Rule = "NAME_DOMAIN"
)

// Automatic reports whether two leads with a key of this kind in common are
// merged without asking a person.
func (r Rule) Automatic() bool { return r == BySource || r == ByEmail }

// Key is something that two leads of one person have in common. Keys are equal
// when all parts are. Second is empty for ByEmail.
type Key struct {
	Rule          Rule
	First, Second string
}

// Identity is what tells who a lead is, normalised by package normal. An empty
// field is unknown.
type Identity struct {
	// Source and SourceID name the lead in the system that it came from, byte by
	// byte.
	Source, SourceID string
	Email            normal.Email
	// Phone is in E.164 form.
	Phone string
	// Name and Surname are keys of normal.Person.
	Name, Surname string
	// Website is the host of the company's website.
	Website normal.Host
}

// Keys returns the keys of a lead, the strongest first. A key that lacks a part
// is left out.
func Keys(who Identity) []Key {
	all := []Key{
		{BySource, who.Source, who.SourceID},
		{ByEmail, who.Email.Key, ""},
		{ByPhoneSurname, who.Phone, who.Surname},
		{ByNameDomain, who.Name, who.companyDomain()},
	}
	return slices.DeleteFunc(all, func(key Key) bool {
		return key.First == "" || key.Second == "" && key.Rule != ByEmail
	})
}

// companyDomain returns the registrable domain of the lead's company: that of its
// website or else of its address, unless many strangers have addresses there.
func (who Identity) companyDomain() string {
	if who.Website.Domain != "" {
		return who.Website.Domain
	}
	if who.Email.Kind == mailkind.Consumer || who.Email.Kind == mailkind.Disposable {
		return ""
	}
	return who.Email.Host.Domain
}
