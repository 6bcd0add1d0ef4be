package importer_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/importer"
	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

func TestEveryRowIsCountedOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, shop, shopFiles())
	got := b.run(t)
	wantSteps(t, shopSteps(), got)
	if got.Resumed || got.Rejected() != 3 || got.Source != "crm" {
		t.Errorf("report: got %+v", got)
	}
	want := []string{
		"people.csv|7|lead|5|FIELD_INVALID|occur_time|is not a date or a time of the layout",
		"people.csv|9|||ROW_MALFORMED||" + `bare " in non-quoted-field`,
		"deals.csv|4|opportunity|'=D3|REFERENCE_NOT_FOUND|contacts|refers to an unknown lead",
	}
	if diff := cmp.Diff(want, b.rejects(t)); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
	for kind, keys := range map[string][]string{
		"campaign": {"home", "price"}, "lead": {"crm/1", "crm/2", "crm/3", "crm/4", "crm/6", "crm/8"},
		"engagement": {"crm/form-1", "crm/form-2", "crm/form-3", "crm/form-4", "crm/form-6", "crm/form-8"}, "opportunity": {"crm/D1", "crm/D2", "crm/D5"},
	} {
		if diff := cmp.Diff(keys, b.suite.keys(kind)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	for key, want := range map[string][2]time.Time{"D1": {day(2), day(9)}, "D2": {day(1), day(1)}} {
		o, _ := b.suite.store["opportunity/crm/"+key].(*attributionv1.Opportunity)
		if got := [2]time.Time{o.GetOpenTime().AsTime(), o.GetCloseTime().AsTime()}; got != want {
			t.Errorf("%s was open %v, want %v", key, got, want)
		}
	}
}

func TestASecondRunChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, shop, shopFiles())
	b.run(t)
	effects := b.suite.effects
	rejects := b.rejects(t)
	for _, remembers := range []bool{true, false} {
		if !remembers {
			b.suite.answers = map[string]answer{} // requests are remembered for some days alone
		}
		got := b.run(t)
		wantSteps(t, shopSteps(), got)
		if b.suite.effects != effects || got.Resumed {
			t.Errorf("run again while requests are remembered (%v): %d changes, resumed %v; want none", remembers, b.suite.effects-effects, got.Resumed)
		}
		if diff := cmp.Diff(rejects, b.rejects(t)); diff != "" {
			t.Errorf("rejects (-first +second):\n%s", diff)
		}
	}
}

var errKilled = errors.New("killed") // no status: the run ends at once and puts nothing more on record

// TestKilledAnywhere stops an import at each of its calls, before the suite has done the work and after, leaves behind what
// a kill can leave on disk, and goes on.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	whole := setup(t, shop, shopFiles())
	whole.run(t)
	for call := 1; call <= whole.suite.writes; call++ {
		for _, done := range []bool{false, true} {
			t.Run(fmt.Sprintf("call %d done %v", call, done), func(t *testing.T) {
				t.Parallel()
				b := setup(t, shop, shopFiles())
				kill := func(n int) error {
					if n == call {
						return errKilled
					}
					return nil
				}
				if done {
					b.suite.after = kill
				} else {
					b.suite.before = kill
				}
				if _, err := importer.Run(context.Background(), b.cfg); !errors.Is(err, errKilled) {
					t.Fatalf("Run() error: got %v, want %v", err, errKilled)
				}
				for _, name := range []string{"rejects.csv", "known", "state.json.next"} {
					litter(t, filepath.Join(b.cfg.Dir, name))
				}
				got := b.run(t)
				wantSteps(t, shopSteps(), got)
				if diff := cmp.Diff(whole.rejects(t), b.rejects(t)); diff != "" {
					t.Errorf("rejects (-whole +resumed):\n%s", diff)
				}
				if diff := cmp.Diff(whole.suite.store, b.suite.store, protocmp.Transform()); diff != "" {
					t.Errorf("suite (-whole +resumed):\n%s", diff)
				}
				if b.suite.effects != whole.suite.effects {
					t.Errorf("%d changes, want %d", b.suite.effects, whole.suite.effects)
				}
				if got.Resumed != (call > 3) { // the first rows need three: a campaign, leads, engagements
					t.Errorf("resumed: got %v", got.Resumed)
				}
			})
		}
	}
}

// litter adds to a file what was written and never counted.
func litter(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatalf("OpenFile() error: %v", err)
	}
	if _, err := f.WriteString("half a l"); err != nil {
		t.Fatalf("WriteString() error: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatalf("Close() error: %v", err)
	}
}

// interrupted is an import that has acknowledged the first rows and stopped.
func interrupted(t *testing.T) *bundle {
	t.Helper()
	b := setup(t, shop, shopFiles())
	b.suite.before = func(n int) error {
		if n == 5 {
			return errKilled
		}
		return nil
	}
	if _, err := importer.Run(context.Background(), b.cfg); !errors.Is(err, errKilled) {
		t.Fatalf("Run() error: got %v, want %v", err, errKilled)
	}
	b.suite.before = nil
	return b
}

func TestWhatItGoesOnWith(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		change  func(t *testing.T, b *bundle)
		resumed bool
	}{
		{"the same", func(*testing.T, *bundle) {}, true},
		{"told to begin anew", func(_ *testing.T, b *bundle) { b.cfg.Restart = true }, false},
		{"another suite", func(_ *testing.T, b *bundle) { b.cfg.Suite = "other" }, false},
		{"a suite that lost everything", func(_ *testing.T, b *bundle) { b.use(newFake()) }, false},
		{"a file that was written again", func(t *testing.T, b *bundle) {
			t.Helper()
			if err := os.Chtimes(filepath.Join(b.cfg.Path, "people.csv"), time.Time{}, time.Unix(1, 0)); err != nil {
				t.Fatalf("Chtimes() error: %v", err)
			}
		}, false},
		{"another mapping", func(t *testing.T, b *bundle) {
			t.Helper()
			m, err := mapping.Parse([]byte(shop + "# the same, and yet not\n"))
			if err != nil {
				t.Fatalf("Parse() error: %v", err)
			}
			b.cfg.Mapping = m
		}, false},
		{"another size of batches", func(_ *testing.T, b *bundle) { b.cfg.BatchRows = 2 }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := interrupted(t)
			tt.change(t, b)
			got := b.run(t)
			if got.Resumed != tt.resumed {
				t.Errorf("resumed: got %v, want %v", got.Resumed, tt.resumed)
			}
			wantSteps(t, shopSteps(), got)
			if got := len(b.suite.keys("lead")); got != 6 {
				t.Errorf("got %d leads, want 6", got)
			}
		})
	}
}

func TestAFileThatWasChangedBackIsImportedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t, "source: crm\nsteps: {file: f.csv, make: {lead: {source_id: id, email: email}}}", nil)
	for i, address := range []string{"ann@a.example", "ann@b.example", "ann@a.example"} {
		b.write(t, "f.csv", "id,email\n1,"+address+"\n")
		if err := os.Chtimes(filepath.Join(b.cfg.Path, "f.csv"), time.Time{}, time.Unix(int64(i), 0)); err != nil {
			t.Fatalf("Chtimes() error: %v", err)
		}
		b.run(t)
		if l, _ := b.suite.store["lead/crm/1"].(*scoringv1.Lead); l.GetEmail() != address {
			t.Errorf("version %d of the file: got address %s, want %s", i+1, l.GetEmail(), address)
		}
	}
}

func TestKilledWhileItBeganAnew(t *testing.T) {
	t.Parallel()
	b := interrupted(t)
	b.cfg.Restart = true
	b.suite.before = func(int) error { return errKilled }
	if _, err := importer.Run(context.Background(), b.cfg); !errors.Is(err, errKilled) {
		t.Fatalf("Run() error: got %v, want %v", err, errKilled)
	}
	b.suite.before, b.cfg.Restart = nil, false
	wantSteps(t, shopSteps(), b.run(t))
}

func TestOneImportADirectory(t *testing.T) {
	t.Parallel()
	b := setup(t, shop, shopFiles())
	second := false
	b.suite.before = func(int) error {
		if !second {
			second = true
			if _, err := importer.Run(context.Background(), b.cfg); err == nil || !strings.Contains(err.Error(), "used by another process") {
				t.Errorf("a second import at the same time: got error %v", err)
			}
		}
		return nil
	}
	b.run(t)
}

func TestDamagedStateIsRefused(t *testing.T) {
	t.Parallel()
	b := interrupted(t)
	if err := os.WriteFile(filepath.Join(b.cfg.Dir, "state.json"), []byte("{"), 0o600); err != nil {
		t.Fatalf("WriteFile() error: %v", err)
	}
	if _, err := importer.Run(context.Background(), b.cfg); err == nil || !strings.Contains(err.Error(), "is damaged, begin anew") {
		t.Errorf("Run() error: got %v", err)
	}
	b.cfg.Restart = true
	wantSteps(t, shopSteps(), b.run(t))
}
