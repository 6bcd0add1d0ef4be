package dirlock_test

import (
	"errors"
	"testing"

	"github.com/handoffhq/handoff/services/internal/dirlock"
)

func TestADirectoryIsForOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := dirlock.Take(dir)
	if err != nil {
		t.Fatalf("Take() error: %v", err)
	}
	if _, err := dirlock.Take(dir); !errors.Is(err, dirlock.ErrHeld) {
		t.Errorf("Take() of a directory that is taken: got %v, want %v", err, dirlock.ErrHeld)
	}
	if err := first.Close(); err != nil {
		t.Fatalf("Close() error: %v", err)
	}
	again, err := dirlock.Take(dir)
	if err != nil {
		t.Fatalf("Take() after it was given back: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Errorf("Close() error: %v", err)
	}
}
