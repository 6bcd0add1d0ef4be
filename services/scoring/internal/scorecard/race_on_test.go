//go:build race

package scorecard_test

// The race detector makes everything ten times slower, and there is nothing here for it to see.
const million = 20_000
