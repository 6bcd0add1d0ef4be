package demo

import (
	"fmt"
	"testing"

	"github.com/handoffhq/handoff/services/internal/proportion"
)

// The world has a truth that the playbook does not know: it must show in enough people for anybody to find it.
func TestSmallCompaniesAndIdlePeopleRarelyBuy(t *testing.T) {
	t.Parallel()
	_, people := script("a", Leads, newCompany("a"))
	var large, little, social proportion.Share
	for _, who := range people {
		p := prospect{person: who, ready: !who.asked.IsZero()}
		good := luck("a", "use", fmt.Sprint(who.number)).happens(p.likelihood())
		switch {
		case p.campaign.id == "social":
			social.Add(good)
		case p.size() < small:
			little.Add(good)
		default:
			large.Add(good)
		}
	}
	least, _, _ := large.Interval()
	for what, share := range map[string]proportion.Share{"small companies": little, "social networks": social} {
		if _, most, ok := share.Interval(); !ok || 2*most > least {
			t.Errorf("of %s %d of %d buy, of others %d of %d", what, share.Part, share.Whole, large.Part, large.Whole)
		}
	}
}

func TestRepsFindOutWhatTheBooksDoNotSay(t *testing.T) {
	t.Parallel()
	wrong, tiny, small := 0, 0, 0
	for _, a := range newCompany("a").accounts {
		switch {
		case a.size < a.employees:
			wrong++
		case a.size != a.employees:
			t.Errorf("%s has %d people, the books say %d", a.name, a.size, a.employees)
		case a.size < tooFew:
			tiny++
		case a.size < 400:
			small++
		}
	}
	if wrong < 5 || tiny < 50 || small < 50 {
		t.Errorf("of %d companies the books are wrong, %d are too small, %d smaller than is good", wrong, tiny, small)
	}
}
