package worktime

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestReleaseOfTheTimeZoneData(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files map[string]string
		want  string
	}{
		"from the source text":      {map[string]string{"Europe/Berlin": "TZif", "tzdata.zi": "# version 2025b\n# ddeps\n"}, "2025b"},
		"from a version file":       {map[string]string{"Europe/Berlin": "TZif", "+VERSION": "2024a\n"}, "2024a"},
		"that says nothing of it":   {map[string]string{"Europe/Berlin": "TZif"}, "unversioned"},
		"that says something else":  {map[string]string{"Europe/Berlin": "TZif", "tzdata.zi": "R A 1916 o - Jun 14"}, "unversioned"},
		"that does not have a zone": {map[string]string{"tzdata.zi": "# version 2025b\n"}, runtime.Version()},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			for path, text := range test.files {
				writeFile(t, filepath.Join(directory, path), text)
			}
			got := releaseFor("Europe/Berlin", []string{filepath.Join(directory, "missing"), directory})
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestChosenTimeZoneDataComeFirst(t *testing.T) {
	directory := t.TempDir()
	writeFile(t, filepath.Join(directory, "Europe/Berlin"), "TZif")
	writeFile(t, filepath.Join(directory, "tzdata.zi"), "# version 2019c\n")
	t.Setenv("ZONEINFO", directory)
	if got := tzdataVersion("Europe/Berlin"); got != "2019c" {
		t.Errorf("directory: got %q, want 2019c", got)
	}
	t.Setenv("ZONEINFO", filepath.Join(directory, "tzdata.zi"))
	if got := tzdataVersion("Europe/Berlin"); got != unversioned {
		t.Errorf("archive: got %q, want %q", got, unversioned)
	}
}

func TestUTCNeedsNoTimeZoneData(t *testing.T) {
	t.Parallel()
	if got := Wall().TZDataVersion(); got != "" {
		t.Errorf("got %q, want none", got)
	}
	berlin, err := New(Spec{TimeZone: "Europe/Berlin", Always: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := berlin.TZDataVersion(); got == "" {
		t.Error("Berlin: got none, want a release")
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
