package record

import "time"

// How long what failed is put off: the first time, and at most.
const (
	firstPause   = time.Second
	longestPause = time.Hour
)

// Pause is how long something is put off that failed before so often in a row: twice as long each time, up to an hour.
func Pause(failures int64) time.Duration {
	pause := firstPause
	for ; failures > 0 && pause < longestPause; failures-- {
		pause *= 2
	}
	return min(pause, longestPause)
}
