package main

import "testing"

func TestADemoOnPostgresDoesNotWaitForTheDisk(t *testing.T) {
	t.Parallel()
	for database, want := range map[string]string{
		"":                           "",
		"postgres://localhost/demo":  "postgres://localhost/demo?synchronous_commit=off",
		"postgres://me@/d?host=/run": "postgres://me@/d?host=%2Frun&synchronous_commit=off",
		"host=/run dbname=demo":      "host=/run dbname=demo synchronous_commit=off",
		"postgres://localhost/demo?synchronous_commit=on": "postgres://localhost/demo?synchronous_commit=on",
	} {
		if got := hasty(database); got != want {
			t.Errorf("%q: got %q, want %q", database, got, want)
		}
	}
}
