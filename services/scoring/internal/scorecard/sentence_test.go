package scorecard_test

import (
	"testing"

	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

func TestSentenceSaysWhatTheScoresAreMadeOf(t *testing.T) {
	t.Parallel()
	event := func(id, kind, page string, days int) scorecard.Event {
		return scorecard.Event{ID: id, Type: kind, Page: page, OccurredAt: asOf.AddDate(0, 0, -days)}
	}
	mixed := named(example(), map[string]answer{
		"size_fit": {Truth: scorecard.True}, "industry_fit": {Truth: scorecard.True}, "tech_fit": {Truth: scorecard.False},
		"geo_fit": {Truth: scorecard.True}, "buyer_role": {},
	})
	many := []scorecard.Event{
		event("a", "form_submit", "", 0), event("b", "page_view", "/pricing", 14), event("c", "page_view", "/pricing", 28),
		event("d", "email_click", "", 0), event("e", "page_view", "", 0), event("f", "content_download", "", 30),
	}
	overflowing := []scorecard.Event{
		event("a", "form_submit", "", 0), event("b", "content_download", "", 0), event("c", "content_download", "", 0),
		event("d", "email_click", "", 0), event("e", "email_click", "", 0), event("f", "page_view", "/pricing", 0), event("g", "page_view", "/pricing", 0),
	}
	tests := []struct {
		name   string
		policy scorecard.Policy
		answer func(int) answer
		events []scorecard.Event
		want   string
	}{
		{"all sorts of answers and events", example(), mixed, many,
			"Fit is 65 of 100: size, industry and geography match; tech does not match; role is not known. " +
				"Engagement is 63 of 100: form submit (40), content download (7.5), 2 × page view of /pricing (7.5) and other activity (8)."},
		{"all match, nothing done", example(), always(scorecard.True), nil,
			"Fit is 100 of 100: size, industry, tech, geography and role match. Engagement is 0 of 100: nothing that counts was done."},
		{"nothing known, long ago", example(), always(scorecard.Unknown), []scorecard.Event{event("a", "email_click", "", 5000)},
			"Fit is 0 of 100: size, industry, tech, geography and role are not known. Engagement is 0 of 100: what was done gives no points."},
		{"nothing matches, clamped", example(), always(scorecard.False), overflowing,
			"Fit is 0 of 100: size, industry, tech, geography and role do not match. " +
				"Engagement is 100 of 100, the most there can be: form submit (40), 2 × content download (30), 2 × page view of /pricing (20) and other activity (12)."},
		{"no fit rules", oneType(scorecard.EventRule{Points: point, Cap: full}), always(scorecard.True), []scorecard.Event{event("a", "event", "", 0)},
			"Fit is 0 of 100: no criterion gives points. Engagement is 1 of 100: event (1)."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			card := mustCard(t, tt.policy)
			if got := scorecard.Sentence(fitOf(card, tt.answer), card.Engagement(tt.events, asOf)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
