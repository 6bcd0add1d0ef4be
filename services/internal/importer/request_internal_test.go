package importer

import (
	"regexp"
	"testing"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

func TestRequestsDifferInEverythingThatTheyAreMadeOf(t *testing.T) {
	t.Parallel()
	lead := func(id, title string) *mapping.Draft {
		return &mapping.Draft{Key: mapping.Key{Kind: mapping.Lead, Source: "crm", ID: id},
			Message: &scoringv1.Lead{Source: "crm", SourceId: id, Title: title, Attributes: map[string]string{"a": "1", "b": "2", "c": "3"}}}
	}
	rep := func(id string) *mapping.Draft {
		return &mapping.Draft{Key: mapping.Key{Kind: mapping.Rep, ID: id}, Message: &routingv1.Rep{DisplayName: "Ann Lee"}}
	}
	requests := map[string]struct {
		digest, mark string
		batch        []*mapping.Draft
	}{
		"one":             {"m", "f", []*mapping.Draft{lead("1", "CEO")}},
		"another mapping": {"n", "f", []*mapping.Draft{lead("1", "CEO")}},
		"another file":    {"m", "g", []*mapping.Draft{lead("1", "CEO")}},
		"another content": {"m", "f", []*mapping.Draft{lead("1", "CTO")}},
		"one more":        {"m", "f", []*mapping.Draft{lead("1", "CEO"), lead("2", "CEO")}},
		"another order":   {"m", "f", []*mapping.Draft{lead("2", "CEO"), lead("1", "CEO")}},
		"a rep":           {"m", "f", []*mapping.Draft{rep("ann")}},
		"a namesake":      {"m", "f", []*mapping.Draft{rep("ann-2")}},
	}
	seen := map[string]string{}
	for name, r := range requests {
		id, err := requestID(r.digest, r.mark, r.batch)
		if err != nil {
			t.Fatalf("requestID() error: %v", err)
		}
		if again, _ := requestID(r.digest, r.mark, r.batch); again != id {
			t.Errorf("%s: got %s, and then %s", name, id, again)
		}
		if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(id) {
			t.Errorf("%s: got %s, which is no UUID", name, id)
		}
		if other, taken := seen[id]; taken {
			t.Errorf("%s and %s have one id", name, other)
		}
		seen[id] = name
	}
}
