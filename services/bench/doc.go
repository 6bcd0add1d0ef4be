// Command bench measures the suite beside references, in one run, and prints the ratios.
//
//	go run .                three rounds of everything
//	go run . P1 P11         of these alone
//	go run . --rounds=1
//
// Figures of a shared machine say little by themselves. So each subject stands beside a reference that does the same work
// without what the suite adds, both are measured in the same round, and the ratio is what counts: its median over the
// rounds, with the least and the greatest. Nothing here passes or fails.
//
// The measurements are benchmarks of Go: those of whole services are here, those of one package stand in it. They need
// PostgreSQL's programs (initdb, pgbench), as the tests do; each run has a server of its own, which writes durably.
//
// This is a module of its own, because what it compares with (River, expr) belongs to no service.
package main
