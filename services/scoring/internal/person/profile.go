package person

import (
	"maps"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
)

// Profile is what is known of a person; what is empty is not.
type Profile struct {
	Email      string
	GivenName  string
	FamilyName string
	Phone      string
	Title      string
	Company    string
	Country    string
	PostalCode string
	Campaign   string // its id
	AccountRef string // see [Ref]
	Attributes map[string]string
}

// Ref names an account in the terms of the system that it comes from. A source holds no slash, so two accounts never share
// a name. It is empty without an id.
func Ref(source, sourceID string) string {
	if sourceID == "" {
		return ""
	}
	return source + "/" + sourceID
}

// Fields are the fields of a profile by their names, each with its origin. Attributes stand under [AttributePrefix] and
// their own name.
type Fields = map[string]dedupe.Field

// AttributePrefix tells attributes from the other fields.
const AttributePrefix = "attributes."

// field is one field of a profile: its name, which is stored, and its place.
type field struct {
	name string
	of   func(*Profile) *string
}

func fields() []field {
	return []field{
		{"email", func(p *Profile) *string { return &p.Email }},
		{"given_name", func(p *Profile) *string { return &p.GivenName }},
		{"family_name", func(p *Profile) *string { return &p.FamilyName }},
		{"phone", func(p *Profile) *string { return &p.Phone }},
		{"title", func(p *Profile) *string { return &p.Title }},
		{"company", func(p *Profile) *string { return &p.Company }},
		{"country", func(p *Profile) *string { return &p.Country }},
		{"postal_code", func(p *Profile) *string { return &p.PostalCode }},
		{"campaign", func(p *Profile) *string { return &p.Campaign }},
		{"account_ref", func(p *Profile) *string { return &p.AccountRef }},
	}
}

// Fields gives the known fields of the profile an origin.
func (p Profile) Fields(origin dedupe.Origin, at time.Time) Fields {
	all := Fields{}
	set := func(name, value string) {
		if value != "" {
			all[name] = dedupe.Field{Value: value, Origin: origin, At: at}
		}
	}
	known := fields()
	for _, f := range known {
		set(f.name, *f.of(&p))
	}
	for name, value := range p.Attributes {
		set(AttributePrefix+name, value)
	}
	return all
}

// Shown is the profile that fields make.
func Shown(fs Fields) Profile {
	var p Profile
	for _, f := range fields() {
		*f.of(&p) = fs[f.name].Value
	}
	for name, value := range fs {
		attribute, is := strings.CutPrefix(name, AttributePrefix)
		if !is {
			continue
		}
		if p.Attributes == nil {
			p.Attributes = map[string]string{}
		}
		p.Attributes[attribute] = value.Value
	}
	return p
}

// Join adds what a further record says of the same person to what is known: of each field the more trusted value stays,
// and of equally trusted ones the newer. Saying the same again changes nothing. Neither argument is changed.
func Join(known, further Fields) Fields {
	joined := maps.Clone(known)
	if joined == nil {
		joined = Fields{}
	}
	for name, field := range further {
		held, taken := joined[name]
		newer := field.Origin == held.Origin && !field.At.Before(held.At) && field.Value != held.Value
		if !taken || field.Origin > held.Origin || newer {
			joined[name] = field
		}
	}
	return joined
}
