package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The month of the play: May 2026, which begins on a Friday and has a holiday in every country of the company.
var (
	Start = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	End   = Start.AddDate(0, 1, 0)
)

// account is a company in the books.
type account struct {
	id        string // in the CRM
	name      string
	domain    string
	industry  string
	country   string
	employees int64 // by the books
	size      int64 // how many work there really
	revenue   int64 // a year, in whole dollars
	tech      []string
	target    bool
	customer  bool
	owner     string // a rep; empty for nobody
	rival     bool
	reach     reach
	pitch     time.Time // when sales opens a deal of its own there; zero for never
}

// american reports whether its people work by American hours.
func (a *account) american() bool { return slices.Contains([]string{"US", "CA", "BR"}, a.country) }

// reach says whom marketing reaches at an account.
type reach uint8

const (
	anytime    reach = iota // people come forward at any time
	afterPitch              // they do once sales has opened its deal: marketing influences it and did not source it
	never                   // sales is alone there
)

// reached reports whether marketing reaches people of the account at an instant.
func (a *account) reached(at time.Time) bool {
	return a.reach == anytime || a.reach == afterPitch && at.After(a.pitch)
}

// rep is a person who works leads, and their temper.
type rep struct {
	id, name, calendar, team string
	maxPerDay                int32
	weight                   int32   // of the rep's share of the pool
	away                     []span  // whole days
	pace                     float64 // worked minutes until an answer, on average
	rejects                  float64 // how often a lead is rejected
	declines                 float64 // how often it is not theirs
	silent                   float64 // how often nobody calls
}

type span struct{ from, to time.Time }

// daysOff is how many working days a rep is away, holidays apart.
func (r rep) daysOff() (days int64) {
	for _, away := range r.away {
		for day := away.from; day.Before(away.to); day = day.AddDate(0, 0, 1) {
			if !weekend(day) {
				days++
			}
		}
	}
	return days
}

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

// accounts is how many companies are in the books.
const accounts = 420

func newCompany(seed string) *company {
	c := &company{reps: cast(seed), campaigns: campaigns()}
	var owners []string
	for _, r := range c.reps {
		if r.team == enterprise {
			owners = append(owners, r.id)
		}
	}
	for i := range accounts {
		c.accounts = append(c.accounts, newAccount(seed, i, owners))
	}
	return c
}

// rep gives a rep by id.
func (c *company) rep(id string) rep {
	for _, r := range c.reps {
		if r.id == id {
			return r
		}
	}
	return rep{id: id, name: id}
}

func campaigns() []campaign {
	return []campaign{
		{"brand-search", "Brand search", "paid_search", "lead_gen", 9200, 3},
		{"pricing-search", "Pricing search", "paid_search", "lead_gen", 12100, 2},
		{"spring-webinar", "Spring webinar", "webinar", "lead_gen", 7500, 2},
		{"abm-q4", "Target accounts", "display", "abm", 21000, 2},
		{"revops-summit", "RevOps summit", "event", "account_targeting", 16500, 1.5},
		{"newsletter", "Newsletter", "email", "lead_gen", 1400, 2},
		{"guides", "Guides and checklists", "organic_search", "lead_gen", 3200, 3},
		{"social", "Social", "paid_social", "lead_gen", 6300, 2},
	}
}

var (
	firstParts  = []string{"Alder", "Basalt", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper", "Krypton", "Lumen", "Meridian", "Nimbus", "Onyx", "Pioneer", "Quartz", "Rowan", "Sierra", "Tundra", "Umber", "Vector", "Willow", "Xenon", "Yarrow", "Zenith", "Østfold", "Étoile", "Müller", "São Jorge"}
	secondParts = []string{"Software", "Logistics", "Payments", "Analytics", "Freight", "Systems", "Cloud", "Labs", "Networks", "Data", "Robotics", "Energy", "Health", "Studios"}
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
	a.size = a.employees
	if fits {
		a.grow(luck(seed, "size", a.id))
	}
	a.revenue = a.employees * (90_000 + int64(l.IntN(120_000)))
	a.target = fits && l.happens(0.52)
	if a.target && l.happens(0.5) {
		a.owner = pick(l, owners)
	}
	a.customer = l.happens(0.04)
	a.rival = !a.target && !a.customer && l.happens(0.03)
	if fits && !a.customer {
		a.hunt(luck(seed, "hunt", a.id))
	}
	return a
}

// grow decides how large a company that fits otherwise is. Many are smaller than the product is made for, which nobody has
// written into the playbook yet; some are smaller than the playbook wants; and of some the books say too much.
func (a *account) grow(l chance) {
	switch a.employees = 400 + int64(l.IntN(3800)); l.weighted(0.64, 0.28, 0.04, 0.04) {
	case 1:
		a.employees = 200 + int64(l.IntN(200))
	case 2:
		a.employees = 40 + int64(l.IntN(140))
	case 3:
		a.size = 40 + int64(l.IntN(140))
		return
	}
	a.size = a.employees
}

// hunt decides whether sales goes after the account by itself, and whom marketing reaches there.
func (a *account) hunt(l chance) {
	switch l.weighted(0.78, 0.05, 0.06, 0.11) {
	case 0:
		return
	case 1: // sales writes the deal down as its own, but marketing was mostly there before
		a.reach = anytime
	case 2:
		a.reach = afterPitch
	default:
		a.reach = never
	}
	for a.pitch.IsZero() || weekend(a.pitch) {
		a.pitch = Start.AddDate(0, 0, l.IntN(26)).Add(time.Duration(8+l.IntN(9)) * time.Hour)
	}
}

func weekend(t time.Time) bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }

// ascii is a name as it stands in a domain.
func ascii(s string) string {
	return strings.NewReplacer(" ", "-", "ø", "o", "é", "e", "ü", "u", "ã", "a").Replace(
		strings.NewReplacer("Ø", "o", "É", "e").Replace(strings.ToLower(s)))
}
