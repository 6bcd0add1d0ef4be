package early

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

// Row is what is known of one lead early on.
type Row struct {
	texts        map[string]string
	technologies criteria.Opt[[]string]
	counts       map[string]int // of engagements, by type
}

// The families of features whose members follow from the leads.
const (
	technologies = "account.technologies."
	engagement   = "engagement."

	leadAttributes = "lead.attributes."
)

// Attribute is the feature of an attribute of leads.
func Attribute(name string) string { return leadAttributes + name }

// Of gathers the features of a lead, of its account if it has one, and of what it did early, by type.
func Of(lead *criteria.Lead, account *criteria.Account, counts map[string]int) *Row {
	r := &Row{texts: map[string]string{}, counts: counts}
	for name, value := range map[string]criteria.Opt[string]{
		"lead.source": lead.Source, "lead.country": lead.Country, "lead.seniority": lead.Seniority, "lead.function": lead.Function,
		"lead.email_domain_kind": lead.EmailDomainKind, "lead.campaign": lead.Campaign,
	} {
		r.set(name, value)
	}
	r.attributes(leadAttributes, lead.Attributes)
	if account == nil {
		return r
	}
	r.set("account.industry", account.Industry)
	r.set("account.country", account.Country)
	if account.Employees.Known {
		r.texts["account.employees"] = strconv.FormatInt(account.Employees.Value, 10)
	}
	if m := account.AnnualRevenue; m.Known {
		r.texts["account.annual_revenue."+m.Value.Currency] = strconv.FormatInt(m.Value.Units, 10)
	}
	r.attributes("account.attributes.", account.Attributes)
	r.technologies = account.Technologies
	return r
}

func (r *Row) set(name string, value criteria.Opt[string]) {
	if value.Known {
		r.texts[name] = value.Value
	}
}

func (r *Row) attributes(prefix string, values map[string]string) {
	for name, value := range values {
		r.texts[prefix+name] = value
	}
}

// Names are the features that the row has a value of, in no order.
func (r *Row) Names() []string {
	names := make([]string, 0, len(r.texts)+len(r.counts)+len(r.technologies.Value))
	for name := range r.texts {
		names = append(names, name)
	}
	for kind := range r.counts {
		names = append(names, engagement+kind)
	}
	for _, t := range r.technologies.Value {
		names = append(names, technologies+t)
	}
	return names
}

// Text is the value of a feature; empty if it is missing.
func (r *Row) Text(name string) string {
	if kind, is := strings.CutPrefix(name, engagement); is {
		return strconv.Itoa(r.counts[kind])
	}
	t, is := strings.CutPrefix(name, technologies)
	switch {
	case !is:
		return r.texts[name]
	case !r.technologies.Known:
		return ""
	case slices.Contains(r.technologies.Value, t):
		return "yes"
	}
	return "no"
}

// Window says what is early.
type Window struct {
	Early time.Duration // after a lead came in
}

// Life is when what happened to a lead.
type Life struct {
	First     time.Time // first contact
	CreatedAt time.Time // taken in
	Qualified time.Time // zero if it never was
	Dealt     time.Time // when the first deal was opened; zero if none was
}

// Cut is the last instant at which what is recorded of a lead counts: the end of the window, or when it qualified or a deal
// was opened if that came first, and never before it was taken in.
func (w Window) Cut(l Life) time.Time {
	cut := l.CreatedAt.Add(w.Early)
	for _, end := range []time.Time{l.Qualified, l.Dealt} {
		if !end.IsZero() && end.Before(cut) {
			cut = end
		}
	}
	if cut.Before(l.CreatedAt) {
		return l.CreatedAt
	}
	return cut
}

// Counts reports whether an engagement counts: one that had happened by the cut, and not later after first contact than the
// window is long, and of which it was known by the cut that the lead did it.
func (w Window) Counts(l Life, cut, occurredAt, knownAt time.Time) bool {
	return !occurredAt.After(l.First.Add(w.Early)) && !occurredAt.After(cut) && !knownAt.After(cut)
}
