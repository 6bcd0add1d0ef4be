package scoring

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// toLead is a lead as the API shows it, with what is known of the person.
func toLead(l *record.Lead, who *person.Person) *scoringv1.Lead {
	_, ref, _ := strings.Cut(who.AccountRef, "/")
	return &scoringv1.Lead{
		Name: leadName(l.ID), Source: l.Source, SourceId: l.SourceID,
		Email: who.Email, GivenName: who.GivenName, FamilyName: who.FamilyName, Phone: who.Phone, Title: who.Title, Company: who.Company,
		Country: who.Country, PostalCode: who.PostalCode, Campaign: campaignName(who.Campaign), Attributes: who.Attributes,
		OccurTime: instant(l.OccurredAt), AccountSourceId: ref, Account: accountName(l.Match.Account),
		Seniority: who.Seniority(), Function: who.Function(), EmailDomainKind: string(who.Address.Kind),
		Qualification: scoringv1.Lead_Qualification(l.Standing.Qualification), Disqualifier: l.Standing.Disqualifier,
		Score: toSummary(&l.Score), Cycle: l.Standing.Cycle, Handoff: ident.Name("handoffs", l.Standing.Handoff),
		Partner: l.Partner, MergedInto: leadName(l.MergedInto), Test: l.Test,
		CreateTime: instant(l.CreatedAt), UpdateTime: instant(l.UpdatedAt), Etag: etag.Of(l.Version),
	}
}

// toSummary is the stored score of a lead; missing before the first playbook.
func toSummary(s *record.Snapshot) *scoringv1.ScoreSummary {
	if s.Playbook == 0 {
		return nil
	}
	return &scoringv1.ScoreSummary{FitMicros: s.Fit, EngagementMicros: s.Engagement, CombinedMicros: s.Combined,
		Intent: playbookv1.IntentLevel(s.Intent), OverLine: s.OverLine, CompletenessPercent: int32(s.Completeness),
		Playbook: playbookName(s.Playbook), AsOfTime: timestamppb.New(s.AsOf), Personas: s.Personas}
}

// profile is what a caller says of a person.
func profile(l *scoringv1.Lead) person.Profile {
	return person.Profile{Email: l.GetEmail(), GivenName: l.GetGivenName(), FamilyName: l.GetFamilyName(), Phone: l.GetPhone(), Title: l.GetTitle(),
		Company: l.GetCompany(), Country: l.GetCountry(), PostalCode: l.GetPostalCode(), Campaign: ident.ID(l.GetCampaign(), "campaigns"),
		AccountRef: person.Ref(l.GetSource(), l.GetAccountSourceId()), Attributes: l.GetAttributes()}
}

// newcomer reads a lead that is to be taken in. What it says counts as reported, whoever passes it on. Path leads to the
// request within the caller's; natural tells leads without any key apart.
func (s *Service) newcomer(ctx context.Context, req *scoringv1.CreateLeadRequest, path, natural string, now time.Time) (*newcomer, error) {
	given, actor := req.GetLead(), auth.ActorFrom(ctx)
	if given.GetSource() == "" {
		return nil, fault.Field(path+"lead.source", "is required")
	}
	who, err := person.Read(profile(given))
	if err != nil {
		return nil, fault.Field(path+"lead.email", "is not an e-mail address")
	}
	occurred, err := since(given.GetOccurTime(), path+"lead.occur_time", now)
	if err != nil {
		return nil, err
	}
	n := &newcomer{who: who, lead: record.Lead{Source: given.GetSource(), SourceID: given.GetSourceId(), Partner: actor.GetPartner(), Test: s.cfg.Test,
		Fields: who.Profile.Fields(dedupe.Reported, now), OccurredAt: occurred, CreatedAt: now, Standing: standing.New()}}
	if !scope.Wide(actor) {
		n.scope = actor.GetPartner()
	}
	if keys := n.keys(); len(keys) > 0 {
		natural = fmt.Sprint(keys)
	} else {
		natural += fmt.Sprint(who.Profile)
	}
	n.lead.ID = s.cfg.IDs.New(now, "lead", natural)
	for i, e := range req.GetEngagements() {
		field := fmt.Sprintf("%sengagements[%d].", path, i)
		if e.GetWho() != nil {
			return nil, fault.Field(field+"who", "is the lead of the request and must not be given")
		}
		engagement, err := s.engagement(e, field, now)
		if err != nil {
			return nil, err
		}
		n.engagements = append(n.engagements, engagement)
	}
	return n, nil
}

// since is when something began that a caller says; now if it does not say.
func since(given *timestamppb.Timestamp, path string, now time.Time) (time.Time, error) {
	at := moment(given)
	switch {
	case at.IsZero():
		return now, nil
	case at.After(now):
		return time.Time{}, fault.Field(path, "is in the future")
	default:
		return at, nil
	}
}
