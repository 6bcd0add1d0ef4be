package demo

import (
	"fmt"
	"strings"
	"time"
)

// Month is the month of the play: 31 days from a Monday.
var (
	Start = time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	End   = Start.AddDate(0, 0, 31)
)

// account is a company in the books.
type account struct {
	id        string // in the CRM
	name      string
	domain    string
	industry  string
	country   string
	employees int64
	revenue   int64 // a year, in whole dollars
	tech      []string
	target    bool
	customer  bool
	owner     string // a rep; empty for nobody
	rival     bool
}

// rep is a person who works leads, and their temper.
type rep struct {
	id, name, calendar, team string
	pools                    []string
	maxPerDay                int32
	away                     []span  // whole days
	pace                     float64 // worked minutes until an answer, on average
	rejects                  float64 // how often a lead is rejected
	declines                 float64 // how often it is not theirs
	silent                   float64 // how often nobody calls
}

type span struct{ from, to time.Time }

// campaign is something that marketing does.
type campaign struct {
	id, name, channel, category string
	weekly                      int64 // dollars
	weight                      float64
}

// company is everything that is there before the month begins.
type company struct {
	accounts  []account
	reps      []rep
	campaigns []campaign
}

func newCompany(seed string) *company {
	c := &company{reps: cast(seed), campaigns: campaigns()}
	var owners []string
	for _, r := range c.reps {
		if r.team == "enterprise" {
			owners = append(owners, r.id)
		}
	}
	for i := range 300 {
		c.accounts = append(c.accounts, newAccount(seed, i, owners))
	}
	return c
}

func campaigns() []campaign {
	return []campaign{
		{"brand-search", "Brand search", "paid_search", "lead_gen", 4200, 3},
		{"pricing-search", "Pricing search", "paid_search", "lead_gen", 6100, 2},
		{"spring-webinar", "Spring webinar", "webinar", "lead_gen", 2500, 2},
		{"abm-q4", "Target accounts", "display", "abm", 9000, 2},
		{"revops-summit", "RevOps summit", "event", "account_targeting", 7500, 1.5},
		{"newsletter", "Newsletter", "email", "lead_gen", 600, 2},
		{"guides", "Guides and checklists", "organic_search", "lead_gen", 1200, 3},
		{"social", "Social", "paid_social", "lead_gen", 3300, 2},
	}
}

var (
	firstParts  = []string{"Alder", "Basalt", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper", "Krypton", "Lumen", "Meridian", "Nimbus", "Onyx", "Pioneer", "Quartz", "Rowan", "Sierra", "Tundra", "Umber", "Vector", "Willow", "Xenon", "Yarrow", "Zenith", "Østfold", "Étoile", "Müller", "São Jorge"}
	secondParts = []string{"Software", "Logistics", "Payments", "Analytics", "Freight", "Systems", "Cloud", "Labs", "Networks", "Data"}
	legalForms  = []string{"Inc.", "LLC", "GmbH", "Ltd", "Corp.", "AG", "Pte Ltd", ""}
)

func newAccount(seed string, i int, owners []string) account {
	l := luck(seed, "account", fmt.Sprint(i))
	first, second := firstParts[i%len(firstParts)], secondParts[i/len(firstParts)]
	a := account{
		id:     fmt.Sprintf("A-%04d", i+1),
		name:   strings.TrimSpace(first + " " + second + " " + pick(l, legalForms)),
		domain: fmt.Sprintf("%s-%s.example", ascii(first), strings.ToLower(second)),
	}
	fits := l.happens(0.7)
	a.industry = pick(l, []string{"software", "fintech", "logistics"})
	a.country = pick(l, []string{"US", "US", "US", "GB", "DE", "CA"})
	a.employees = 200 + int64(l.IntN(4000))
	a.tech = []string{pick(l, []string{"salesforce", "hubspot"}), "slack"}
	if !fits {
		a.industry = pick(l, []string{"retail", "healthcare", "software"})
		a.country = pick(l, []string{"FR", "IN", "US", "BR"})
		a.employees = 3 + int64(l.IntN(180))
		a.tech = []string{"spreadsheets"}
	}
	a.revenue = a.employees * (90_000 + int64(l.IntN(120_000)))
	a.target = fits && l.happens(0.8)
	if a.target && l.happens(0.5) {
		a.owner = pick(l, owners)
	}
	a.customer = l.happens(0.04)
	a.rival = !a.target && !a.customer && l.happens(0.03)
	return a
}

// ascii is a name as it stands in a domain.
func ascii(s string) string {
	return strings.NewReplacer(" ", "-", "ø", "o", "é", "e", "ü", "u", "ã", "a").Replace(
		strings.NewReplacer("Ø", "o", "É", "e").Replace(strings.ToLower(s)))
}
