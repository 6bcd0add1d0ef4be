package record

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

// Account is one company.
type Account struct {
	ID, Source, SourceID string
	Test                 bool
	Company
	CreatedAt, UpdatedAt time.Time
	Version, Events      int64
	Seq                  int64 // the number of its last change among those of all accounts
}

// Company is what is known of a company, and kept as of each instant.
type Company struct {
	DisplayName  string            `json:"display_name"`
	Hosts        []normal.Host     `json:"hosts,omitempty"`
	Industry     string            `json:"industry,omitempty"`
	Employees    *int64            `json:"employees,omitempty"`
	Revenue      *criteria.Money   `json:"revenue,omitempty"`
	Country      string            `json:"country,omitempty"` // the code, or as typed if it is unknown
	PostalCode   string            `json:"postal_code,omitempty"`
	Phone        string            `json:"phone,omitempty"` // E.164, or as typed if it cannot be read
	Technologies []string          `json:"technologies,omitempty"`
	Parent       string            `json:"parent,omitempty"` // the id of the account above it
	Owner        string            `json:"owner,omitempty"`  // the id of the rep
	Customer     bool              `json:"customer,omitempty"`
	Attributes   map[string]string `json:"attributes,omitempty"`

	Keys  CompanyKeys `json:"keys"`
	Deals Deals       `json:"deals"`
}

// CompanyKeys are what the company is compared by; each is empty if unknown.
type CompanyKeys struct {
	Name    string `json:"name,omitempty"`    // of normal.Company
	Country string `json:"country,omitempty"` // ISO 3166-1 alpha-2
	Postal  string `json:"postal,omitempty"`  // of normal.Postal
	Phone   string `json:"phone,omitempty"`   // E.164
}

// Deals is what the company's opportunities come to.
type Deals struct {
	Open  bool   `json:"open,omitempty"`
	Owner string `json:"owner,omitempty"` // the id of the rep who owns the open one; empty if nobody
	Won   bool   `json:"won,omitempty"`
}

// Read puts a company into its stored form and derives its keys. What cannot be read stays as typed and means nothing.
func (c Company) Read() Company {
	c.Industry = strings.ToLower(c.Industry)
	c.Technologies = lowered(c.Technologies)
	c.Keys = CompanyKeys{}
	if name, err := normal.Company(c.DisplayName); err == nil {
		c.Keys.Name = name
	}
	if code, err := normal.Country(c.Country); err == nil {
		c.Keys.Country, c.Country = code, code
	}
	if code, err := normal.Postal(c.PostalCode, c.Keys.Country); err == nil {
		c.Keys.Postal = code
	}
	if number, err := normal.Phone(c.Phone, c.Keys.Country); err == nil {
		c.Keys.Phone, c.Phone = number, number
	}
	return c
}

// Equal reports whether the same is known of two companies, in their stored form.
func (c *Company) Equal(other *Company) bool {
	return reflect.DeepEqual(c.bare(), other.bare())
}

// MatchesAs reports whether leads are matched to a company as they were before it changed.
func (c *Company) MatchesAs(other *Company) bool {
	return c.Keys == other.Keys && c.Parent == other.Parent && slices.Equal(c.Hosts, other.Hosts)
}

// bare is the company with what is empty in one form.
func (c *Company) bare() Company {
	bare := *c
	if len(bare.Attributes) == 0 {
		bare.Attributes = nil
	}
	if len(bare.Hosts) == 0 {
		bare.Hosts = nil
	}
	return bare
}

func lowered(texts []string) []string {
	var lower []string
	for _, text := range texts {
		if text = strings.ToLower(text); !slices.Contains(lower, text) {
			lower = append(lower, text)
		}
	}
	return lower
}

// Domains are the registrable domains of the company, the main one first.
func (c *Company) Domains() []string {
	var domains []string
	for _, host := range c.Hosts {
		if host.Domain != "" && !slices.Contains(domains, host.Domain) {
			domains = append(domains, host.Domain)
		}
	}
	return domains
}

// IsCustomer reports whether it buys from us, by what the account says or because a deal was won.
func (c *Company) IsCustomer() bool { return c.Customer || c.Deals.Won }

// Facts are what expressions see of the company. Target and owner follow from the policy.
func (c *Company) Facts() criteria.Account {
	facts := criteria.Account{
		Industry:           text(c.Industry),
		Country:            text(c.Keys.Country),
		IsCustomer:         criteria.Known(c.IsCustomer()),
		HasOpenOpportunity: criteria.Known(c.Deals.Open),
		Attributes:         c.Attributes,
	}
	if domains := c.Domains(); len(domains) > 0 {
		facts.Domain, facts.Domains = criteria.Known(domains[0]), criteria.Known(domains)
	}
	if c.Employees != nil {
		facts.Employees = criteria.Known(*c.Employees)
	}
	if c.Revenue != nil {
		facts.AnnualRevenue = criteria.Known(*c.Revenue)
	}
	if len(c.Technologies) > 0 {
		facts.Technologies = criteria.Known(c.Technologies)
	}
	return facts
}

func text(value string) criteria.Opt[string] {
	return criteria.Opt[string]{Value: value, Known: value != ""}
}

// Match is the account as matching sees it, given the ids of the accounts above it, the nearest first.
func (a *Account) Match(ancestors []string) match.Account {
	return match.Account{ID: a.ID, Active: true, Hosts: a.Hosts, Name: a.Keys.Name, Country: a.Keys.Country, Phone: a.Keys.Phone,
		Postal: a.Keys.Postal, Ancestors: ancestors}
}
