package demo

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
)

var scripts = cmp.Options{protocmp.Transform(), cmp.AllowUnexported(input{}, outbound{})}

func TestASeedGivesOneScriptAndAnotherSeedAnother(t *testing.T) {
	t.Parallel()
	first, _ := script("a", 40, newCompany("a"))
	again, _ := script("a", 40, newCompany("a"))
	other, _ := script("b", 40, newCompany("b"))
	if diff := cmp.Diff(first, again, scripts); diff != "" {
		t.Errorf("same seed (-first +again):\n%s", diff)
	}
	if cmp.Equal(first, other, scripts) {
		t.Error("two seeds give the same script")
	}
}

func TestTheScriptIsInOrderAndWithinTheMonth(t *testing.T) {
	t.Parallel()
	last := Start
	inputs, _ := script("a", Leads, newCompany("a"))
	for _, in := range inputs {
		if !in.at.After(last) || !in.at.Before(End) {
			t.Errorf("input at %s after one at %s", in.at, last)
		}
		last = in.at
		for _, e := range in.engagements {
			if e.GetOccurTime().AsTime().After(in.at) {
				t.Errorf("%s is sent at %s, before it happens at %s", e.GetSourceEventId(), in.at, e.GetOccurTime().AsTime())
			}
		}
	}
}

func TestMarketingReachesNobodyWhereSalesIsAlone(t *testing.T) {
	t.Parallel()
	c := newCompany("a")
	books := map[string]*account{}
	for i, a := range c.accounts {
		books[a.domain] = &c.accounts[i]
	}
	late := 0
	inputs, _ := script("a", Leads, c)
	for _, in := range inputs {
		for _, e := range in.engagements {
			_, domain, _ := strings.Cut(e.GetEmail(), "@")
			a, at := books[domain], e.GetOccurTime().AsTime()
			if a == nil {
				continue
			}
			if !a.reached(at) {
				t.Errorf("%s engages at %s, where marketing reaches nobody then", e.GetEmail(), at)
			}
			if a.reach == afterPitch {
				late++
			}
		}
	}
	if late == 0 {
		t.Error("nobody engages after a deal of sales' own")
	}
}

func TestSalesOpensEachDealOnceBeforeItEnds(t *testing.T) {
	t.Parallel()
	c := newCompany("a")
	open := map[string]bool{}
	inputs, _ := script("a", 0, c)
	for _, in := range inputs {
		for _, d := range in.deals {
			id, ends := d.deal.GetSourceId(), d.deal.GetCloseTime() != nil
			if open[id] != ends {
				t.Errorf("deal %s: open %t, ends %t", id, open[id], ends)
			}
			open[id] = true
		}
	}
	if len(open) < 30 {
		t.Errorf("sales opens %d deals, want 30 at least", len(open))
	}
}
