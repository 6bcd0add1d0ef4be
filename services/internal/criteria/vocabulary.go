package criteria

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// fact is one field of the lead or the account: what it is called, what it means,
// and where it is. These tables are the only lists of facts; the compiler, both
// evaluators and the printed help use them.
type fact[T any] struct {
	name    string
	meaning string
	// at is a func(*T) to the place of the fact: to an *Opt of a text, a number, an
	// amount, a boolean or texts, to a *List, or to a map of attributes.
	at any
}

var textsType = cel.ListType(cel.StringType)

func leadFacts() []fact[Lead] {
	return []fact[Lead]{
		{"seniority", "level of the job: c_level, vp, director, manager, senior or individual",
			func(l *Lead) *Opt[string] { return &l.Seniority }},
		{"function", "part of the business the person works in, such as sales or revops",
			func(l *Lead) *Opt[string] { return &l.Function }},
		{"title", "job title as it was given",
			func(l *Lead) *Opt[string] { return &l.Title }},
		{"country", "country of the person, ISO 3166-1 alpha-2",
			func(l *Lead) *Opt[string] { return &l.Country }},
		{"email_domain", "domain of the e-mail address, in lower case",
			func(l *Lead) *Opt[string] { return &l.EmailDomain }},
		{"email_domain_kind", "kind of that domain: business, consumer, disposable or education",
			func(l *Lead) *Opt[string] { return &l.EmailDomainKind }},
		{"source", "where the lead came from",
			func(l *Lead) *Opt[string] { return &l.Source }},
		{"campaign", "campaign that brought the lead",
			func(l *Lead) *Opt[string] { return &l.Campaign }},
		{"partner", "partner that brought the lead",
			func(l *Lead) *Opt[string] { return &l.Partner }},
		{"attributes", "anything else known about the person, by name",
			func(l *Lead) map[string]string { return l.Attributes }},
	}
}

func accountFacts() []fact[Account] {
	return []fact[Account]{
		{"domain", "main registrable domain of the company, in lower case",
			func(a *Account) *Opt[string] { return &a.Domain }},
		{"domains", "all its domains",
			func(a *Account) *Opt[[]string] { return &a.Domains }},
		{"employees", "number of people employed",
			func(a *Account) *Opt[int64] { return &a.Employees }},
		{"annual_revenue", "revenue a year",
			func(a *Account) *Opt[Money] { return &a.AnnualRevenue }},
		{"industry", "line of business",
			func(a *Account) *Opt[string] { return &a.Industry }},
		{"country", "country of the head office, ISO 3166-1 alpha-2",
			func(a *Account) *Opt[string] { return &a.Country }},
		{"technologies", "products the company is known to use",
			func(a *Account) *Opt[[]string] { return &a.Technologies }},
		{"is_target", "whether the account is on the active target account list",
			func(a *Account) *Opt[bool] { return &a.IsTarget }},
		{"is_customer", "whether the company buys from us already",
			func(a *Account) *Opt[bool] { return &a.IsCustomer }},
		{"has_open_opportunity", "whether a deal is being worked on",
			func(a *Account) *Opt[bool] { return &a.HasOpenOpportunity }},
		{"has_owner", "whether a rep owns the account",
			func(a *Account) *Opt[bool] { return &a.HasOwner }},
		{"attributes", "anything else known about the company, by name",
			func(a *Account) map[string]string { return a.Attributes }},
	}
}

// kind is the type of the fact in the language.
func (f fact[T]) kind() *cel.Type {
	switch f.at.(type) {
	case func(*T) *Opt[string]:
		return cel.StringType
	case func(*T) *Opt[int64]:
		return cel.IntType
	case func(*T) *Opt[bool]:
		return cel.BoolType
	case func(*T) *Opt[Money]:
		return moneyType
	case func(*T) map[string]string:
		return attributesType
	default:
		return textsType
	}
}

// read gives the fact as a value of CEL, or nil when it is unknown. The owner is
// the variable that holds it.
func (f fact[T]) read(owner string) func(*T) ref.Val {
	switch at := f.at.(type) {
	case func(*T) *Opt[string]:
		return valued(at, func(v string) ref.Val { return types.String(v) })
	case func(*T) *Opt[int64]:
		return valued(at, func(v int64) ref.Val { return types.Int(v) })
	case func(*T) *Opt[bool]:
		return valued(at, func(v bool) ref.Val { return types.Bool(v) })
	case func(*T) *Opt[Money]:
		return valued(at, func(v Money) ref.Val { return amount{v} })
	case func(*T) *Opt[[]string]:
		return valued(at, func(v []string) ref.Val { return types.NewStringList(types.DefaultTypeAdapter, v) })
	case func(*T) map[string]string:
		return func(o *T) ref.Val { return &attributeMap{owner, at(o)} }
	case func(*T) *List:
		return func(o *T) ref.Val {
			if list := at(o); list != nil {
				return list
			}
			return nil
		}
	default:
		return func(*T) ref.Val { return nil }
	}
}

func valued[T, V any](at func(*T) *Opt[V], value func(V) ref.Val) func(*T) ref.Val {
	return func(o *T) ref.Val {
		if fact := at(o); fact.Known {
			return value(fact.Value)
		}
		return nil
	}
}
