package scorecard_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

func BenchmarkEngagementOfTwentyEvents(b *testing.B) {
	card := mustCard(b, example())
	var events []scorecard.Event
	for i := range 20 {
		kind := []string{"content_download", "page_view", "email_click", "webinar_attend", "form_submit"}[i%5]
		events = append(events, scorecard.Event{ID: fmt.Sprint(i), Type: kind, Page: "/pricing", OccurredAt: ago(time.Duration(i) * 31 * time.Hour)})
	}
	b.ReportAllocs()
	for b.Loop() {
		card.Engagement(events, asOf)
	}
}

func BenchmarkFit(b *testing.B) {
	card := mustCard(b, example())
	b.ReportAllocs()
	for b.Loop() {
		fitOf(card, always(scorecard.True))
	}
}
