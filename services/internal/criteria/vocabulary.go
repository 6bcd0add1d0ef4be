package criteria

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// fact is one field of the lead, the account or the meeting: what it is called, what it means,
// and where it is. These tables are the only lists of facts; the compiler, both
// evaluators and the printed help use them.
type fact struct {
	name    string
	meaning string
	// at is a func(*Facts) to the place of the fact: to an *Opt of a text, a number,
	// an amount, points, a boolean, texts or a history, to a *List, or to a map of
	// attributes. Of a probability it gives the value, and whether it is known.
	at any
}

var textsType = cel.ListType(cel.StringType)

func leadFacts() []fact {
	return []fact{
		{"seniority", "level of the job: c_level, vp, director, manager, senior or individual",
			func(f *Facts) *Opt[string] { return &f.Lead.Seniority }},
		{"function", "part of the business the person works in, such as sales or revops",
			func(f *Facts) *Opt[string] { return &f.Lead.Function }},
		{"title", "job title as it was given",
			func(f *Facts) *Opt[string] { return &f.Lead.Title }},
		{"country", "country of the person, ISO 3166-1 alpha-2",
			func(f *Facts) *Opt[string] { return &f.Lead.Country }},
		{"email_domain", "domain of the e-mail address, in lower case",
			func(f *Facts) *Opt[string] { return &f.Lead.EmailDomain }},
		{"email_domain_kind", "kind of that domain: business, consumer, disposable or education",
			func(f *Facts) *Opt[string] { return &f.Lead.EmailDomainKind }},
		{"source", "where the lead came from",
			func(f *Facts) *Opt[string] { return &f.Lead.Source }},
		{"campaign", "campaign that brought the lead",
			func(f *Facts) *Opt[string] { return &f.Lead.Campaign }},
		{"partner", "partner that brought the lead",
			func(f *Facts) *Opt[string] { return &f.Lead.Partner }},
		{"attributes", "anything else known about the person, by name",
			func(f *Facts) map[string]string { return f.Lead.Attributes }},
	}
}

func accountFacts() []fact {
	return []fact{
		{"domain", "main registrable domain of the company, in lower case",
			func(f *Facts) *Opt[string] { return &f.Account.Domain }},
		{"domains", "all its domains",
			func(f *Facts) *Opt[[]string] { return &f.Account.Domains }},
		{"employees", "number of people employed",
			func(f *Facts) *Opt[int64] { return &f.Account.Employees }},
		{"annual_revenue", "revenue a year",
			func(f *Facts) *Opt[Money] { return &f.Account.AnnualRevenue }},
		{"industry", "line of business",
			func(f *Facts) *Opt[string] { return &f.Account.Industry }},
		{"country", "country of the head office, ISO 3166-1 alpha-2",
			func(f *Facts) *Opt[string] { return &f.Account.Country }},
		{"technologies", "products the company is known to use",
			func(f *Facts) *Opt[[]string] { return &f.Account.Technologies }},
		{"is_target", "whether the account is on the active target account list",
			func(f *Facts) *Opt[bool] { return &f.Account.IsTarget }},
		{"is_customer", "whether the company buys from us already",
			func(f *Facts) *Opt[bool] { return &f.Account.IsCustomer }},
		{"has_open_opportunity", "whether a deal is being worked on",
			func(f *Facts) *Opt[bool] { return &f.Account.HasOpenOpportunity }},
		{"has_owner", "whether a rep owns the account",
			func(f *Facts) *Opt[bool] { return &f.Account.HasOwner }},
		{"events", "what happened there and nobody in particular did",
			func(f *Facts) *Opt[History] { return &f.Account.Events }},
		{"triggers", "names of the playbook's triggers that are active there",
			func(f *Facts) *Opt[[]string] { return &f.Account.Triggers }},
		{"trigger_points", "points that the triggers give, decayed",
			func(f *Facts) *Opt[Points] { return &f.Account.TriggerPoints }},
		{"committee", "names of the personas of which somebody is known there",
			func(f *Facts) *Opt[[]string] { return &f.Account.Committee }},
		{"committee_engaged", "names of the personas of which somebody engaged lately",
			func(f *Facts) *Opt[[]string] { return &f.Account.CommitteeEngaged }},
		{"committee_coverage", "how many of the personas that are required engaged lately, in per cent",
			func(f *Facts) *Opt[int64] { return &f.Account.CommitteeCoverage }},
		{"is_surging", "whether the account is hot by the playbook's surge",
			func(f *Facts) *Opt[bool] { return &f.Account.IsSurging }},
		{"attributes", "anything else known about the company, by name",
			func(f *Facts) map[string]string { return f.Account.Attributes }},
	}
}

func meetingFacts() []fact {
	return []fact{
		{"use_case", "what the prospect wants it for",
			func(f *Facts) *Opt[string] { return &f.Meeting.UseCase }},
		{"agreed_topics", "what the prospect agreed to discuss",
			func(f *Facts) *Opt[[]string] { return &f.Meeting.AgreedTopics }},
		{"exclusions", "what the prospect does not want to discuss",
			func(f *Facts) *Opt[[]string] { return &f.Meeting.Exclusions }},
		{"objections", "what the prospect has against it",
			func(f *Facts) *Opt[[]string] { return &f.Meeting.Objections }},
		{"agreed_purpose", "whether the prospect agreed to the purpose of the meeting",
			func(f *Facts) *Opt[bool] { return &f.Meeting.AgreedPurpose }},
	}
}

// kind is the type of the fact in the language.
func (f fact) kind() *cel.Type {
	switch f.at.(type) {
	case func(*Facts) *Opt[string]:
		return cel.StringType
	case func(*Facts) *Opt[int64]:
		return cel.IntType
	case func(*Facts) *Opt[bool]:
		return cel.BoolType
	case func(*Facts) *Opt[Money]:
		return moneyType
	case func(*Facts) *Opt[Points]:
		return cel.DoubleType
	case func(*Facts) *Opt[History]:
		return engagementType
	case func(*Facts) (float64, bool):
		return cel.DoubleType
	case func(*Facts) map[string]string:
		return attributesType
	default:
		return textsType
	}
}

// read gives the fact as a value of CEL, or nil when it is unknown. The owner is
// the variable that holds it.
func (f fact) read(owner string) func(*Facts) ref.Val {
	switch at := f.at.(type) {
	case func(*Facts) *Opt[string]:
		return valued(at, func(v string) ref.Val { return types.String(v) })
	case func(*Facts) *Opt[int64]:
		return valued(at, func(v int64) ref.Val { return types.Int(v) })
	case func(*Facts) *Opt[bool]:
		return valued(at, func(v bool) ref.Val { return types.Bool(v) })
	case func(*Facts) *Opt[Money]:
		return valued(at, func(v Money) ref.Val { return amount{v} })
	case func(*Facts) *Opt[Points]:
		return valued(at, func(v Points) ref.Val { return points(int64(v)) })
	case func(*Facts) *Opt[History]:
		return valued(at, func(v History) ref.Val { return &object{engagementType, &timeline{v.Events, v.AsOf}} })
	case func(*Facts) *Opt[[]string]:
		return valued(at, func(v []string) ref.Val { return types.NewStringList(types.DefaultTypeAdapter, v) })
	case func(*Facts) map[string]string:
		return func(facts *Facts) ref.Val { return &attributeMap{owner, at(facts)} }
	case func(*Facts) (float64, bool):
		return func(facts *Facts) ref.Val {
			if value, known := at(facts); known {
				return types.Double(value)
			}
			return nil
		}
	case func(*Facts) *List:
		return func(facts *Facts) ref.Val {
			if list := at(facts); list != nil {
				return list
			}
			return nil
		}
	default:
		return func(*Facts) ref.Val { return nil }
	}
}

func valued[T any](at func(*Facts) *Opt[T], value func(T) ref.Val) func(*Facts) ref.Val {
	return func(facts *Facts) ref.Val {
		if fact := at(facts); fact.Known {
			return value(fact.Value)
		}
		return nil
	}
}
