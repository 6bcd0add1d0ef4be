package attribution_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

const (
	firstTouch    = playbookv1.AttributionModel_ATTRIBUTION_MODEL_FIRST_TOUCH
	lastTouch     = playbookv1.AttributionModel_ATTRIBUTION_MODEL_LAST_TOUCH
	lastNonDirect = playbookv1.AttributionModel_ATTRIBUTION_MODEL_LAST_NON_DIRECT
	linear        = playbookv1.AttributionModel_ATTRIBUTION_MODEL_LINEAR
	positionBased = playbookv1.AttributionModel_ATTRIBUTION_MODEL_POSITION_BASED
	u402040       = playbookv1.AttributionModel_ATTRIBUTION_MODEL_U_40_20_40
	u5050         = playbookv1.AttributionModel_ATTRIBUTION_MODEL_U_50_50
	wShaped       = playbookv1.AttributionModel_ATTRIBUTION_MODEL_W_SHAPED
	fullPath      = playbookv1.AttributionModel_ATTRIBUTION_MODEL_FULL_PATH
	timeDecay     = playbookv1.AttributionModel_ATTRIBUTION_MODEL_TIME_DECAY
)

func models() []playbookv1.AttributionModel {
	return []playbookv1.AttributionModel{firstTouch, lastTouch, lastNonDirect, linear, positionBased, u402040, u5050, wShaped, fullPath, timeDecay}
}

func (b *bundle) credits(t *testing.T, opportunity string, model playbookv1.AttributionModel) *attributionv1.OpportunityCredits {
	t.Helper()
	got, err := b.api.GetOpportunityCredits(b.ctx, &attributionv1.GetOpportunityCreditsRequest{Name: opportunity + "/credits", Model: model})
	if err != nil {
		t.Fatalf("GetOpportunityCredits(%s, %v) error: %v", opportunity, model, err)
	}
	return got
}

// credited are the days of the touches with their millionths.
func credited(c *attributionv1.OpportunityCredits) []string {
	var all []string
	for _, t := range c.GetTouches() {
		all = append(all, fmt.Sprintf("%s %d", t.GetOccurTime().AsTime().Format("Jan 2"), t.GetSharePpm()))
	}
	return all
}

// history tells of a lead of account n, taken in on a day and touched on others, the last of these directly.
func (b *bundle) history(t *testing.T, n, leadDay int, days []int) {
	t.Helper()
	events := []*eventv1.Event{created(n, n, day(leadDay))}
	for i, d := range days {
		channel := "email"
		if i == len(days)-1 {
			channel = "direct"
		}
		events = append(events, touched(100*n+i, n, day(d), by(channel, "")))
	}
	b.Tell(t, eventlog.Scoring, events...)
}

func TestCreditsOfEveryModel(t *testing.T) {
	tests := []struct {
		model   playbookv1.AttributionModel
		leadDay int
		touches []int
		openDay int
		wonDay  int
		want    []string
	}{
		{firstTouch, 3, []int{1, 2, 3}, 3, 0, []string{"Jan 1 1000000"}},
		{lastTouch, 3, []int{1, 2, 3}, 3, 0, []string{"Jan 3 1000000"}},
		{lastNonDirect, 3, []int{1, 2, 3}, 3, 0, []string{"Jan 2 1000000"}},
		{linear, 3, []int{1, 2, 3}, 3, 0, []string{"Jan 1 333334", "Jan 2 333333", "Jan 3 333333"}},
		{positionBased, 3, []int{1}, 3, 0, []string{"Jan 1 1000000"}},
		{positionBased, 3, []int{1, 2}, 3, 0, []string{"Jan 1 500000", "Jan 2 500000"}},
		{positionBased, 3, []int{1, 2, 3, 4, 5}, 5, 0, []string{"Jan 1 400000", "Jan 2 66667", "Jan 3 66667", "Jan 4 66666", "Jan 5 400000"}},
		{u402040, 3, []int{1, 2, 3, 4}, 5, 0, []string{"Jan 1 400000", "Jan 2 100000", "Jan 3 400000", "Jan 4 100000"}},
		{u5050, 3, []int{1, 2, 3, 4}, 5, 0, []string{"Jan 1 500000", "Jan 3 500000"}},
		{wShaped, 3, []int{1, 2, 3, 4, 5}, 5, 0, []string{"Jan 1 300000", "Jan 2 50000", "Jan 3 300000", "Jan 4 50000", "Jan 5 300000"}},
		{wShaped, 1, []int{1, 2, 3}, 3, 0, []string{"Jan 1 600000", "Jan 2 100000", "Jan 3 300000"}},
		{wShaped, 1, []int{1, 2}, 2, 0, []string{"Jan 1 666667", "Jan 2 333333"}},
		{wShaped, 3, []int{1, 2, 3, 4, 5, 9}, 5, 9, []string{"Jan 1 300000", "Jan 2 50000", "Jan 3 300000", "Jan 4 50000", "Jan 5 300000"}},
		{fullPath, 3, []int{1, 2, 3, 4, 5, 9}, 5, 9, []string{"Jan 1 225000", "Jan 2 50000", "Jan 3 225000", "Jan 4 50000", "Jan 5 225000", "Jan 9 225000"}},
		{fullPath, 3, []int{1, 2, 3, 4, 5, 9}, 5, 0, []string{"Jan 1 300000", "Jan 2 50000", "Jan 3 300000", "Jan 4 50000", "Jan 5 300000"}},
		{timeDecay, 1, []int{1, 8, 15}, 15, 0, []string{"Jan 1 142857", "Jan 8 285714", "Jan 15 571429"}},
		{timeDecay, 1, []int{1, 21, 30}, 31, 0, []string{"Jan 1 38593", "Jan 21 279639", "Jan 30 681768"}},
		{linear, 1, nil, 3, 0, nil},
	}
	each(t, func(t *testing.T, b *bundle) {
		for i, tt := range tests {
			t.Run(fmt.Sprint(i, " ", tt.model), func(t *testing.T) {
				n := i + 1
				b.history(t, n, tt.leadDay, tt.touches)
				o := b.open(t, fmt.Sprint(n), day(tt.openDay), func(o *attributionv1.Opportunity) {
					o.Account = account(n)
					if tt.wonDay > 0 {
						o.State, o.CloseTime = attributionv1.Opportunity_STATE_WON, ts(day(tt.wonDay))
					}
				})
				got := b.credits(t, o.GetName(), tt.model)
				if diff := cmp.Diff(tt.want, credited(got)); diff != "" {
					t.Errorf("credits (-want +got):\n%s", diff)
				}
				if got.GetModel() != tt.model {
					t.Errorf("model: got %v, want %v", got.GetModel(), tt.model)
				}
			})
		}
	})
}

func TestCreditsOfOneTouch(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Tell(t, eventlog.Scoring, created(1, 1, day(1)), touched(1, 1, day(2), by("webinar", "spring")), touched(2, 1, day(3)), touched(3, 1, day(4)))
		o := b.open(t, "1", day(9), func(o *attributionv1.Opportunity) { o.Amount = usd(100_00) })
		want := &attributionv1.OpportunityCredits{Name: o.GetName() + "/credits", Model: linear, Amount: usd(100_00)}
		for i, cents := range []int64{33_34, 33_33, 33_33} {
			c := &attributionv1.TouchCredit{Engagement: engagement(i + 1), Lead: lead(1), OccurTime: ts(day(i + 2)), Type: "form_submit",
				SharePpm: 333_333, Amount: usd(cents)}
			want.Touches = append(want.Touches, c)
		}
		want.Touches[0].Channel, want.Touches[0].Campaign, want.Touches[0].SharePpm = "webinar", "campaigns/spring", 333_334
		wantProto(t, "credits", want, b.credits(t, o.GetName(), linear))

		bare := b.open(t, "2", day(9), func(o *attributionv1.Opportunity) { o.Amount = nil })
		want.Name, want.Amount = bare.GetName()+"/credits", nil
		for _, c := range want.GetTouches() {
			c.Amount = nil
		}
		wantProto(t, "credits of a deal whose worth is not known", want, b.credits(t, bare.GetName(), linear))

		_, err := b.api.GetOpportunityCredits(b.ctx, &attributionv1.GetOpportunityCreditsRequest{Name: "opportunities/" + lead(1)[len("leads/"):] + "/credits"})
		wantRefused(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
	})
}

func TestWhatIsNoTouchEarnsNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		typed := func(name string) func(*eventv1.EngagementRecorded) {
			return func(p *eventv1.EngagementRecorded) { p.Type = name }
		}
		b.Tell(t, eventlog.Scoring, created(1, 1, day(1)), created(2, 2, day(1)),
			touched(1, 1, day(1), typed("email_sent")), touched(2, 1, day(2), typed("impression")), touched(3, 1, day(3), typed("page_scroll")),
			touched(4, 1, day(4), func(p *eventv1.EngagementRecorded) { p.Automated = true }),
			touched(5, 2, day(5)),                            // of another account
			touched(6, 1, day(40).Add(-90*24*time.Hour-1e3)), // a microsecond before the lookback
			touched(7, 1, day(40).Add(1e3)),                  // a microsecond after the opening
			touched(8, 1, day(40)), touched(9, 1, day(40).Add(-90*24*time.Hour)))
		o := b.open(t, "1", day(40))
		if diff := cmp.Diff([]string{"Nov 11 500000", "Feb 9 500000"}, credited(b.credits(t, o.GetName(), linear))); diff != "" {
			t.Errorf("credits (-want +got):\n%s", diff)
		}
	})
}

func TestWhoseTouchesCount(t *testing.T) {
	const (
		everybody = playbookv1.EligiblePeople_ELIGIBLE_PEOPLE_ACCOUNT
		roles     = playbookv1.EligiblePeople_ELIGIBLE_PEOPLE_CONTACT_ROLES
		contact   = playbookv1.EligiblePeople_ELIGIBLE_PEOPLE_PRIMARY
	)
	tests := []struct {
		name   string
		people playbookv1.EligiblePeople
		change func(*attributionv1.Opportunity)
		want   []string
	}{
		{"everybody of the account", everybody, func(o *attributionv1.Opportunity) {}, []string{"Jan 1", "Jan 2"}},
		{"and who is named, wherever they were matched", everybody, func(o *attributionv1.Opportunity) { o.Contacts = contacts(lead(3), lead(2)) },
			[]string{"Jan 1", "Jan 2", "Jan 3"}},
		{"the account of the first who has one", everybody, func(o *attributionv1.Opportunity) { o.Account, o.Contacts = "", contacts(lead(4), lead(2)) },
			[]string{"Jan 1", "Jan 2", "Jan 4"}},
		{"the account of the handoff's lead", everybody, func(o *attributionv1.Opportunity) { o.Account, o.Handoff = "", handoff(1) }, []string{"Jan 1", "Jan 2"}},
		{"nobody known", everybody, func(o *attributionv1.Opportunity) {
			o.Account, o.Contacts, o.Handoff = "", contacts(lead(99)), handoff(99)
		}, nil},
		{"those with a role", roles, func(o *attributionv1.Opportunity) { o.Contacts = contacts(lead(3), lead(2)) }, []string{"Jan 2", "Jan 3"}},
		{"the handoff's lead when nobody is named", roles, func(o *attributionv1.Opportunity) { o.Handoff = handoff(1) }, []string{"Jan 1"}},
		{"not when somebody is", roles, func(o *attributionv1.Opportunity) { o.Handoff, o.Contacts = handoff(1), contacts(lead(2)) }, []string{"Jan 2"}},
		{"nobody has a role", roles, func(o *attributionv1.Opportunity) {}, nil},
		{"the primary contact", contact, func(o *attributionv1.Opportunity) { o.Contacts = contacts(lead(3), lead(2)) }, []string{"Jan 3"}},
	}
	each(t, func(t *testing.T, b *bundle) {
		b.Tell(t, eventlog.Scoring, created(1, 1, day(1)), created(2, 1, day(1)), created(3, 2, day(1)), created(4, 0, day(1)),
			touched(1, 1, day(1)), touched(2, 2, day(2)), touched(3, 3, day(3)), touched(4, 4, day(4)),
			&eventv1.Event{Payload: &eventv1.Event_LeadQualified{LeadQualified: &eventv1.LeadQualified{Handoff: handoff(1), Lead: lead(1)}}})
		for i, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				b.activate(t, i+1, agreed(&playbookv1.AttributionPolicy{Journey: &playbookv1.JourneyPolicy{People: tt.people}}))
				o := b.open(t, fmt.Sprint(i), day(9), tt.change)
				var got []string
				for _, c := range b.credits(t, o.GetName(), linear).GetTouches() {
					got = append(got, c.GetOccurTime().AsTime().Format("Jan 2"))
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("touches (-want +got):\n%s", diff)
				}
			})
		}
	})
}

func TestThePlaybookInForceDecides(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.history(t, 1, 1, []int{1, 8, 15})
		o := b.open(t, "1", day(15), func(o *attributionv1.Opportunity) { o.Contacts = contacts(lead(1)) })
		usual := b.credits(t, o.GetName(), 0)
		if usual.GetModel() != wShaped {
			t.Errorf("model before any playbook: got %v, want %v", usual.GetModel(), wShaped)
		}
		b.activate(t, 1, agreed(&playbookv1.AttributionPolicy{PrimaryModel: timeDecay, HalfLife: durationpb.New(14 * 24 * time.Hour),
			Journey: &playbookv1.JourneyPolicy{Lookback: durationpb.New(7 * 24 * time.Hour)}}))
		got := b.credits(t, o.GetName(), 0)
		if got.GetModel() != timeDecay {
			t.Errorf("model: got %v, want %v", got.GetModel(), timeDecay)
		}
		// 2^-½ : 1, of which the first is 0.414214.
		if diff := cmp.Diff([]string{"Jan 8 414214", "Jan 15 585786"}, credited(got)); diff != "" {
			t.Errorf("credits (-want +got):\n%s", diff)
		}
		if got := b.credits(t, o.GetName(), wShaped).GetModel(); got != wShaped {
			t.Errorf("model asked for by name: got %v, want %v", got, wShaped)
		}
	})
}

func TestMergesAndMatchesMoveTouchesWithoutRewritingThem(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		o := b.open(t, "1", day(9))
		want := func(when string, days ...string) {
			t.Helper()
			var got []string
			for _, c := range b.credits(t, o.GetName(), linear).GetTouches() {
				got = append(got, c.GetOccurTime().AsTime().Format("Jan 2")+" of "+c.GetLead()[len(c.GetLead())-1:])
			}
			if diff := cmp.Diff(days, got); diff != "" {
				t.Errorf("%s: touches (-want +got):\n%s", when, diff)
			}
		}
		b.Tell(t, eventlog.Scoring, created(1, 1, day(1)), created(2, 2, day(1)), created(3, 3, day(1)),
			touched(1, 1, day(1)), touched(2, 2, day(2)), touched(3, 3, day(3)))
		want("apart", "Jan 1 of 1")
		b.Tell(t, eventlog.Scoring, merged(2, 3))
		want("joined elsewhere", "Jan 1 of 1")
		b.Tell(t, eventlog.Scoring, merged(1, 2))
		want("the chain's end is at the account", "Jan 1 of 1", "Jan 2 of 1", "Jan 3 of 1")
		b.Tell(t, eventlog.Scoring, merged(1, 2), merged(3, 1))
		want("told twice, and in a circle", "Jan 1 of 1", "Jan 2 of 1", "Jan 3 of 1")
		b.Tell(t, eventlog.Scoring, matched(1, 7))
		want("matched to another account")
		b.Tell(t, eventlog.Scoring, matched(1, 1), touched(4, 3, day(4)))
		want("and back, with a late touch of a merged record", "Jan 1 of 1", "Jan 2 of 1", "Jan 3 of 1", "Jan 4 of 1")
	})
}

func TestAnEventAgainAddsNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		history := []*eventv1.Event{created(1, 1, day(1)), touched(1, 1, day(1)), touched(1, 1, day(1)), touched(2, 1, day(2))}
		b.Tell(t, eventlog.Scoring, history...)
		o := b.open(t, "1", day(9))
		first := b.credits(t, o.GetName(), linear)
		later := proto.CloneOf(history[1])
		later.GetEngagementRecorded().OccurTime = ts(day(5))
		b.Tell(t, eventlog.Scoring, later, history[0])
		wantProto(t, "credits", first, b.credits(t, o.GetName(), linear))
	})
}
