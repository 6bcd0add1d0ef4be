package worktime

import (
	"slices"
	"testing"
)

func TestTheZoneThatWasMeantIsSuggested(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"america/new_york": "America/New_York",
		"New York":         "America/New_York",
		"America/New_Yrok": "America/New_York",
		"Berln":            "Europe/Berlin",
		"Europe/Kathmandu": "Asia/Kathmandu",
		"Australia/Lord":   "",
		"utc":              "UTC",
		"Mars/Base":        "",
		"":                 "",
		"/":                "",
	} {
		if got := suggestZone(written); got != want {
			t.Errorf("%q: got %q, want %q", written, got, want)
		}
	}
}

func TestEverySuggestedZoneCanBeUsed(t *testing.T) {
	t.Parallel()
	names := slices.Collect(zones())
	if len(names) < 400 || !slices.IsSorted(names) {
		t.Errorf("%d zones, in order: %v", len(names), slices.IsSorted(names))
	}
	for _, name := range names {
		if _, ok := loadZone(name); !ok {
			t.Errorf("%s is no zone", name)
		}
	}
}
