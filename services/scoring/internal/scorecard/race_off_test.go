//go:build !race

package scorecard_test

const million = 1_000_000
