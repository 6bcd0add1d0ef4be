package attribution_test

import (
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

const uuid = "2f1acc6c-c3c3-4d1e-8f6d-000000000001"

func (b *bundle) campaign(t *testing.T, id, category string) *attributionv1.Campaign {
	t.Helper()
	c, err := b.api.CreateCampaign(b.ctx, &attributionv1.CreateCampaignRequest{CampaignId: id,
		Campaign: &attributionv1.Campaign{DisplayName: "Campaign " + id, Channel: "paid_search", Category: category}})
	if err != nil {
		t.Fatalf("CreateCampaign(%s) error: %v", id, err)
	}
	return c
}

func TestCreateCampaignOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		req := &attributionv1.CreateCampaignRequest{CampaignId: "spring", RequestId: uuid,
			Campaign: &attributionv1.Campaign{DisplayName: "Spring", Channel: "webinar", Category: "abm"}}
		want := &attributionv1.Campaign{Name: "campaigns/spring", DisplayName: "Spring", Channel: "webinar", Category: "abm",
			CreateTime: ts(roomtest.Start), UpdateTime: ts(roomtest.Start), Etag: `"1"`}
		for _, turn := range []string{"first", "retry"} {
			got, err := b.api.CreateCampaign(b.ctx, req)
			if err != nil {
				t.Fatalf("CreateCampaign() %s error: %v", turn, err)
			}
			wantProto(t, turn, want, got)
		}
		got, err := b.api.GetCampaign(b.ctx, &attributionv1.GetCampaignRequest{Name: "campaigns/spring"})
		if err != nil {
			t.Fatalf("GetCampaign() error: %v", err)
		}
		wantProto(t, "GetCampaign()", want, got)
		if told := b.Told(t); len(told) != 1 || told[0].GetResourceChanged().GetMethod() != "CreateCampaign" {
			t.Errorf("events: got %v, want one change by CreateCampaign", told)
		}

		req.RequestId = ""
		_, err = b.api.CreateCampaign(b.ctx, req)
		wantRefused(t, err, codes.AlreadyExists, "RESOURCE_EXISTS")
		_, err = b.api.CreateCampaign(b.ctx, &attributionv1.CreateCampaignRequest{CampaignId: "bare", Campaign: &attributionv1.Campaign{}})
		wantRefused(t, err, codes.InvalidArgument, "FIELD_INVALID", "campaign.display_name")
		_, err = b.api.GetCampaign(b.ctx, &attributionv1.GetCampaignRequest{Name: "campaigns/none"})
		wantRefused(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
	})
}

func TestUpdateCampaign(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		first := b.campaign(t, "spring", "abm")
		change := func(mask []string, c *attributionv1.Campaign) (*attributionv1.Campaign, error) {
			c.Name = first.GetName()
			return b.api.UpdateCampaign(b.ctx, &attributionv1.UpdateCampaignRequest{Campaign: c, UpdateMask: &fieldmaskpb.FieldMask{Paths: mask}})
		}
		b.Clock.Set(roomtest.Start.Add(1e9))

		same, err := change(nil, &attributionv1.Campaign{Channel: first.GetChannel()})
		if err != nil {
			t.Fatalf("UpdateCampaign() of nothing new error: %v", err)
		}
		wantProto(t, "nothing new", first, same)

		want := &attributionv1.Campaign{Name: first.GetName(), DisplayName: first.GetDisplayName(), Channel: "email",
			CreateTime: first.GetCreateTime(), UpdateTime: ts(b.Clock.Now()), Etag: `"2"`}
		got, err := change([]string{"channel", "category"}, &attributionv1.Campaign{Channel: "email", DisplayName: "ignored", Etag: first.GetEtag()})
		if err != nil {
			t.Fatalf("UpdateCampaign() error: %v", err)
		}
		wantProto(t, "two fields", want, got)

		_, err = change(nil, &attributionv1.Campaign{Channel: "x", Etag: first.GetEtag()})
		wantRefused(t, err, codes.Aborted, "ETAG_MISMATCH")
		_, err = change([]string{"colour"}, &attributionv1.Campaign{})
		wantRefused(t, err, codes.InvalidArgument, "FIELD_INVALID", "update_mask")
		_, err = change([]string{"display_name"}, &attributionv1.Campaign{})
		wantRefused(t, err, codes.InvalidArgument, "FIELD_INVALID", "campaign.display_name")
		_, err = b.api.UpdateCampaign(b.ctx, &attributionv1.UpdateCampaignRequest{Campaign: &attributionv1.Campaign{Name: "campaigns/none"}})
		wantRefused(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
		if n := len(b.Told(t)); n != 2 {
			t.Errorf("events: got %d, want 2: one for the creation and one for the change", n)
		}
	})
}

func TestListCampaignsByName(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, n := range []int{3, 1, 5, 2, 4} {
			b.campaign(t, fmt.Sprintf("c%d", n), "")
		}
		var names []string
		req := &attributionv1.ListCampaignsRequest{PageSize: 2}
		for {
			page, err := b.api.ListCampaigns(b.ctx, req)
			if err != nil {
				t.Fatalf("ListCampaigns() error: %v", err)
			}
			for _, c := range page.GetCampaigns() {
				names = append(names, c.GetName())
			}
			if req.PageToken = page.GetNextPageToken(); req.GetPageToken() == "" {
				break
			}
		}
		if got, want := fmt.Sprint(names), "[campaigns/c1 campaigns/c2 campaigns/c3 campaigns/c4 campaigns/c5]"; got != want {
			t.Errorf("campaigns: got %s, want %s", got, want)
		}
		_, err := b.api.ListCampaigns(b.ctx, &attributionv1.ListCampaignsRequest{PageToken: "forged"})
		wantRefused(t, err, codes.InvalidArgument, "PAGE_TOKEN_INVALID", "page_token")
	})
}
