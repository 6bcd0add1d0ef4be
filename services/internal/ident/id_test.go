package ident_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/ident"
)

var born = time.Date(2026, 3, 2, 9, 0, 0, 123_000_000, time.UTC)

func TestAnIDIsAUUIDv7OfItsMillisecond(t *testing.T) {
	t.Parallel()
	id := (ident.Source{}).New(born, "handoff", "")
	if !ident.Valid(id) {
		t.Fatalf("%q is not valid", id)
	}
	// RFC 9562: 48 bits of milliseconds, version 7, variant 10.
	if got, want := id[:12], "019cadc69afb"; got != want {
		t.Errorf("got time %s, want %s", got, want)
	}
	if id[12] != '7' || id[16] < '8' || id[16] > 'b' {
		t.Errorf("%s has the wrong version or variant", id)
	}
}

func TestSeededIDsDependOnSeedTimeKindAndKeyAlone(t *testing.T) {
	t.Parallel()
	base := ident.Seeded("a").New(born, "lead", "k")
	if again := ident.Seeded("a").New(born, "lead", "k"); again != base {
		t.Errorf("got %s and %s", base, again)
	}
	for name, other := range map[string]string{
		"seed": ident.Seeded("b").New(born, "lead", "k"),
		"time": ident.Seeded("a").New(born.Add(time.Millisecond), "lead", "k"),
		"kind": ident.Seeded("a").New(born, "account", "k"),
		"key":  ident.Seeded("a").New(born, "lead", "j"),
	} {
		if other == base {
			t.Errorf("another %s gives the same id", name)
		}
	}
}

func TestRandomIDsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		seen[(ident.Source{}).New(born, "lead", "k")] = true
	}
	if len(seen) != 1000 {
		t.Errorf("got %d distinct ids of 1000", len(seen))
	}
}

func TestNamesComeApartAsTheyWereJoined(t *testing.T) {
	t.Parallel()
	name := ident.Name("handoffs", "1", "clocks", "accept-1")
	if ids := ident.Parse(name, "handoffs", "clocks"); ids[0] != "1" || ids[1] != "accept-1" {
		t.Errorf("got %v", ids)
	}
	for _, bad := range []string{"", "handoffs", "handoffs/1", "leads/1/clocks/2", "handoffs/1/clocks/2/3"} {
		if ids := ident.Parse(bad, "handoffs", "clocks"); ids[0] != "" || ids[1] != "" {
			t.Errorf("%q: got %v", bad, ids)
		}
	}
	if got := ident.Name("reps", ""); got != "" {
		t.Errorf("no id: got name %q", got)
	}
}

func TestTheLeastIDOfAnInstantIsAboveAllEarlierOnesAndBelowAllOthers(t *testing.T) {
	t.Parallel()
	var source ident.Source
	least := ident.Least(born)
	if earlier := source.New(born.Add(-time.Millisecond), "lead", ""); earlier >= least {
		t.Errorf("%s of the millisecond before is not below %s", earlier, least)
	}
	if now := source.New(born, "lead", ""); now < least {
		t.Errorf("%s of that millisecond is below %s", now, least)
	}
	if got := ident.Least(time.Time{}); got != "" {
		t.Errorf("%q of no instant", got)
	}
}
