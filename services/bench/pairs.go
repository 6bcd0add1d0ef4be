package main

// run is one call of go test: some benchmarks of one package.
type run struct {
	module  string // its directory, from here
	pkg     string // the package, from there
	pattern string // of the benchmarks
	time    string // -benchtime: N times or for a while
}

// pair is a subject beside its reference. Both are benchmarks, named as go test names them behind `Benchmark`.
type pair struct {
	id        string // of what is measured; the pairs of one id belong together
	what      string
	subject   figure
	reference figure
	target    string // what the ratio is to be one day, in words; empty for none
}

// figure is one figure of a benchmark.
type figure struct {
	run       *run
	benchmark string
	unit      string
}

var (
	scoreLead = &run{".", ".", "^BenchmarkScoreLead$", "20000x"}
	rules     = &run{"..", "./scoring/internal/qualify", "^BenchmarkRules$", "2s"}
	handoffs  = &run{".", ".", "^BenchmarkHandoff$", "5000x"}
	commits   = &run{".", ".", "^BenchmarkCommits$", "50000x"}
	pgbench   = &run{".", ".", "^BenchmarkPgbench$", "1x"}
	clocks    = &run{"..", "./sla", "^BenchmarkDueClocks$", "1x"}
	timers    = &run{".", ".", "^Benchmark(Sweep|River)$", "1x"}
	credits   = &run{".", ".", "^BenchmarkAttribution$/^1000000$", "3x"}
	inMemory  = &run{"..", "./internal/calculator", "^BenchmarkMemory$", "3x"}
	assign    = &run{"..", "./routing", "^BenchmarkAssign$", "4096x"}
	passOn    = &run{"..", "./routing", "^BenchmarkPassOn$", "1600x"}
	names     = &run{"..", "./scoring/internal/alike", "^BenchmarkNames$", "400x"}
)

// pairs is everything that is measured, in the order in which it is printed.
func pairs() []pair {
	all := []pair{
		{"P1", "ScoreLead, requests a second", figure{scoreLead, "ScoreLead/suite", "calls/s"}, figure{scoreLead, "ScoreLead/echo", "calls/s"}, "at least 0.85"},
		{"P1", "ScoreLead, processor time of the server", figure{scoreLead, "ScoreLead/suite", "server-cpu-ns/call"}, figure{scoreLead, "ScoreLead/echo", "server-cpu-ns/call"}, "at most 1.3"},
		{"P1", "the same, every request traced", figure{scoreLead, "ScoreLead/traced", "server-cpu-ns/call"}, figure{scoreLead, "ScoreLead/echo", "server-cpu-ns/call"}, ""},
		{"P2", "32 rules with explanation, against Go by hand", figure{rules, "Rules/handoff", "leads/s"}, figure{rules, "Rules/go", "leads/s"}, "at least 0.25"},
		{"P2", "against cel-go", figure{rules, "Rules/handoff", "leads/s"}, figure{rules, "Rules/cel-go", "leads/s"}, "at least 12"},
		{"P2", "against expr", figure{rules, "Rules/handoff", "leads/s"}, figure{rules, "Rules/expr", "leads/s"}, "at least 8"},
		{"P3", "scores over streams, against single calls", figure{scoreLead, "ScoreLead/stream", "leads/s"}, figure{scoreLead, "ScoreLead/suite", "calls/s"}, "at least 4"},
		{"P3", "the same, processor time of the server", figure{scoreLead, "ScoreLead/stream", "server-cpu-ns/lead"}, figure{scoreLead, "ScoreLead/suite", "server-cpu-ns/call"}, ""},
	}
	for _, db := range []struct{ id, name string }{{"P4", "postgres"}, {"P5", "sqlite"}} {
		for _, callers := range []string{"64", "512"} {
			at := "Handoff/" + db.name + "/" + callers
			suite := figure{handoffs, at + "/suite", "handoffs/s"}
			all = append(all,
				pair{db.id, db.name + ", " + callers + " callers: intake, against its rows alone", figure{handoffs, at + "/suite", "leads/s"}, figure{handoffs, at + "/intake-rows", "handoffs/s"}, "at least 0.5"},
				pair{db.id, "end to end, against all rows alone", suite, figure{handoffs, at + "/rows", "handoffs/s"}, "at least 0.35"})
			if db.id == "P4" {
				all = append(all, pair{"P4", "end to end, against pgbench with 3 INSERTs", suite, figure{pgbench, "Pgbench", "handoffs/s"}, map[string]string{"64": "at least 0.5", "512": "at least 0.7"}[callers]})
			} else {
				all = append(all, pair{"P5", "end to end, against commits of ten", suite, figure{commits, "Commits", "handoffs/s"}, map[string]string{"512": "at least 0.3"}[callers]})
			}
		}
	}
	for _, db := range []string{"postgres", "sqlite"} {
		late := figure{clocks, "DueClocks/" + db, "p99-ms"}
		all = append(all,
			pair{"P6", "20,000 clocks due in a second, " + db + ": p99 against a sweep", late, figure{timers, "Sweep", "p99-ms"}, ""},
			pair{"P6", "against River", late, figure{timers, "River/default", "p99-ms"}, "at most 0.05"},
			pair{"P6", "against River, tuned", late, figure{timers, "River/tuned", "p99-ms"}, "at most 0.25"})
	}
	all = append(all,
		pair{"P6", "the same by three replicas, against one", figure{clocks, "DueClocks/postgres-by-three", "p99-ms"}, figure{clocks, "DueClocks/postgres", "p99-ms"}, ""})
	for _, order := range []string{"1", "3", "4"} {
		target := map[string]string{"1": "at most 1", "4": "at most 1.5"}[order]
		all = append(all, pair{"P8", "a million journeys from a file, Markov of order " + order + ", against reading it with encoding/csv", figure{credits, "Attribution/1000000/markov-" + order + "/cores-2", "ms"}, figure{credits, "Attribution/1000000/csv", "ms"}, target})
	}
	for _, model := range []string{"markov", "rules", "shapley", "shapley-exact"} {
		all = append(all, pair{"P9", "the same in memory, " + model + ", against one pass", figure{inMemory, "Memory/" + model, "ns/op"}, figure{inMemory, "Memory/pass", "ns/op"}, "at most 3"})
	}
	for _, db := range []string{"postgres", "sqlite"} {
		for _, clients := range []string{"8", "64"} {
			at := "Assign/" + db + "/" + clients
			all = append(all, pair{"P11", "assignments in one pool, " + db + ", " + clients + " clients, against a row's update", figure{assign, at + "/lead", "leads/s"}, figure{assign, at + "/row", "rows/s"}, "at least 0.7"})
		}
	}
	return append(all,
		pair{"P11", "8 clients who pass handoffs on, postgres: in pools of their own, against one pool", figure{passOn, "PassOn/postgres/pools-8", "leads/s"}, figure{passOn, "PassOn/postgres/pools-1", "leads/s"}, ""},
		pair{"P12", "a mistyped name among 200,000, queries a second", figure{names, "Names/handoff", "queries/s"}, figure{names, "Names/pg_trgm", "queries/s"}, "at least 50"},
		pair{"P12", "the same: the first answer is the right one", figure{names, "Names/handoff", "recall-%"}, figure{names, "Names/pg_trgm", "recall-%"}, "at least 1"})
}
