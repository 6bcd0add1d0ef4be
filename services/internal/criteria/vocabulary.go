package criteria

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// fact is one field of the lead or the account: what it is called, what it is,
// what it means, and how to read it. This table is the only list of facts; the
// compiler, the evaluator and the printed help all use it.
type fact[T any] struct {
	name    string
	kind    *cel.Type
	meaning string
	read    func(*T) ref.Val // nil when the fact is unknown
}

var textsType = cel.ListType(cel.StringType)

func leadFacts() []fact[Lead] {
	return []fact[Lead]{
		{"seniority", cel.StringType, "level of the job: c_level, vp, director, manager, senior or individual",
			func(l *Lead) ref.Val { return text(l.Seniority) }},
		{"function", cel.StringType, "part of the business the person works in, such as sales or revops",
			func(l *Lead) ref.Val { return text(l.Function) }},
		{"title", cel.StringType, "job title as it was given",
			func(l *Lead) ref.Val { return text(l.Title) }},
		{"country", cel.StringType, "country of the person, ISO 3166-1 alpha-2",
			func(l *Lead) ref.Val { return text(l.Country) }},
		{"email_domain", cel.StringType, "domain of the e-mail address, in lower case",
			func(l *Lead) ref.Val { return text(l.EmailDomain) }},
		{"email_domain_kind", cel.StringType, "kind of that domain: business, consumer, disposable or education",
			func(l *Lead) ref.Val { return text(l.EmailDomainKind) }},
		{"source", cel.StringType, "where the lead came from",
			func(l *Lead) ref.Val { return text(l.Source) }},
		{"campaign", cel.StringType, "campaign that brought the lead",
			func(l *Lead) ref.Val { return text(l.Campaign) }},
		{"partner", cel.StringType, "partner that brought the lead",
			func(l *Lead) ref.Val { return text(l.Partner) }},
		{"attributes", attributesType, "anything else known about the person, by name",
			func(l *Lead) ref.Val { return &attributeMap{"lead", l.Attributes} }},
	}
}

func accountFacts() []fact[Account] {
	return []fact[Account]{
		{"domain", cel.StringType, "main registrable domain of the company, in lower case",
			func(a *Account) ref.Val { return text(a.Domain) }},
		{"domains", textsType, "all its domains",
			func(a *Account) ref.Val { return texts(a.Domains) }},
		{"employees", cel.IntType, "number of people employed",
			func(a *Account) ref.Val { return number(a.Employees) }},
		{"annual_revenue", moneyType, "revenue a year",
			func(a *Account) ref.Val { return revenue(a.AnnualRevenue) }},
		{"industry", cel.StringType, "line of business",
			func(a *Account) ref.Val { return text(a.Industry) }},
		{"country", cel.StringType, "country of the head office, ISO 3166-1 alpha-2",
			func(a *Account) ref.Val { return text(a.Country) }},
		{"technologies", textsType, "products the company is known to use",
			func(a *Account) ref.Val { return texts(a.Technologies) }},
		{"is_target", cel.BoolType, "whether the account is on the active target account list",
			func(a *Account) ref.Val { return flag(a.IsTarget) }},
		{"is_customer", cel.BoolType, "whether the company buys from us already",
			func(a *Account) ref.Val { return flag(a.IsCustomer) }},
		{"has_open_opportunity", cel.BoolType, "whether a deal is being worked on",
			func(a *Account) ref.Val { return flag(a.HasOpenOpportunity) }},
		{"has_owner", cel.BoolType, "whether a rep owns the account",
			func(a *Account) ref.Val { return flag(a.HasOwner) }},
		{"attributes", attributesType, "anything else known about the company, by name",
			func(a *Account) ref.Val { return &attributeMap{"account", a.Attributes} }},
	}
}

func text(o Opt[string]) ref.Val {
	if !o.Known {
		return nil
	}
	return types.String(o.Value)
}

func number(o Opt[int64]) ref.Val {
	if !o.Known {
		return nil
	}
	return types.Int(o.Value)
}

func flag(o Opt[bool]) ref.Val {
	if !o.Known {
		return nil
	}
	return types.Bool(o.Value)
}

func revenue(o Opt[Money]) ref.Val {
	if !o.Known {
		return nil
	}
	return amount{o.Value}
}

func texts(o Opt[[]string]) ref.Val {
	if !o.Known {
		return nil
	}
	return types.NewStringList(types.DefaultTypeAdapter, o.Value)
}
