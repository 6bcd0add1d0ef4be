package demo

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"regexp"
	"strings"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

// acme is the example playbook that stands in deploy/playbooks, for people to read and to change.
//
//go:embed acme.yaml
var acme []byte

var targetList = regexp.MustCompile(`(?m)^target_accounts:\n(  - .*\n)+`)

// playbook is the example with the company's own target accounts.
func (c *company) playbook() string {
	var list strings.Builder
	list.WriteString("target_accounts:\n")
	for _, a := range c.accounts {
		if !a.target {
			continue
		}
		fmt.Fprintf(&list, "  - {domain: %s", a.domain)
		if a.owner != "" {
			fmt.Fprintf(&list, ", owner: %s", a.owner)
		}
		list.WriteString(", campaigns: [abm-q4]}\n")
	}
	return string(targetList.ReplaceAll(bytes.Clone(acme), []byte(list.String())))
}

// setup brings the company into the suite: calendars, people, pools, campaigns, accounts, and the signed playbook.
func (p *player) setup(ctx context.Context) error {
	steps := []func(context.Context) error{p.addCalendars, p.addReps, p.addPools, p.addCampaigns, p.addLists, p.signPlaybook, p.addAccounts}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) addCalendars(ctx context.Context) error {
	all := calendars()
	for _, id := range sortedKeys(all) {
		_, err := slav1.NewSlaServiceClient(p.ops).CreateCalendar(ctx, &slav1.CreateCalendarRequest{CalendarId: id, Calendar: all[id],
			RequestId: requestID("calendar", id)})
		if err != nil {
			return fmt.Errorf("add calendar %s: %w", id, err)
		}
	}
	return nil
}

func (p *player) addReps(ctx context.Context) error {
	client := routingv1.NewRoutingServiceClient(p.ops)
	for _, r := range p.company.reps {
		_, err := client.CreateRep(ctx, &routingv1.CreateRepRequest{RepId: r.id, RequestId: requestID("rep", r.id),
			Rep: &routingv1.Rep{DisplayName: r.name, Subject: r.id, Team: r.team, Calendar: "calendars/" + r.calendar, MaxPerDay: &r.maxPerDay}})
		if err != nil {
			return fmt.Errorf("add rep %s: %w", r.id, err)
		}
		for _, away := range r.away {
			_, err := client.CreateAbsence(ctx, &routingv1.CreateAbsenceRequest{Parent: "reps/" + r.id,
				RequestId: requestID("absence", r.id, away.from.String()),
				Absence:   &routingv1.Absence{StartTime: timestamppb.New(away.from), EndTime: timestamppb.New(away.to), Kind: "vacation"}})
			if err != nil {
				return fmt.Errorf("enter absence of %s: %w", r.id, err)
			}
		}
	}
	return nil
}

func (p *player) addPools(ctx context.Context) error {
	client := routingv1.NewRoutingServiceClient(p.ops)
	for _, pool := range []*routingv1.Pool{{DisplayName: "Overflow"}, {DisplayName: "Enterprise", Overflow: "pools/overflow"},
		{DisplayName: "Velocity", Overflow: "pools/overflow"}} {
		id := strings.ToLower(pool.GetDisplayName())
		for _, r := range p.company.reps {
			if r.team == id {
				pool.Members = append(pool.Members, &routingv1.PoolMember{Rep: "reps/" + r.id, Weight: r.weight})
			}
		}
		if _, err := client.CreatePool(ctx, &routingv1.CreatePoolRequest{PoolId: id, Pool: pool, RequestId: requestID("pool", id)}); err != nil {
			return fmt.Errorf("add pool %s: %w", id, err)
		}
	}
	return nil
}

func (p *player) addCampaigns(ctx context.Context) error {
	for _, c := range p.company.campaigns {
		_, err := attributionv1.NewAttributionServiceClient(p.ops).CreateCampaign(ctx, &attributionv1.CreateCampaignRequest{CampaignId: c.id,
			Campaign:  &attributionv1.Campaign{DisplayName: c.name, Channel: c.channel, Category: c.category},
			RequestId: requestID("campaign", c.id)})
		if err != nil {
			return fmt.Errorf("add campaign %s: %w", c.id, err)
		}
	}
	return nil
}

func (p *player) addLists(ctx context.Context) error {
	list := &scoringv1.ReferenceList{Name: "referenceLists/competitors"}
	for _, a := range p.company.accounts {
		if a.rival {
			list.Values = append(list.Values, a.domain)
		}
	}
	_, err := scoringv1.NewScoringServiceClient(p.ops).UpdateReferenceList(ctx, &scoringv1.UpdateReferenceListRequest{ReferenceList: list,
		RequestId: requestID("list", "competitors")})
	if err != nil {
		return fmt.Errorf("add list of competitors: %w", err)
	}
	return nil
}

// signPlaybook has marketing and sales sign, and brings the playbook into force.
func (p *player) signPlaybook(ctx context.Context) error {
	made, err := playbookv1.NewPlaybookServiceClient(p.ops).CreatePlaybook(ctx, &playbookv1.CreatePlaybookRequest{
		Playbook: &playbookv1.Playbook{Yaml: p.company.playbook()}, RequestId: requestID("playbook")})
	if err != nil {
		return fmt.Errorf("write playbook: %w", err)
	}
	for _, s := range []struct {
		as   playbookv1.PlaybookServiceClient
		team playbookv1.Team
	}{
		{playbookv1.NewPlaybookServiceClient(p.marketingLead), playbookv1.Team_TEAM_MARKETING},
		{playbookv1.NewPlaybookServiceClient(p.salesManager), playbookv1.Team_TEAM_SALES},
	} {
		_, err := s.as.SignPlaybook(ctx, &playbookv1.SignPlaybookRequest{Name: made.GetName(), Team: s.team, RequestId: requestID("sign", s.team.String())})
		if err != nil {
			return fmt.Errorf("sign playbook: %w", err)
		}
	}
	_, err = playbookv1.NewPlaybookServiceClient(p.salesManager).ActivatePlaybook(ctx, &playbookv1.ActivatePlaybookRequest{Name: made.GetName(),
		RequestId: requestID("activate")})
	if err != nil {
		return fmt.Errorf("bring playbook into force: %w", err)
	}
	return nil
}

func (p *player) addAccounts(ctx context.Context) error {
	req := &scoringv1.BatchCreateAccountsRequest{RequestId: requestID("accounts")}
	for _, a := range p.company.accounts {
		made := &scoringv1.Account{Source: "crm", SourceId: a.id, DisplayName: a.name, Domains: []string{a.domain}, Industry: a.industry,
			Country: a.country, Employees: &a.employees, Technologies: a.tech, Customer: a.customer,
			AnnualRevenue: &money.Money{CurrencyCode: "USD", Units: a.revenue}}
		if a.owner != "" {
			made.Owner = "reps/" + a.owner
		}
		req.Requests = append(req.Requests, &scoringv1.CreateAccountRequest{Account: made})
	}
	if _, err := scoringv1.NewScoringServiceClient(p.ops).BatchCreateAccounts(ctx, req); err != nil {
		return fmt.Errorf("add accounts: %w", err)
	}
	return nil
}
