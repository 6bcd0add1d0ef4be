package attribution

import (
	"context"
	"fmt"
	"time"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/dossier"
	"github.com/handoffhq/handoff/services/attribution/internal/funnel"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/policy"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// agreement is what a playbook says of attribution.
type agreement struct {
	terms   dossier.Terms
	people  playbookv1.EligiblePeople
	primary playbookv1.AttributionModel
	decay   credit.Model
	sourced pipeline.SourceRule
	healthy *pipeline.Band // nil: the playbook names no range
	spend   []string       // the categories that count; none: all
	order   []funnel.Milestone
	watched watched
}

// agree reads a playbook.
func agree(signed *playbookv1.Document) (agreement, error) {
	doc := policy.WithDefaults(signed)
	p := doc.GetAttribution()
	decay, err := credit.TimeDecay(p.GetHalfLife().AsDuration())
	if err != nil {
		return agreement{}, err
	}
	healthy, err := band(p.GetSharedMetric().GetHealthy())
	if err != nil {
		return agreement{}, fmt.Errorf("shared metric: %w", err)
	}
	return agreement{
		terms: dossier.Terms{
			Lookback:  p.GetJourney().GetLookback().AsDuration(),
			Influence: p.GetInfluenced().GetLookback().AsDuration(),
		},
		people:  p.GetJourney().GetPeople(),
		primary: p.GetPrimaryModel(),
		decay:   decay,
		sourced: sourceRule(p.GetSourcedBy()),
		healthy: healthy,
		spend:   p.GetSharedMetric().GetSpend(),
		order:   milestones(doc.GetStages().GetOrder()),
		watched: watched{
			drops: map[eventv1.FunnelSlipped_Measure]float64{
				eventv1.FunnelSlipped_MEASURE_WIN_RATE:   doc.GetReview().GetWinRateDrop(),
				eventv1.FunnelSlipped_MEASURE_MQL_TO_SQL: doc.GetReview().GetMqlToSqlDrop(),
			},
			window: doc.GetReview().GetWindow().AsDuration(),
			least:  int64(doc.GetReview().GetMinCases()),
		},
	}, nil
}

// inForce is the playbook by which figures are computed at an instant.
func (s *Service) inForce(ctx context.Context, q sqldb.Querier, now time.Time) (shelf.Version[agreement], error) {
	active, err := s.shelf.Active(ctx, q, now)
	if f := fault.As(err); f != nil && f.Reason == errorsv1.ErrorReason_ERROR_REASON_PLAYBOOK_NOT_ACTIVE {
		return shelf.Version[agreement]{Policy: s.usual}, nil
	}
	return active, err
}

// model is the model that was asked for, or the primary one.
func (a agreement) model(asked playbookv1.AttributionModel) (playbookv1.AttributionModel, credit.Model) {
	if asked == playbookv1.AttributionModel_ATTRIBUTION_MODEL_UNSPECIFIED {
		asked = a.primary
	}
	switch asked {
	case playbookv1.AttributionModel_ATTRIBUTION_MODEL_FIRST_TOUCH:
		return asked, credit.FirstTouch()
	case playbookv1.AttributionModel_ATTRIBUTION_MODEL_LAST_TOUCH:
		return asked, credit.LastTouch()
	case playbookv1.AttributionModel_ATTRIBUTION_MODEL_LAST_NON_DIRECT:
		return asked, credit.LastNonDirect()
	case playbookv1.AttributionModel_ATTRIBUTION_MODEL_LINEAR:
		return asked, credit.Linear()
	case playbookv1.AttributionModel_ATTRIBUTION_MODEL_POSITION_BASED:
		return asked, credit.PositionBased()
	case playbookv1.AttributionModel_ATTRIBUTION_MODEL_U_40_20_40:
		return asked, credit.U402040()
	case playbookv1.AttributionModel_ATTRIBUTION_MODEL_U_50_50:
		return asked, credit.U5050()
	case playbookv1.AttributionModel_ATTRIBUTION_MODEL_FULL_PATH:
		return asked, credit.FullPath()
	case playbookv1.AttributionModel_ATTRIBUTION_MODEL_TIME_DECAY:
		return asked, a.decay
	default:
		return playbookv1.AttributionModel_ATTRIBUTION_MODEL_W_SHAPED, credit.WShaped()
	}
}

func sourceRule(by playbookv1.SourcedBy) pipeline.SourceRule {
	switch by {
	case playbookv1.SourcedBy_SOURCED_BY_RECORDED_SOURCE:
		return pipeline.RecordedSource
	case playbookv1.SourcedBy_SOURCED_BY_MARKETING_BEFORE_SALES:
		return pipeline.BeforeSales
	default:
		return pipeline.FirstTouch
	}
}

func band(wanted *playbookv1.Band) (*pipeline.Band, error) {
	if wanted == nil {
		return nil, nil
	}
	b, err := pipeline.NewBand(pipeline.FromFloat(wanted.GetLow()), pipeline.FromFloat(wanted.GetHigh()))
	return &b, err
}

// milestones are the playbook's, which are numbered alike.
func milestones(order []playbookv1.Milestone) []funnel.Milestone {
	all := make([]funnel.Milestone, len(order))
	for i, m := range order {
		all[i] = funnel.Milestone(m)
	}
	return all
}
