package criteria

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// ErrWindow is returned for a text that is not a length of time.
var ErrWindow = errors.New(`not a length of time such as "14d", "36h" or "1d12h"`)

const day = 24 * time.Hour

// ParseWindow reads a positive length of time: Go's notation with weeks and days
// in front, "2w", "14d", "1d12h", "90m". A day is 24 hours here; calendars and
// business hours are another matter.
func ParseWindow(s string) (time.Duration, error) {
	total, rest := time.Duration(0), s
	for _, unit := range []struct {
		letter string
		length time.Duration
	}{{"w", 7 * day}, {"d", day}} {
		digits, after, found := strings.Cut(rest, unit.letter)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 31)
		if err != nil || time.Duration(n) > (math.MaxInt64-total)/unit.length {
			return 0, windowError(s)
		}
		total, rest = total+time.Duration(n)*unit.length, after
	}
	if rest != "" {
		clock, err := time.ParseDuration(rest)
		if err != nil || clock < 0 || clock > math.MaxInt64-total || strings.HasPrefix(rest, "+") {
			return 0, windowError(s)
		}
		total += clock
	}
	if total <= 0 {
		return 0, windowError(s)
	}
	return total, nil
}

func windowError(s string) error { return fmt.Errorf("parse window %.40q: %w", s, ErrWindow) }
