// Package scoringtest gives tests and benchmarks a history that is as large as they want: leads, their companies, and what
// they did, as if they had come in day by day. The same seed gives the same history.
//
//	err := scoringtest.Fill(ctx, db, scoringtest.History{Seed: 1, Leads: 100_000, Deeds: 10, Start: start, End: end})
//
// Nobody has judged the leads: they are UNSCORED, as they are before the first playbook comes into force.
package scoringtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// History is what a database is filled with.
type History struct {
	Seed       uint64
	Leads      int
	Deeds      int // engagements of each lead
	Start, End time.Time
}

const (
	perCompany = 20   // leads
	perCommit  = 1000 // leads
	lateShare  = 50   // one engagement of so many is recorded days later
)

// deed is a sort of engagement, and how often it comes among the others.
type deed struct {
	often             int
	kind, page, asset string
	form              string
}

var deeds = []deed{
	{often: 50, kind: "page_view", page: "/"}, {often: 12, kind: "page_view", page: "/pricing"}, {often: 8, kind: "page_view", page: "/case-studies"},
	{often: 15, kind: "email_click"}, {often: 8, kind: "content_download", asset: "whitepaper"}, {often: 4, kind: "webinar_attend"},
	{often: 3, kind: "form_submit", form: "demo_request"},
}

// Fill writes a history into the migrated database of a scoring service.
func Fill(ctx context.Context, db *sqldb.DB, h History) error {
	f := &filling{History: h, rand: rand.New(rand.NewPCG(h.Seed, 1)), ids: ident.Seeded(fmt.Sprint("history ", h.Seed))}
	if err := db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return f.companies(ctx, tx) }); err != nil {
		return err
	}
	for from := 0; from < h.Leads; from += perCommit {
		to := min(from+perCommit, h.Leads)
		plan := f.people(from, to)
		if err := db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return plan.write(ctx, tx) }); err != nil {
			return err
		}
	}
	return nil
}

type filling struct {
	History
	rand     *rand.Rand
	ids      ident.Source
	accounts []string
}

func one[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// companies writes the accounts, all known from the start.
func (f *filling) companies(ctx context.Context, tx *sqldb.Tx) error {
	var rows []*record.Account
	for i := range (f.Leads + perCompany - 1) / perCompany {
		source := fmt.Sprint("company-", i)
		host, err := normal.ParseHost(source + ".example")
		if err != nil {
			return err
		}
		employees := one[int64](f.rand, 40, 150, 300, 900, 4000, 20000)
		a := &record.Account{ID: f.ids.New(f.Start, "account", source), Source: "crm", SourceID: source, CreatedAt: f.Start, UpdatedAt: f.Start, Version: 1,
			Company: record.Company{DisplayName: source, Hosts: []normal.Host{host}, Employees: &employees,
				Industry: one(f.rand, "software", "fintech", "retail", "logistics"), Country: one(f.rand, "US", "GB", "DE", "FR"),
				Technologies: []string{one(f.rand, "salesforce", "hubspot", "jira")}}.Read()}
		f.accounts = append(f.accounts, a.ID)
		rows = append(rows, a)
	}
	return store.PutAccounts(ctx, tx, rows, nil, f.Start)
}

// plan is what one commit writes.
type plan struct {
	leads     []*record.Lead
	found     []store.Found
	decisions []*record.Decision
	deeds     []record.Engagement
}

// people makes some leads up, the earlier ones first.
func (f *filling) people(from, to int) *plan {
	p := &plan{}
	for i := from; i < to; i++ {
		// New leads come all the time, and each has half of the period or more to do something.
		came := f.Start.Add(time.Duration(float64(f.End.Sub(f.Start)) / 2 * float64(i) / float64(f.Leads))).Truncate(time.Microsecond)
		source, company := fmt.Sprint("lead-", i), i%len(f.accounts)
		lead := &record.Lead{ID: f.ids.New(came, "lead", source), Source: "website", SourceID: source, OccurredAt: came, CreatedAt: came, UpdatedAt: came,
			Match: record.Match{Account: f.accounts[company], Rule: match.DomainUnique, Number: 1}, Standing: standing.New(), Version: 1}
		domain := fmt.Sprintf("company-%d.example", company)
		lead.Fields = person.Profile{Email: source + "@" + domain, GivenName: "Ann", FamilyName: source, Country: "US",
			Title: one(f.rand, "VP Sales", "Director of Marketing", "Sales Manager", "Software Engineer", "Analyst", "CEO")}.Fields(dedupe.Reported, came)
		p.leads = append(p.leads, lead)
		p.found = append(p.found, store.Found{Domain: domain})
		p.decisions = append(p.decisions, &record.Decision{Lead: lead.ID, Number: 1, DecidedAt: came,
			Decision: match.Decision{Code: match.DomainUnique, AccountID: f.accounts[company]}})
		for n := range f.Deeds {
			p.deeds = append(p.deeds, f.deed(lead.ID, fmt.Sprintf("%s-%d", source, n), came))
		}
	}
	return p
}

// deed is something that a lead does after it came.
func (f *filling) deed(lead, source string, came time.Time) record.Engagement {
	at := came.Add(time.Duration(f.rand.Int64N(int64(f.End.Sub(came))))).Truncate(time.Microsecond)
	recorded := at.Add(time.Duration(f.rand.IntN(60)) * time.Second)
	if f.rand.IntN(lateShare) == 0 {
		recorded = at.Add(time.Duration(f.rand.IntN(10*24)) * time.Hour)
	}
	if recorded.After(f.End) {
		recorded = f.End
	}
	n := f.rand.IntN(100)
	var sort deed
	for _, sort = range deeds {
		if n -= sort.often; n < 0 {
			break
		}
	}
	return record.Engagement{ID: f.ids.New(at, "engagement", source), Lead: lead, Source: "website", SourceEventID: source, Type: sort.kind, Page: sort.page,
		Form: sort.form, Asset: sort.asset, Channel: "organic", OccurredAt: at, RecordedAt: recorded}
}

func (p *plan) write(ctx context.Context, tx *sqldb.Tx) error {
	for i, lead := range p.leads {
		if err := store.PutLead(tx, lead, p.found[i]); err != nil {
			return err
		}
		if err := store.AddDecision(tx, p.decisions[i]); err != nil {
			return err
		}
	}
	_, err := store.AddEngagements(ctx, tx, p.deeds)
	return err
}
