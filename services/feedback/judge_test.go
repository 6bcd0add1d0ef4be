package feedback_test

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// sized is the playbook in force of those who recalibrate: whoever works at a company that is large enough qualifies.
const sized = `{"playbook": "acme", "criteria": {"size_fit": "account.employees >= 200"}, "stages": {"mql": "fit > 70"},
	"scoring": {"fit": {"size": {"points": 100, "when": "size_fit"}}, "engagement": {"web": {"events": {"page_view": {"points": 10}}}}},
	"routing": {"otherwise": {"pool": "sales"}}, "sla": {"calendar": "business",
		"clocks": {"first_touch": {"within": {"time": "86400s"}, "unit": "TIME_UNIT_WALL"}}}}`

// judge stands in for Scoring: it knows how many people work at the company of each lead.
type judge struct {
	registry  // of what is found of evidence
	mu        sync.Mutex
	employees map[string]int
}

func newJudge() *judge { return &judge{employees: map[string]int{}} }

// DescribeCases implements ScoringService.
func (j *judge) DescribeCases(req *scoringv1.DescribeCasesRequest, stream grpc.ServerStreamingServer[scoringv1.DescribeCasesResponse]) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	resp := &scoringv1.DescribeCasesResponse{}
	for _, c := range req.GetCases() {
		d := &scoringv1.CaseDescription{Known: true, Qualifies: j.large(req.GetDocument(), c.GetLead())}
		for _, variant := range req.GetVariants() {
			doc := proto.CloneOf(req.GetDocument())
			proto.Merge(doc, variant)
			d.VariantsQualify = append(d.VariantsQualify, j.large(doc, c.GetLead()))
		}
		resp.Cases = append(resp.Cases, d)
	}
	return stream.Send(resp)
}

func (j *judge) large(doc *playbookv1.Document, lead string) bool {
	return float64(j.employees[lead]) >= criteria.Bounds(doc.GetCriteria()["size_fit"])[0].Value
}

// drafts are what the playbook service was given.
type drafts struct {
	mu      sync.Mutex
	byID    map[string]*playbookv1.Playbook
	lost    int // how many answers get lost
	busy    int // how many simulations find another one going on
	refuses bool
}

// CreatePlaybook implements PlaybookService.
func (l *library) CreatePlaybook(_ context.Context, req *playbookv1.CreatePlaybookRequest) (*playbookv1.Playbook, error) {
	d := &l.drafts
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refuses {
		return nil, fault.Field("playbook.document", "no")
	}
	if d.byID == nil {
		d.byID = map[string]*playbookv1.Playbook{}
	}
	p := d.byID[req.GetRequestId()]
	if p == nil {
		p = &playbookv1.Playbook{Name: fmt.Sprintf("playbooks/%d", 10+len(d.byID)), Document: req.GetPlaybook().GetDocument()}
		d.byID[req.GetRequestId()] = p
	}
	if d.lost > 0 {
		d.lost--
		return nil, gone()
	}
	return p, nil
}

// DiffPlaybooks implements PlaybookService.
func (l *library) DiffPlaybooks(_ context.Context, req *playbookv1.DiffPlaybooksRequest) (*playbookv1.PlaybookDiff, error) {
	return &playbookv1.PlaybookDiff{From: req.GetFrom(), To: req.GetTo(), Changes: []*playbookv1.PlaybookChange{
		{Path: "criteria.size_fit", Sentence: "size_fit asks for more employees"}}}, nil
}

// SimulatePlaybook implements PlaybookService.
func (l *library) SimulatePlaybook(req *playbookv1.SimulatePlaybookRequest, stream grpc.ServerStreamingServer[playbookv1.SimulatePlaybookResponse]) error {
	d := &l.drafts
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy > 0 {
		d.busy--
		return fault.New(fault.Exhausted, errorsv1.ErrorReason_ERROR_REASON_LIMIT_EXCEEDED, "another version is being simulated")
	}
	return stream.Send(&playbookv1.SimulatePlaybookResponse{Part: &playbookv1.SimulatePlaybookResponse_Simulation{
		Simulation: &playbookv1.Simulation{Draft: req.GetName(), Baseline: req.GetBaseline(), StartTime: req.GetStartTime(), EndTime: req.GetEndTime()}}})
}

// leadOf is the lead of a handoff.
func leadOf(handoff string) string { return strings.Replace(handoff, "handoffs", "leads", 1) }
