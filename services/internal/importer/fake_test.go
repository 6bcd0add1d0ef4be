package importer_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// fake is a suite that keeps the promises which the importer relies on: a batch is taken in whole or not at all, a request
// id has one effect, and so has a natural key.
type fake struct {
	scoringv1.ScoringServiceClient
	attributionv1.AttributionServiceClient
	routingv1.RoutingServiceClient

	// store is what was taken in, by kind and natural key, such as `lead/crm/1`.
	store   map[string]proto.Message
	answers map[string]answer // by request id
	writes  int               // calls that would change something
	effects int               // changes
	largest int               // rows of a batch, the most
	// refuses says what is wrong with a resource; empty if nothing is. The answer to a batch names the row if guide is set.
	refuses func(proto.Message) string
	guide   bool
	refused map[string]bool // keys of resources that were refused alone
	// before and after stand in for what can happen to a call, by its number from 1: an error instead of the work, or
	// instead of the answer.
	before, after func(call int) error
}

type answer struct {
	digest   string
	response proto.Message
}

func newFake() *fake {
	return &fake{store: map[string]proto.Message{}, answers: map[string]answer{}, refused: map[string]bool{}}
}

// keys are the natural keys of a kind.
func (f *fake) keys(kind string) []string {
	var keys []string
	for _, k := range slices.Sorted(maps.Keys(f.store)) {
		if rest, ok := strings.CutPrefix(k, kind+"/"); ok {
			keys = append(keys, rest)
		}
	}
	return keys
}

// nameOf is what the suite calls something.
func nameOf(collection, key string) string {
	sum := sha256.Sum256([]byte(key))
	return collection + "/" + hex.EncodeToString(sum[:16])
}

func digest(m proto.Message) string {
	b, _ := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	sum := sha256.Sum256(b)
	return string(sum[:])
}

// do is a write: what can happen to a call, the memory of requests, and the work, all or nothing.
func (f *fake) do(requestID string, req proto.Message, work func() (proto.Message, error)) (proto.Message, error) {
	f.writes++
	if f.before != nil {
		if err := f.before(f.writes); err != nil {
			return nil, err
		}
	}
	resp, err := f.once(requestID, req, work)
	if err == nil && f.after != nil {
		err = f.after(f.writes)
	}
	return resp, err
}

func (f *fake) once(requestID string, req proto.Message, work func() (proto.Message, error)) (proto.Message, error) {
	if known, ok := f.answers[requestID]; ok {
		if known.digest != digest(req) {
			return nil, status.Error(codes.InvalidArgument, "request id was used for something else")
		}
		return known.response, nil
	}
	resp, err := work()
	if err == nil {
		f.answers[requestID] = answer{digest(req), resp}
	}
	return resp, err
}

// batch takes in resources, all or none.
func batch[M proto.Message](f *fake, kind, path string, all []M, key func(M) string) error {
	f.largest = max(f.largest, len(all))
	for i, m := range all {
		if why := f.complaint(m); why != "" {
			if len(all) == 1 {
				f.refused[kind+"/"+key(m)] = true
			}
			return f.refusal(fmt.Sprintf(path, i), why)
		}
	}
	for _, m := range all {
		f.put(kind+"/"+key(m), m)
	}
	return nil
}

func (f *fake) complaint(m proto.Message) string {
	if f.refuses == nil {
		return ""
	}
	return f.refuses(m)
}

func (f *fake) refusal(path, why string) error {
	details := []protoadapt.MessageV1{&errdetails.ErrorInfo{Reason: "FIELD_INVALID", Domain: "handoff.dev"}}
	if f.guide {
		details = append(details, &errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: path, Description: why}}})
	}
	st, err := status.New(codes.InvalidArgument, why).WithDetails(details...)
	if err != nil {
		return err
	}
	return st.Err()
}

// put merges a resource into what is known under its key.
func (f *fake) put(key string, m proto.Message) {
	known, ok := f.store[key]
	if !ok {
		f.store[key] = proto.Clone(m)
		f.effects++
		return
	}
	merged := proto.Clone(known)
	if given, _ := m.(*attributionv1.Opportunity); len(given.GetContacts()) > 0 {
		merged.(*attributionv1.Opportunity).Contacts = nil // a list is replaced
	}
	proto.Merge(merged, m)
	if !proto.Equal(merged, known) {
		f.effects++
	}
	f.store[key] = merged
}

func (f *fake) create(kind, id string, m proto.Message) error {
	if why := f.complaint(m); why != "" {
		f.refused[kind+"/"+id] = true
		return f.refusal(kind+".display_name", why)
	}
	if _, ok := f.store[kind+"/"+id]; ok {
		return status.Error(codes.AlreadyExists, "exists already")
	}
	f.put(kind+"/"+id, m)
	return nil
}

func (f *fake) CreateCampaign(_ context.Context, req *attributionv1.CreateCampaignRequest, _ ...grpc.CallOption) (*attributionv1.Campaign, error) {
	resp, err := f.do(req.GetRequestId(), req, func() (proto.Message, error) {
		return req.GetCampaign(), f.create("campaign", req.GetCampaignId(), req.GetCampaign())
	})
	c, _ := resp.(*attributionv1.Campaign)
	return c, err
}

func (f *fake) CreateRep(_ context.Context, req *routingv1.CreateRepRequest, _ ...grpc.CallOption) (*routingv1.Rep, error) {
	resp, err := f.do(req.GetRequestId(), req, func() (proto.Message, error) {
		return req.GetRep(), f.create("rep", req.GetRepId(), req.GetRep())
	})
	r, _ := resp.(*routingv1.Rep)
	return r, err
}

func (f *fake) BatchCreateAccounts(_ context.Context, req *scoringv1.BatchCreateAccountsRequest, _ ...grpc.CallOption) (*scoringv1.BatchCreateAccountsResponse, error) {
	resp, err := f.do(req.GetRequestId(), req, func() (proto.Message, error) {
		var all []*scoringv1.Account
		resp := &scoringv1.BatchCreateAccountsResponse{}
		for _, r := range req.GetRequests() {
			all = append(all, r.GetAccount())
			resp.Accounts = append(resp.Accounts, &scoringv1.Account{Name: nameOf("accounts", r.GetAccount().GetSourceId())})
		}
		return resp, batch(f, "account", "requests[%d].account.display_name", all, func(a *scoringv1.Account) string { return a.GetSource() + "/" + a.GetSourceId() })
	})
	r, _ := resp.(*scoringv1.BatchCreateAccountsResponse)
	return r, err
}

// unknownContact is when the fake first hears of leads without a first contact.
var unknownContact = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func (f *fake) BatchCreateLeads(_ context.Context, req *scoringv1.BatchCreateLeadsRequest, _ ...grpc.CallOption) (*scoringv1.BatchCreateLeadsResponse, error) {
	resp, err := f.do(req.GetRequestId(), req, func() (proto.Message, error) {
		var all []*scoringv1.Lead
		resp := &scoringv1.BatchCreateLeadsResponse{}
		for _, r := range req.GetRequests() {
			l := r.GetLead()
			all = append(all, l)
			contact := l.GetOccurTime()
			if contact == nil {
				contact = timestamppb.New(unknownContact)
			}
			resp.Leads = append(resp.Leads, &scoringv1.Lead{Name: nameOf("leads", l.GetSourceId()), OccurTime: contact})
		}
		return resp, batch(f, "lead", "requests[%d].lead.email", all, func(l *scoringv1.Lead) string { return l.GetSource() + "/" + l.GetSourceId() })
	})
	r, _ := resp.(*scoringv1.BatchCreateLeadsResponse)
	return r, err
}

func (f *fake) BatchRecordEngagements(_ context.Context, req *scoringv1.BatchRecordEngagementsRequest, _ ...grpc.CallOption) (*scoringv1.BatchRecordEngagementsResponse, error) {
	resp, err := f.do(req.GetRequestId(), req, func() (proto.Message, error) {
		resp := &scoringv1.BatchRecordEngagementsResponse{}
		for _, e := range req.GetEngagements() {
			if f.store["lead/"+e.GetSource()+"/"+e.GetLeadSourceId()] == nil {
				resp.WaitingCount++
			}
		}
		return resp, batch(f, "engagement", "engagements[%d].type", req.GetEngagements(), func(e *scoringv1.Engagement) string { return e.GetSource() + "/" + e.GetSourceEventId() })
	})
	r, _ := resp.(*scoringv1.BatchRecordEngagementsResponse)
	return r, err
}

func (f *fake) BatchRecordSpends(_ context.Context, req *attributionv1.BatchRecordSpendsRequest, _ ...grpc.CallOption) (*attributionv1.BatchRecordSpendsResponse, error) {
	resp, err := f.do(req.GetRequestId(), req, func() (proto.Message, error) {
		resp := &attributionv1.BatchRecordSpendsResponse{}
		for _, s := range req.GetSpends() {
			resp.Spends = append(resp.Spends, &attributionv1.Spend{Name: nameOf("spends", s.GetSourceId())})
		}
		return resp, batch(f, "spend", "spends[%d].amount", req.GetSpends(), func(s *attributionv1.Spend) string { return s.GetSource() + "/" + s.GetSourceId() })
	})
	r, _ := resp.(*attributionv1.BatchRecordSpendsResponse)
	return r, err
}

func (f *fake) BatchCreateOpportunities(_ context.Context, req *attributionv1.BatchCreateOpportunitiesRequest, _ ...grpc.CallOption) (*attributionv1.BatchCreateOpportunitiesResponse, error) {
	resp, err := f.do(req.GetRequestId(), req, func() (proto.Message, error) {
		var all []*attributionv1.Opportunity
		resp := &attributionv1.BatchCreateOpportunitiesResponse{}
		for _, r := range req.GetRequests() {
			all = append(all, r.GetOpportunity())
			resp.Opportunities = append(resp.Opportunities, &attributionv1.Opportunity{Name: nameOf("opportunities", r.GetOpportunity().GetSourceId())})
		}
		return resp, batch(f, "opportunity", "requests[%d].opportunity.close_time", all, func(o *attributionv1.Opportunity) string { return o.GetSource() + "/" + o.GetSourceId() })
	})
	r, _ := resp.(*attributionv1.BatchCreateOpportunitiesResponse)
	return r, err
}

// found answers whether something of a name was taken in.
func (f *fake) found(kind, collection, name string) error {
	for _, key := range f.keys(kind) {
		if nameOf(collection, key[strings.Index(key, "/")+1:]) == name || collection+"/"+key == name {
			return nil
		}
	}
	return status.Error(codes.NotFound, "does not exist")
}

func (f *fake) GetLead(_ context.Context, req *scoringv1.GetLeadRequest, _ ...grpc.CallOption) (*scoringv1.Lead, error) {
	return &scoringv1.Lead{}, f.found("lead", "leads", req.GetName())
}

func (f *fake) GetAccount(_ context.Context, req *scoringv1.GetAccountRequest, _ ...grpc.CallOption) (*scoringv1.Account, error) {
	return &scoringv1.Account{}, f.found("account", "accounts", req.GetName())
}

func (f *fake) GetOpportunity(_ context.Context, req *attributionv1.GetOpportunityRequest, _ ...grpc.CallOption) (*attributionv1.Opportunity, error) {
	return &attributionv1.Opportunity{}, f.found("opportunity", "opportunities", req.GetName())
}

func (f *fake) GetCampaign(_ context.Context, req *attributionv1.GetCampaignRequest, _ ...grpc.CallOption) (*attributionv1.Campaign, error) {
	return &attributionv1.Campaign{}, f.found("campaign", "campaigns", req.GetName())
}

func (f *fake) GetRep(_ context.Context, req *routingv1.GetRepRequest, _ ...grpc.CallOption) (*routingv1.Rep, error) {
	return &routingv1.Rep{}, f.found("rep", "reps", req.GetName())
}

// forgetful takes leads in and does not name them.
type forgetful struct{ *fake }

func (forgetful) BatchCreateLeads(context.Context, *scoringv1.BatchCreateLeadsRequest, ...grpc.CallOption) (*scoringv1.BatchCreateLeadsResponse, error) {
	return &scoringv1.BatchCreateLeadsResponse{}, nil
}
