package attribution_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	moneypb "google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc/codes"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// spent is a figure of spend on a day.
func spent(id, category string, amount *moneypb.Money, at time.Time) *attributionv1.Spend {
	return &attributionv1.Spend{Source: "ads", SourceId: id, Category: category, Amount: amount, SpendTime: ts(at)}
}

func (b *bundle) spend(t *testing.T, spends ...*attributionv1.Spend) []*attributionv1.Spend {
	t.Helper()
	resp, err := b.api.BatchRecordSpends(b.ctx, &attributionv1.BatchRecordSpendsRequest{Spends: spends})
	if err != nil {
		t.Fatalf("BatchRecordSpends() error: %v", err)
	}
	return resp.GetSpends()
}

func TestSpendIsRecordedOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.campaign(t, "spring", "abm")
		own, fromCampaign := spent("1", "lead_gen", usd(10_00), day(1)), spent("2", "", usd(20_00), day(2))
		fromCampaign.Campaign = "campaigns/spring"
		again := spent("1", "other", usd(99_00), day(9))
		first := b.spend(t, own, fromCampaign, again)

		want := []*attributionv1.Spend{own, fromCampaign, own}
		for i, category := range []string{"lead_gen", "abm", "lead_gen"} {
			w := spent(want[i].GetSourceId(), category, want[i].GetAmount(), want[i].GetSpendTime().AsTime())
			w.Name, w.Campaign, w.CreateTime = first[i].GetName(), want[i].GetCampaign(), ts(roomtest.Start)
			wantProto(t, fmt.Sprintf("figure %d", i), w, first[i])
		}
		told := len(b.Told(t))

		b.Clock.Set(roomtest.Start.Add(time.Hour))
		for i, s := range b.spend(t, again, fromCampaign) {
			wantProto(t, fmt.Sprintf("figure %d, once more", i), first[i], s)
		}
		if n := len(b.Told(t)); n != told || told != 3 {
			t.Errorf("events: got %d and %d after the second import, want 3: a campaign and two figures", told, n)
		}
	})
}

func TestSpendIsRefusedAsAWhole(t *testing.T) {
	good := spent("1", "", usd(1), day(1))
	dangling := spent("2", "", usd(1), day(1))
	dangling.Campaign = "campaigns/none"
	tests := []struct {
		name   string
		bad    *attributionv1.Spend
		reason string
		field  string
	}{
		{"negative", spent("2", "", usd(-1), day(1)), "FIELD_INVALID", "spends[1].amount"},
		{"half a cent", spent("2", "", &moneypb.Money{CurrencyCode: "USD", Nanos: 5_000_000}, day(1)), "FIELD_INVALID", "spends[1].amount"},
		{"no currency", spent("2", "", &moneypb.Money{Units: 1}, day(1)), "FIELD_INVALID", "spends[1].amount"},
		{"unknown campaign", dangling, "REFERENCE_NOT_FOUND", "spends[1].campaign"},
		{"no source id", spent("", "", usd(1), day(1)), "FIELD_INVALID", "spends[1].source_id"},
	}
	each(t, func(t *testing.T, b *bundle) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				_, err := b.api.BatchRecordSpends(b.ctx, &attributionv1.BatchRecordSpendsRequest{Spends: []*attributionv1.Spend{good, tt.bad}})
				wantRefused(t, err, codes.InvalidArgument, tt.reason, tt.field)
			})
		}
		page, err := b.api.ListSpends(b.ctx, &attributionv1.ListSpendsRequest{})
		if err != nil || len(page.GetSpends()) != 0 {
			t.Errorf("ListSpends(): got %v and error %v, want nothing", page.GetSpends(), err)
		}
	})
}

func TestListSpendsNewestFirst(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.spend(t, spent("a", "", usd(1), day(2)), spent("b", "", usd(1), day(3)), spent("c", "", usd(1), day(3)),
			spent("d", "", usd(1), day(1)), spent("e", "", usd(1), day(3)))
		var got []time.Time
		ids := make(map[string]bool)
		req := &attributionv1.ListSpendsRequest{PageSize: 2}
		for {
			page, err := b.api.ListSpends(b.ctx, req)
			if err != nil {
				t.Fatalf("ListSpends() error: %v", err)
			}
			for _, s := range page.GetSpends() {
				got = append(got, s.GetSpendTime().AsTime())
				ids[s.GetSourceId()] = true
			}
			if req.PageToken = page.GetNextPageToken(); req.GetPageToken() == "" {
				break
			}
		}
		if diff := cmp.Diff([]time.Time{day(3), day(3), day(3), day(2), day(1)}, got); diff != "" {
			t.Errorf("instants (-want +got):\n%s", diff)
		}
		if len(ids) != 5 {
			t.Errorf("figures: got %v, want each of five once", ids)
		}
	})
}
