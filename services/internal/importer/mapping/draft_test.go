package mapping_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

func at(text string) *timestamppb.Timestamp {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return timestamppb.New(t)
}

func TestRowsBecomeResources(t *testing.T) {
	t.Parallel()
	lead := func(change func(*scoringv1.Lead)) *scoringv1.Lead {
		l := &scoringv1.Lead{Source: "crm", SourceId: "1"}
		change(l)
		return l
	}
	account := func(change func(*scoringv1.Account)) *scoringv1.Account {
		a := &scoringv1.Account{Source: "crm", SourceId: "1"}
		change(a)
		return a
	}
	deal := func(change func(*attributionv1.Opportunity)) *attributionv1.Opportunity {
		o := &attributionv1.Opportunity{Source: "crm", SourceId: "1"}
		change(o)
		return o
	}
	usd := func(units int64, nanos int32) *money.Money {
		return &money.Money{CurrencyCode: "USD", Units: units, Nanos: nanos}
	}
	tests := []struct {
		name, kind, fields, header, row string
		want                            proto.Message
	}{
		{"a column, without the space around it", "lead", "{source_id: id, title: t}", "id|t", "1| Chief  of all ",
			lead(func(l *scoringv1.Lead) { l.Title = "Chief  of all" })},
		{"a column with a name of several words", "lead", "{source_id: id, company: {column: Company Name}}", "id| Company Name ", "1|Acme",
			lead(func(l *scoringv1.Lead) { l.Company = "Acme" })},
		{"a constant", "lead", "{source_id: id, country: {constant: US}}", "id", "1", lead(func(l *scoringv1.Lead) { l.Country = "US" })},
		{"a template", "lead", `{source_id: id, company: {template: "{a}, {{{ b }}}"}}`, "id|a|b", "1|x|y",
			lead(func(l *scoringv1.Lead) { l.Company = "x, {y}" })},
		{"a template without one of its columns", "lead", `{source_id: id, company: {template: "{a}, {b}"}}`, "id|a|b", "1|x|NA", lead(func(*scoringv1.Lead) {})},
		{"blank cells", "lead", "{source_id: id, title: a, company: {column: b, blank: [Select]}, country: c}", "id|a|b|c", "1|NA|Select|", lead(func(*scoringv1.Lead) {})},
		{"lower case", "lead", "{source_id: id, email: {column: a, lower: true}}", "id|a", "1|Ann@ACME.example",
			lead(func(l *scoringv1.Lead) { l.Email = "ann@acme.example" })},
		{"a map names one and leaves the rest", "lead", "{source_id: id, title: {column: a, map: {GTXPro: GTX Pro}}, company: {column: b, map: {GTXPro: GTX Pro}}}", "id|a|b", "1|GTXPro|MG",
			lead(func(l *scoringv1.Lead) { l.Title, l.Company = "GTX Pro", "MG" })},
		{"a default is for what the map does not name", "lead", "{source_id: id, title: {column: a, map: {x: y}, default: other}, company: {column: b, map: {x: y}, default: other}}", "id|a|b", "1|z|",
			lead(func(l *scoringv1.Lead) { l.Title = "other" })},
		{"a map from nothing", "lead", `{source_id: id, title: {column: a, map: {"": none}}}`, "id|a", "1|NA", lead(func(l *scoringv1.Lead) { l.Title = "none" })},
		{"a map to nothing", "lead", `{source_id: id, title: {column: a, map: {x: ""}}}`, "id|a", "1|x", lead(func(*scoringv1.Lead) {})},
		{"attributes", "lead", "{source_id: id, attributes: {page: a, origin: b}}", "id|a|b", "1|x|",
			lead(func(l *scoringv1.Lead) { l.Attributes = map[string]string{"page": "x"} })},
		{"a part with fields of its own", "rep", `{id: id, coverage: {languages: {column: a, split: ";"}, skills: b, regions: c}, rolling_cap: {days: d, max: e}}`,
			"id|a|b|c|d|e", "jane|de; fr;de|api||7|3",
			&routingv1.Rep{Coverage: &playbookv1.Coverage{Languages: []string{"de", "fr"}, Skills: []string{"api"}}, RollingCap: &routingv1.RollingCap{Days: 7, Max: 3}}},
		{"a part of which nothing is said", "rep", `{id: id, coverage: {languages: {column: a, split: ";"}}}`, "id|a", "jane|", &routingv1.Rep{}},
		{"a list", "account", `{source_id: id, domains: {column: a, split: ";"}, technologies: b}`, "id|a|b", "1|a.example; b.example;;a.example|slack",
			account(func(a *scoringv1.Account) {
				a.Domains, a.Technologies = []string{"a.example", "b.example"}, []string{"slack"}
			})},
		{"a number and a flag", "account", "{source_id: id, employees: a, customer: b}", "id|a|b", "1|1,234|Yes",
			account(func(a *scoringv1.Account) { a.Employees, a.Customer = proto.Int64(1234), true })},
		{"a number in thousands", "account", "{source_id: id, employees: {column: a, scale: 1000}}", "id|a", "1|1.5",
			account(func(a *scoringv1.Account) { a.Employees = proto.Int64(1500) })},
		{"money in millions", "account", "{source_id: id, annual_revenue: {column: a, scale: 1000000, currency: USD}}", "id|a", "1|1100.04",
			account(func(a *scoringv1.Account) { a.AnnualRevenue = usd(1_100_040_000, 0) })},
		{"money with a decimal comma, and its currency beside it", "opportunity", "{source_id: id, amount: {column: a, decimal_comma: true, currency_column: c}}", "id|a|c", "1|-1.234,56|EUR",
			deal(func(o *attributionv1.Opportunity) {
				o.Amount = &money.Money{CurrencyCode: "EUR", Units: -1234, Nanos: -560_000_000}
			})},
		{"an amount of nothing is an amount", "opportunity", "{source_id: id, amount: {column: a, currency: USD}}", "id|a", "1|0",
			deal(func(o *attributionv1.Opportunity) { o.Amount = usd(0, 0) })},
		{"a state", "opportunity", "{source_id: id, state: {column: a, map: {Prospecting: open}}}", "id|a", "1|Prospecting",
			deal(func(o *attributionv1.Opportunity) { o.State = attributionv1.Opportunity_STATE_OPEN })},
		{"the state of the API in any case", "opportunity", "{source_id: id, state: a}", "id|a", "1|Won",
			deal(func(o *attributionv1.Opportunity) { o.State = attributionv1.Opportunity_STATE_WON })},
		{"references are looked up, each person once", "opportunity", `{source_id: id, contacts: {column: a, split: ","}, account: b}`, "id|a|b", "1|L2,L1,L1bis|A1",
			deal(func(o *attributionv1.Opportunity) {
				o.Contacts, o.Account = []*attributionv1.Contact{{Lead: "leads/2"}, {Lead: "leads/1"}}, "accounts/1"
			})},
		{"no references", "opportunity", "{source_id: id, contacts: a, account: b}", "id|a|b", "1||NA", deal(func(*attributionv1.Opportunity) {})},
		{"a rep is named by what the mapping chose", "opportunity", "{source_id: id, owner: {column: a, slug: true}}", "id|a", "1|Zoë  O'Neil-Park.",
			deal(func(o *attributionv1.Opportunity) { o.Owner = "reps/zoe-o-neil-park" })},
		{"opened at the first contact", "opportunity", "{source_id: id, open_time: {first_contact_of: a, at_latest: b}}", "id|a|b", "1|L1|2026-03-03 00:00:00",
			deal(func(o *attributionv1.Opportunity) { o.OpenTime = at("2026-03-02T09:00:00Z") })},
		{"opened before the first contact", "opportunity", "{source_id: id, open_time: {first_contact_of: a, at_latest: b}}", "id|a|b", "1|L1|2026-03-01 00:00:00",
			deal(func(o *attributionv1.Opportunity) { o.OpenTime = at("2026-03-01T05:00:00Z") })},
		{"opened by nobody", "opportunity", "{source_id: id, open_time: {first_contact_of: a, at_latest: b}}", "id|a|b", "1||2026-03-01",
			deal(func(o *attributionv1.Opportunity) { o.OpenTime = at("2026-03-01T05:00:00Z") })},
		{"a rep", "rep", "{id: {column: n, slug: true}, display_name: n, active: {constant: false}, max_open: m}", "n|m", "Ann Lee|30",
			&routingv1.Rep{DisplayName: "Ann Lee", Active: proto.Bool(false), MaxOpen: proto.Int32(30)}},
		{"an engagement", "engagement", "{source_event_id: id, email: e, type: {constant: form_submit}, occur_time: t, campaign: c}", "id|e|t|c", "1|a@b.example|2026-03-02T09:00:00.1234567+01:00|spring",
			&scoringv1.Engagement{Source: "crm", SourceEventId: "1", Who: &scoringv1.Engagement_Email{Email: "a@b.example"}, Type: "form_submit",
				OccurTime: at("2026-03-02T08:00:00.123456Z"), Campaign: "campaigns/spring"}},
		{"what happened to a company", "engagement", "{source_event_id: id, account_domain: d, type: k, occur_time: t}", "id|d|k|t", "1|initech.example|new_executive|2026-03-02T09:00:00Z",
			&scoringv1.Engagement{Source: "crm", SourceEventId: "1", Who: &scoringv1.Engagement_AccountDomain{AccountDomain: "initech.example"}, Type: "new_executive",
				OccurTime: at("2026-03-02T09:00:00Z")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := make1(t, making(tt.kind, tt.fields), tt.header, tt.row)
			if err != nil {
				t.Fatalf("got error %v", err)
			}
			if diff := cmp.Diff(tt.want, got, protocmp.Transform()); diff != "" {
				t.Errorf("resource (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRowsThatCannotBecomeAResource(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, kind, fields, header, row string
		want                            mapping.RowError
	}{
		{"no key", "lead", "{source_id: id}", "id", "NA", mapping.RowError{Kind: mapping.Lead, Field: "source_id", Message: "is missing: it names the lead"}},
		{"no id", "rep", "{id: n, display_name: n}", "n", "", mapping.RowError{Kind: mapping.Rep, Field: "id", Message: "is missing: it names the rep"}},
		{"too few cells", "lead", "{source_id: id}", "id|a", "1", mapping.RowError{Kind: mapping.Lead, Message: "the row has 1 columns, the header 2"}},
		{"no number", "account", "{source_id: id, employees: a}", "id|a", "1|many", mapping.RowError{Kind: mapping.Account, Key: "1", Field: "employees", Message: "is not a number"}},
		{"no number either", "account", "{source_id: id, employees: a}", "id|a", "1|1,23", mapping.RowError{Kind: mapping.Account, Key: "1", Field: "employees", Message: "is not a number"}},
		{"an exponent", "account", "{source_id: id, employees: a}", "id|a", "1|1e999999999", mapping.RowError{Kind: mapping.Account, Key: "1", Field: "employees", Message: "is not a number"}},
		{"not whole", "account", "{source_id: id, employees: a}", "id|a", "1|1.5", mapping.RowError{Kind: mapping.Account, Key: "1", Field: "employees", Message: "is not a whole number"}},
		{"too large", "account", "{source_id: id, employees: a}", "id|a", "1|9223372036854775808", mapping.RowError{Kind: mapping.Account, Key: "1", Field: "employees", Message: "is out of range"}},
		{"too large for a small field", "rep", "{id: id, max_open: a}", "id|a", "r|2147483648", mapping.RowError{Kind: mapping.Rep, Key: "r", Field: "max_open", Message: "is out of range"}},
		{"too many digits", "account", "{source_id: id, employees: a}", "id|a", "1|00000000000000000000000000000000000000001", mapping.RowError{Kind: mapping.Account, Key: "1", Field: "employees", Message: "is out of range"}},
		{"too fine", "opportunity", "{source_id: id, amount: {column: a, currency: USD}}", "id|a", "1|0.0000000001", mapping.RowError{Kind: mapping.Opportunity, Key: "1", Field: "amount", Message: "has more than nine decimal places"}},
		{"no currency", "opportunity", "{source_id: id, amount: {column: a, currency_column: c}}", "id|a|c", "1|5|usd", mapping.RowError{Kind: mapping.Opportunity, Key: "1", Field: "amount", Message: "has no currency of three capital letters"}},
		{"no flag", "account", "{source_id: id, customer: a}", "id|a", "1|maybe", mapping.RowError{Kind: mapping.Account, Key: "1", Field: "customer", Message: "is neither yes nor no"}},
		{"no state", "opportunity", "{source_id: id, state: a}", "id|a", "1|unspecified", mapping.RowError{Kind: mapping.Opportunity, Key: "1", Field: "state", Message: "is none of open, won, lost"}},
		{"no date", "lead", "{source_id: id, occur_time: a}", "id|a", "1|2026-02-30", mapping.RowError{Kind: mapping.Lead, Key: "1", Field: "occur_time", Message: "is not a date or a time of the layout"}},
		{"not UTF-8", "lead", "{source_id: id, title: a}", "id|a", "1|\xff", mapping.RowError{Kind: mapping.Lead, Key: "1", Field: "title", Message: "is not UTF-8"}},
		{"NUL", "lead", "{source_id: id, attributes: {x: a}}", "id|a", "1|a\x00b", mapping.RowError{Kind: mapping.Lead, Key: "1", Field: "attributes.x", Message: "holds a NUL character"}},
		{"a stranger", "opportunity", "{source_id: id, contacts: a}", "id|a", "1|L9", mapping.RowError{Kind: mapping.Opportunity, Key: "1", Field: "contacts", Message: "refers to an unknown lead", Unknown: true}},
		{"the first contact of a stranger", "opportunity", "{source_id: id, open_time: {first_contact_of: a}}", "id|a", "1|L9", mapping.RowError{Kind: mapping.Opportunity, Key: "1", Field: "open_time", Message: "refers to an unknown lead", Unknown: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := make1(t, making(tt.kind, tt.fields), tt.header, tt.row)
			if diff := cmp.Diff(tt.want, rowError(t, err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDaysBeginWhereTheirZoneSays(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, rule, cell, want string
	}{
		{"a day", "occur_time: t", "2026-03-02", "2026-03-02T05:00:00Z"},
		{"a day in another zone", "occur_time: {column: t, time_zone: Asia/Tokyo}", "2026-03-02", "2026-03-01T15:00:00Z"},
		{"a time", "occur_time: t", "2026-03-02 09:30:00.5", "2026-03-02T14:30:00.5Z"},
		{"a time with its own offset", "occur_time: t", "2026-03-02T09:30:00+02:00", "2026-03-02T07:30:00Z"},
		{"a layout", "occur_time: {column: t, layout: 02/01/2006 15:04}", "03/02/2026 09:30", "2026-02-03T14:30:00Z"},
		{"several layouts", "occur_time: {column: t, layout: [02/01/2006, 2006-01-02]}", "2026-02-03", "2026-02-03T05:00:00Z"},
		{"a layout with an offset", `occur_time: {column: t, layout: "2006-01-02 15:04 -0700"}`, "2026-02-03 09:30 +0100", "2026-02-03T08:30:00Z"},
		{"a time that the clocks skip", "occur_time: t", "2026-03-08 02:30:00", "2026-03-08T07:30:00Z"},
		{"a time that comes twice is the first", "occur_time: t", "2026-11-01 01:30:00", "2026-11-01T05:30:00Z"},
		{"a day that begins at one", "occur_time: {column: t, time_zone: America/Sao_Paulo}", "2017-10-15", "2017-10-15T03:00:00Z"},
		{"a day whose last hour comes twice", "occur_time: {column: t, time_zone: America/Sao_Paulo}", "2018-02-18", "2018-02-18T03:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := make1(t, making("lead", "{source_id: id, "+tt.rule+"}"), "id|t", "1|"+tt.cell)
			if err != nil {
				t.Fatalf("got error %v", err)
			}
			want := &scoringv1.Lead{Source: "crm", SourceId: "1", OccurTime: at(tt.want)}
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Errorf("lead (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFiltersLeaveOut(t *testing.T) {
	t.Parallel()
	tests := []struct {
		filter, row string
		made        bool
	}{
		{"when: {s: Won}", "Won|", true},
		{"when: {s: Won}", "won|", false},
		{"when: {s: [Won, Lost]}", "Lost|", true},
		{"when: {s: [Won, Lost], p: x}", "Lost|", false},
		{"when: {s: [Won, Lost], p: x}", "Lost|x", true},
		{`when: {p: ""}`, "Won|NA", true},
		{`unless: {p: ""}`, "Won|NA", false},
		{`unless: {p: ""}`, "Won|x", true},
		{"when: {s: Won}\n    unless: {p: x}", "Won|x", false},
	}
	for _, tt := range tests {
		t.Run(tt.filter+" "+tt.row, func(t *testing.T) {
			t.Parallel()
			m := parse(t, making("lead", "{source_id: s}")+"    "+tt.filter+"\n")
			got, err := drafts(t, m, "s|p", tt.row)
			if err != nil {
				t.Fatalf("got error %v", err)
			}
			if (got[0] != nil) != tt.made {
				t.Errorf("got %v, want made %v", got[0], tt.made)
			}
		})
	}
}

func TestHeaderLacksColumns(t *testing.T) {
	t.Parallel()
	m := parse(t, making("opportunity", "{source_id: id, open_time: {first_contact_of: l, at_latest: w}, amount: {column: a, currency_column: c}}")+"    when: {s: x}\n    unless: {u: x}\n")
	_, err := m.Steps[0].Bind([]string{"id", "a", "id"})
	if want := "f.csv: there is no column c, l, s, u, w; there are several columns id"; err == nil || err.Error() != want {
		t.Errorf("Bind() error: got %v, want %s", err, want)
	}
}
