package importer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/importer"
)

func TestFilesAreLookedAtBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	b := setup(t, shop, map[string]string{"people.csv": "id,email\n"})
	_, err := importer.Run(context.Background(), b.cfg)
	want := []string{"people.csv: there is no column page, seen", "deals.csv: no such file or directory"}
	for _, w := range want {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("Run() error: got %v, want one that says %q", err, w)
		}
	}
	if b.suite.writes > 0 {
		t.Errorf("%d calls were made", b.suite.writes)
	}
}

func TestTransientAnswersAreTriedAgainUnderTheSameID(t *testing.T) {
	t.Parallel()
	busy, err := status.New(codes.ResourceExhausted, "too many").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(time.Hour)})
	if err != nil {
		t.Fatalf("WithDetails() error: %v", err)
	}
	for _, failure := range []error{
		status.Error(codes.Unavailable, ""), status.Error(codes.DeadlineExceeded, ""), status.Error(codes.Internal, ""), status.Error(codes.Unknown, ""), busy.Err(),
	} {
		t.Run(status.Code(failure).String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := setup(t, shop, shopFiles())
				b.cfg.Attempts = 4
				b.suite.before = func(n int) error {
					if n%4 == 1 {
						return failure
					}
					return nil
				}
				b.suite.after = func(n int) error {
					if n%4 == 2 {
						return failure // the work was done, and the answer got lost
					}
					return nil
				}
				whole := setup(t, shop, shopFiles())
				whole.run(t)
				begun := time.Now()
				wantSteps(t, shopSteps(), b.run(t))
				if b.suite.effects != whole.suite.effects {
					t.Errorf("%d changes, want %d", b.suite.effects, whole.suite.effects)
				}
				if waited := time.Since(begun); (waited >= time.Hour) != (status.Code(failure) == codes.ResourceExhausted) {
					t.Errorf("waited %v", waited)
				}
			})
		})
	}
}

func TestGivesUpAndKeepsItsPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := interrupted(t)
		b.cfg.Attempts = 5
		before := b.suite.writes
		b.suite.before = func(int) error { return status.Error(codes.Unavailable, "nobody there") }
		_, err := importer.Run(context.Background(), b.cfg)
		if err == nil || !strings.Contains(err.Error(), "no answer after 5 attempts") || b.suite.writes-before != 5 {
			t.Errorf("Run() error: got %v after %d calls", err, b.suite.writes-before)
		}
		b.suite.before = nil
		if got := b.run(t); !got.Resumed {
			t.Error("the place was lost")
		}
	})
}

func TestRefusedCallersRejectNoRows(t *testing.T) {
	t.Parallel()
	for _, code := range []codes.Code{codes.Unauthenticated, codes.PermissionDenied, codes.Unimplemented} {
		b := setup(t, shop, shopFiles())
		b.suite.before = func(int) error { return status.Error(code, "no") }
		if _, err := importer.Run(context.Background(), b.cfg); status.Code(err) != code {
			t.Errorf("%v: got error %v", code, err)
		}
	}
}

func TestStopsWhenTold(t *testing.T) {
	t.Parallel()
	b := setup(t, shop, shopFiles())
	ctx, stop := context.WithCancel(context.Background())
	b.cfg.Attempts = 10
	b.suite.before = func(n int) error {
		if n == 3 {
			stop()
			return status.Error(codes.Unavailable, "")
		}
		return nil
	}
	if _, err := importer.Run(ctx, b.cfg); !errors.Is(err, context.Canceled) {
		t.Errorf("Run() error: got %v, want %v", err, context.Canceled)
	}
	if b.suite.writes != 3 {
		t.Errorf("%d calls, want 3", b.suite.writes)
	}
}

func TestMessagesStayBelowTheLimit(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	file.WriteString("id,text\n")
	for i := range 500 {
		fmt.Fprintf(&file, "%d,%s\n", i, strings.Repeat("x", 9_000))
	}
	b := setup(t, "source: crm\nsteps: {file: f.csv, make: {lead: {source_id: id, attributes: {text: text}}}}", map[string]string{"f.csv": file.String()})
	b.cfg.BatchRows = 500
	largest := 0
	b.suite.refuses = func(m proto.Message) string {
		if l, ok := m.(*scoringv1.Lead); ok {
			largest = max(largest, proto.Size(l))
		}
		return ""
	}
	if got := b.run(t); got.Steps[0].Resources[0].Accepted != 500 {
		t.Errorf("figures: got %+v", got.Steps)
	}
	if bytes := b.suite.largest * largest; bytes > 1<<20 || b.suite.largest < 50 {
		t.Errorf("a batch has %d leads, %d bytes", b.suite.largest, bytes)
	}
}

func TestProgressRisesToTheEnd(t *testing.T) {
	t.Parallel()
	b := setup(t, shop, shopFiles())
	var shares []float64
	b.cfg.Progress = func(share float64) { shares = append(shares, share) }
	b.run(t)
	if !slices.IsSorted(shares) || len(shares) < 4 || shares[len(shares)-1] != 1 {
		t.Errorf("progress: got %v", shares)
	}
}

func TestReportIsATable(t *testing.T) {
	t.Parallel()
	b := setup(t, shop, shopFiles())
	got := b.run(t)
	got.RejectFile = "rejects.csv"
	var out strings.Builder
	if err := got.Write(&out); err != nil {
		t.Fatalf("Write() error: %v", err)
	}
	want := `
        file  rows     resource  accepted  repeated  skipped  rejected
  people.csv     8     campaign         2         4        0         2
                           lead         6         0        0         2
                     engagement         6         0        0         2
   deals.csv     5  opportunity         3         0        1         1
3 rejected; line by line in rejects.csv
`
	if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), out.String()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}
