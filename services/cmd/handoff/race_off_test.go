//go:build !race

package main

// raceDetector says whether the race detector is at work.
const raceDetector = false
