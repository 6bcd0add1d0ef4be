package scoring

import (
	"math"

	"google.golang.org/protobuf/proto"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/scoring/internal/resemblance"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

func profileName(team int64) string {
	if team == int64(playbookv1.Team_TEAM_SALES) {
		return ident.Name("accountProfiles", "sales")
	}
	return ident.Name("accountProfiles", "marketing")
}

func toProfile(p *store.Profile) *scoringv1.AccountProfile {
	out := &scoringv1.AccountProfile{Name: profileName(p.Team), Team: playbookv1.Team(p.Team), UpdateTime: instant(p.UpdatedAt), Etag: etag.Of(p.Version)}
	for _, id := range p.Accounts {
		out.Accounts = append(out.Accounts, accountName(id))
	}
	for _, a := range p.Profile.Attributes {
		attribute := &scoringv1.ProfileAttribute{Attribute: a.Name, KnownCount: int32(a.Known)}
		for _, v := range a.Values {
			attribute.Values = append(attribute.Values, &scoringv1.ProfileValue{Value: v.Text, AccountCount: int32(v.Count), SharePerMille: perMille(a.Share(v))})
		}
		out.Attributes = append(out.Attributes, attribute)
	}
	return out
}

func toComparison(c resemblance.Comparison, warnings []string) *scoringv1.ProfileComparison {
	out := &scoringv1.ProfileComparison{Warnings: warnings}
	if c.Comparable {
		out.OverlapPerMille = proto.Int32(perMille(c.Overlap))
	}
	for _, a := range c.Attributes {
		attribute := &scoringv1.AttributeComparison{Attribute: a.Name, Agree: a.Agree, MarketingOnly: a.Left, SalesOnly: a.Right}
		if a.KnownLeft && a.KnownRight {
			attribute.OverlapPerMille = proto.Int32(perMille(a.Overlap))
		}
		out.Attributes = append(out.Attributes, attribute)
	}
	return out
}

// perMille is a share of 0 to 1 in thousandths.
func perMille(share float64) int32 { return int32(math.Round(1000 * share)) }
