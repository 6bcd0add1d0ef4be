package wellformed_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/rpc/wellformed"
)

func whatIf() *scoringv1.ScoreLeadRequest {
	request := &scoringv1.ScoreLeadRequest{
		Lead: &scoringv1.Lead{
			Source: "website", SourceId: "form-4711", Email: "ann@example.com", GivenName: "Ann", FamilyName: "Miller",
			Title: "VP Sales", Company: "Example Ltd", Country: "GB", Attributes: map[string]string{"size": "200", "stack": "go"},
			OccurTime: timestamppb.New(time.Unix(1_790_000_000, 0)),
		},
	}
	for range 10 {
		request.Engagements = append(request.Engagements, &scoringv1.Engagement{
			Source: "website", SourceEventId: "evt-0001", Type: "page_view", Page: "/pricing", Channel: "paid_search",
			OccurTime: timestamppb.New(time.Unix(1_790_000_000, 0)),
		})
	}
	return request
}

// BenchmarkCheck stands beside what decoding the same bytes costs, which every call pays anyway.
func BenchmarkCheck(b *testing.B) {
	wire, err := proto.Marshal(whatIf())
	if err != nil {
		b.Fatal(err)
	}
	b.Run("check", func(b *testing.B) {
		var checker wellformed.Checker
		descriptor := (&scoringv1.ScoreLeadRequest{}).ProtoReflect().Descriptor()
		b.ReportAllocs()
		b.SetBytes(int64(len(wire)))
		for b.Loop() {
			if v, err := checker.Check(descriptor, wire); v != nil || err != nil {
				b.Fatal(v, err)
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(wire)))
		for b.Loop() {
			if err := proto.Unmarshal(wire, &scoringv1.ScoreLeadRequest{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
