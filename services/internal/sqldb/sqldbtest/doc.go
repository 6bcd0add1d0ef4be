// Package sqldbtest gives tests real databases: SQLite files in temporary
// directories, and PostgreSQL databases in a throw-away server.
//
// Each runs a test on both, in parallel:
//
//	func TestStore(t *testing.T) {
//		sqldbtest.Each(t, store.Migrations, func(t *testing.T, db *sqldb.DB) { … })
//	}
//
// The server starts with the first test that needs it, one for each test
// binary. It runs without fsync, listens on a Unix socket only, and is gone
// with its files when the test process ends, even by a kill. As root it runs
// as the user postgres or nobody. A test's database, of either kind, is a copy
// of a template that was migrated once. Benchmarks have a second server, which
// writes as durably as one in production: see Durable.
//
// Two variables of the environment say otherwise:
//
//   - HANDOFF_TEST_POSTGRES: the URL of a running server to use instead, for
//     instance one for a whole run of go test ./... Its user must be allowed to
//     create databases. Templates (handoff_template_…) stay in it, to be
//     shared by all test binaries.
//   - HANDOFF_TEST_REQUIRE_POSTGRES=1: where no server can be found, tests on
//     PostgreSQL fail. Without it they are skipped.
package sqldbtest
