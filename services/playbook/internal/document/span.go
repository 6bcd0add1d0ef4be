package document

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/durationpb"
)

// span is a length of time as it is written. Days are kept apart: a day of business time is not 24 hours.
type span struct {
	days    int64
	seconds int64 // of hours, minutes and seconds
	nanos   int64 // of their fractions, less than a second
}

// The lengths of the units, in seconds and nanoseconds.
const (
	secondsPerDay    = 24 * 60 * 60
	secondsPerHour   = 60 * 60
	secondsPerMinute = 60
	nanosPerSecond   = 1_000_000_000
)

// maxSeconds is the longest duration that the schema can hold, about 10,000 years.
const maxSeconds = 315_576_000_000

var (
	errSpan     = errors.New("is not a length of time: write it like 30s, 5m, 4h, 5d or 2w")
	errLongSpan = errors.New("is longer than 10,000 years")
)

var (
	spanText  = regexp.MustCompile(`^(?:[0-9]+[wd]|[0-9]+(?:\.[0-9]{1,9})?[hms])+$`)
	spanRange = regexp.MustCompile(`^([0-9]+)([wdhm]?) *(?:-|–|to|\.\.) *([0-9]+)([wdhm])$`)
	spanPart  = regexp.MustCompile(`([0-9]+)(?:\.([0-9]+))?([wdhms])`)
)

// parseSpan reads weeks, days, hours, minutes and seconds: `2w`, `90d`, `1h30m`, `1.5s`. Days and weeks are whole:
// half a day is twelve hours or four, and only the writer knows.
func parseSpan(text string) (span, error) {
	if !spanText.MatchString(text) {
		return span{}, errSpan
	}
	var sum span
	for _, part := range spanPart.FindAllStringSubmatch(text, -1) {
		n, err := strconv.ParseInt(part[1], 10, 64)
		if err != nil || n > maxSeconds {
			return span{}, errLongSpan
		}
		sum.add(n, part[2], part[3])
		if sum.days*secondsPerDay+sum.seconds > maxSeconds {
			return span{}, errLongSpan
		}
	}
	return sum, nil
}

// add adds one part: a whole number, the digits behind its point, and a unit.
func (s *span) add(n int64, fraction, unit string) {
	var length int64
	switch unit {
	case "w":
		s.days += 7 * n
		return
	case "d":
		s.days += n
		return
	case "h":
		length = secondsPerHour
	case "m":
		length = secondsPerMinute
	default:
		length = 1
	}
	billionths, _ := strconv.ParseInt((fraction + "000000000")[:9], 10, 64)
	s.seconds += n * length
	s.nanos += billionths * length // at most 3.6e12
	s.seconds, s.nanos = s.seconds+s.nanos/nanosPerSecond, s.nanos%nanosPerSecond
}

// duration is the span with days of 24 hours.
func (s span) duration() *durationpb.Duration {
	return &durationpb.Duration{Seconds: s.days*secondsPerDay + s.seconds, Nanos: int32(s.nanos)}
}

// formatDuration writes a duration in the longest unit that divides it.
func formatDuration(d *durationpb.Duration) string {
	if d.GetNanos() == 0 && d.GetSeconds() != 0 && d.GetSeconds()%secondsPerDay == 0 {
		return strconv.FormatInt(d.GetSeconds()/secondsPerDay, 10) + "d"
	}
	return formatTime(d)
}

// formatTime writes a duration without days, which in a budget mean something else.
func formatTime(d *durationpb.Duration) string {
	seconds := d.GetSeconds()
	switch {
	case d.GetNanos() != 0:
		return strings.TrimRight(fmt.Sprintf("%d.%09d", seconds, d.GetNanos()), "0") + "s"
	case seconds == 0 || seconds%secondsPerMinute != 0:
		return strconv.FormatInt(seconds, 10) + "s"
	case seconds%secondsPerHour != 0:
		return strconv.FormatInt(seconds/secondsPerMinute, 10) + "m"
	default:
		return strconv.FormatInt(seconds/secondsPerHour, 10) + "h"
	}
}
