package importer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

// suite is the suite as the importer calls it.
type suite struct {
	scoring     scoringv1.ScoringServiceClient
	attribution attributionv1.AttributionServiceClient
	routing     routingv1.RoutingServiceClient
	attempts    int
}

// Times of calls.
const (
	callTimeout = 50 * time.Second // of one attempt; the suite ends a call after a minute
	firstWait   = 200 * time.Millisecond
	longestWait = 10 * time.Second
)

// taking is what the suite made of a batch.
type taking struct {
	names   []mapping.Known // one for each draft, of the kinds that have names
	waiting int64           // engagements of people who are not known yet
}

// take sends a batch of one kind, and again as long as nothing is known of the outcome.
func (s *suite) take(ctx context.Context, batch []*mapping.Draft, requestID string) (got taking, err error) {
	err = s.patiently(ctx, func(ctx context.Context) error {
		got, err = s.send(ctx, batch, requestID)
		return err
	})
	return got, err
}

// patiently calls until there is an answer, or no hope of one.
func (s *suite) patiently(ctx context.Context, call func(context.Context) error) error {
	for attempt := 1; ; attempt++ {
		limited, cancel := context.WithTimeout(ctx, callTimeout)
		err := call(limited)
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case judge(err) != again:
			return err
		case attempt == s.attempts:
			return fmt.Errorf("no answer after %d attempts: %w", attempt, err)
		}
		ceiling := min(firstWait<<min(attempt-1, 20), longestWait)
		wait := time.NewTimer(max(retryAfter(err), rand.N(ceiling)))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		}
	}
}

// send makes the call for a batch.
func (s *suite) send(ctx context.Context, batch []*mapping.Draft, requestID string) (taking, error) {
	switch kind := batch[0].Key.Kind; kind {
	case mapping.Rep, mapping.Campaign:
		return s.create(ctx, batch[0], requestID)
	case mapping.Account:
		req := &scoringv1.BatchCreateAccountsRequest{RequestId: requestID}
		for _, m := range messages[*scoringv1.Account](batch) {
			req.Requests = append(req.Requests, &scoringv1.CreateAccountRequest{Account: m})
		}
		resp, err := s.scoring.BatchCreateAccounts(ctx, req)
		return taking{names: named(resp.GetAccounts())}, err
	case mapping.Lead:
		req := &scoringv1.BatchCreateLeadsRequest{RequestId: requestID}
		for _, m := range messages[*scoringv1.Lead](batch) {
			req.Requests = append(req.Requests, &scoringv1.CreateLeadRequest{Lead: m})
		}
		resp, err := s.scoring.BatchCreateLeads(ctx, req)
		got := taking{names: named(resp.GetLeads())}
		for i, l := range resp.GetLeads() {
			got.names[i].FirstContact = l.GetOccurTime().AsTime()
		}
		return got, err
	case mapping.Opportunity:
		req := &attributionv1.BatchCreateOpportunitiesRequest{RequestId: requestID}
		for _, m := range messages[*attributionv1.Opportunity](batch) {
			req.Requests = append(req.Requests, &attributionv1.CreateOpportunityRequest{Opportunity: m})
		}
		resp, err := s.attribution.BatchCreateOpportunities(ctx, req)
		return taking{names: named(resp.GetOpportunities())}, err
	case mapping.Engagement:
		resp, err := s.scoring.BatchRecordEngagements(ctx, &scoringv1.BatchRecordEngagementsRequest{
			Engagements: messages[*scoringv1.Engagement](batch), RequestId: requestID})
		return taking{waiting: int64(resp.GetWaitingCount())}, err
	case mapping.Spend:
		resp, err := s.attribution.BatchRecordSpends(ctx, &attributionv1.BatchRecordSpendsRequest{
			Spends: messages[*attributionv1.Spend](batch), RequestId: requestID})
		return taking{names: named(resp.GetSpends())}, err
	default:
		return taking{}, fmt.Errorf("import a %s: there is no such call", kind)
	}
}

// create makes something whose name the importer chose. That it exists already is as good.
func (s *suite) create(ctx context.Context, d *mapping.Draft, requestID string) (taking, error) {
	var err error
	switch m := d.Message.(type) {
	case *routingv1.Rep:
		_, err = s.routing.CreateRep(ctx, &routingv1.CreateRepRequest{RepId: d.Key.ID, Rep: m, RequestId: requestID})
	case *attributionv1.Campaign:
		_, err = s.attribution.CreateCampaign(ctx, &attributionv1.CreateCampaignRequest{CampaignId: d.Key.ID, Campaign: m, RequestId: requestID})
	}
	if st := answered(err); err != nil && st != nil && st.Code() == codes.AlreadyExists {
		err = nil
	}
	return taking{names: []mapping.Known{{Name: d.Key.Kind.Collection() + "/" + d.Key.ID}}}, err
}

// knows reports whether the suite still has a resource.
func (s *suite) knows(ctx context.Context, name string) (bool, error) {
	err := s.patiently(ctx, func(ctx context.Context) (err error) {
		switch collection, _, _ := strings.Cut(name, "/"); collection {
		case mapping.Rep.Collection():
			_, err = s.routing.GetRep(ctx, &routingv1.GetRepRequest{Name: name})
		case mapping.Campaign.Collection():
			_, err = s.attribution.GetCampaign(ctx, &attributionv1.GetCampaignRequest{Name: name})
		case mapping.Account.Collection():
			_, err = s.scoring.GetAccount(ctx, &scoringv1.GetAccountRequest{Name: name})
		case mapping.Lead.Collection():
			_, err = s.scoring.GetLead(ctx, &scoringv1.GetLeadRequest{Name: name})
		case mapping.Opportunity.Collection():
			_, err = s.attribution.GetOpportunity(ctx, &attributionv1.GetOpportunityRequest{Name: name})
		}
		return err
	})
	if st := answered(err); err != nil && st != nil && st.Code() == codes.NotFound {
		return false, nil
	}
	return err == nil, err
}

// witnessed reports whether the suite can be asked for a resource of the kind.
func witnessed(k mapping.Kind) bool { return k != mapping.Engagement && k != mapping.Spend }

// messages are the messages of drafts of one kind.
func messages[M proto.Message](batch []*mapping.Draft) []M {
	all := make([]M, 0, len(batch))
	for _, d := range batch {
		if m, ok := d.Message.(M); ok { // it is: the kind says so
			all = append(all, m)
		}
	}
	return all
}

// named are the names of resources.
func named[R interface{ GetName() string }](resources []R) []mapping.Known {
	all := make([]mapping.Known, len(resources))
	for i, r := range resources {
		all[i].Name = r.GetName()
	}
	return all
}
