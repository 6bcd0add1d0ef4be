package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/app/apptest"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// status asks a suite whether it is ready.
func status(t *testing.T, address string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func TestASuiteWhoseDatabaseIsAwayIsNotReadyUntilItIsBack(t *testing.T) {
	t.Parallel()
	database := sqldbtest.Postgres(t)
	a := apptest.Run(t, app.Config{DataDir: t.TempDir(), DatabaseURL: database, GRPCAddr: "127.0.0.1:0", HTTPAddr: "127.0.0.1:0"})
	await := func(want int) {
		t.Helper()
		for status(t, a.HTTPAddr()) != want {
			time.Sleep(20 * time.Millisecond) // the suite looks at its databases by itself
		}
	}
	await(http.StatusOK)
	open := sqldbtest.Shut(t, database)
	await(http.StatusServiceUnavailable)
	open()
	await(http.StatusOK)
}
