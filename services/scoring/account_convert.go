package scoring

import (
	"fmt"
	"slices"

	moneypb "google.golang.org/genproto/googleapis/type/money"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/money"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// toAccount is an account as the API shows it.
func toAccount(a *record.Account, target bool) *scoringv1.Account {
	out := &scoringv1.Account{Name: accountName(a.ID), Source: a.Source, SourceId: a.SourceID, DisplayName: a.DisplayName, Industry: a.Industry,
		Employees: a.Employees, Country: a.Country, PostalCode: a.PostalCode, Phone: a.Phone, Technologies: slices.Clone(a.Technologies),
		Parent: accountName(a.Parent), Owner: repName(a.Owner), Customer: a.IsCustomer(), Attributes: a.Attributes, Target: target,
		OpenOpportunity: a.Deals.Open, Test: a.Test, CreateTime: instant(a.CreatedAt), UpdateTime: instant(a.UpdatedAt), Etag: etag.Of(a.Version)}
	for _, host := range a.Hosts {
		out.Domains = append(out.Domains, host.Name)
	}
	if a.Revenue != nil {
		out.AnnualRevenue = &moneypb.Money{CurrencyCode: a.Revenue.Currency, Units: a.Revenue.Units, Nanos: a.Revenue.Nanos}
	}
	return out
}

// company is what a caller says of a company. Path leads to the account in the request.
func company(a *scoringv1.Account, path string) (record.Company, error) {
	hosts, err := hostsOf(a.GetDomains(), path)
	if err != nil {
		return record.Company{}, err
	}
	revenue, err := revenueOf(a.GetAnnualRevenue(), path)
	if err != nil {
		return record.Company{}, err
	}
	return record.Company{DisplayName: a.GetDisplayName(), Hosts: hosts, Industry: a.GetIndustry(), Employees: a.Employees, Revenue: revenue,
		Country: a.GetCountry(), PostalCode: a.GetPostalCode(), Phone: a.GetPhone(), Technologies: a.GetTechnologies(),
		Parent: ident.ID(a.GetParent(), "accounts"), Owner: ident.ID(a.GetOwner(), "reps"), Customer: a.GetCustomer(),
		Attributes: a.GetAttributes()}.Read(), nil
}

func hostsOf(domains []string, path string) ([]normal.Host, error) {
	var hosts []normal.Host
	for i, domain := range domains {
		host, err := normal.ParseWebsite(domain)
		if err != nil {
			return nil, fault.Field(fmt.Sprintf("%sdomains[%d]", path, i), "is not a domain")
		}
		if !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts, nil
}

// revenueOf reads an amount that is not negative.
func revenueOf(given *moneypb.Money, path string) (*criteria.Money, error) {
	if given == nil {
		return nil, nil
	}
	amount, err := money.Parse(given)
	if err != nil {
		return nil, fault.Field(path+"annual_revenue", "%v", err)
	}
	if amount.Minor < 0 {
		return nil, fault.Field(path+"annual_revenue", "is negative")
	}
	return &criteria.Money{Currency: given.GetCurrencyCode(), Units: given.GetUnits(), Nanos: given.GetNanos()}, nil
}
