package paths

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
)

// Made says which journeys to make up.
type Made struct {
	Journeys int64
	Channels int
	Mean     int // steps of a journey
	Seed     uint64
}

// channelNames are those of made-up channels; further ones are numbered.
var channelNames = [...]string{
	"direct", "organic_search", "paid_search", "email", "referral", "organic_social",
	"paid_social", "display", "webinar", "event", "video", "affiliate",
}

// Generate writes a path file with a row for each of some made-up journeys. Earlier channels are met more often, journeys
// are as long as if each step were the last with the same chance, and one in five converts. The same figures make the same
// bytes on any machine: there is integer arithmetic only.
func Generate(out io.Writer, m Made) error {
	if m.Journeys < 0 || m.Channels < 1 || m.Channels > MaxChannels || m.Mean < 1 || m.Mean > 1000 {
		return errors.New("journeys are 0 or more, of 1 to 65535 channels and 1 to 1000 steps in the mean")
	}
	names := make([]string, m.Channels)
	for i := range names {
		if names[i] = fmt.Sprintf("channel_%d", i+1); i < len(channelNames) {
			names[i] = channelNames[i]
		}
	}
	chance := rand.New(rand.NewPCG(m.Seed, 0))
	w := bufio.NewWriterSize(out, 1<<16)
	_, _ = w.WriteString("path,total_conversions,total_conversion_value,total_null\n") // the writer keeps its error
	var row []byte
	for range m.Journeys {
		row = row[:0]
		for {
			row = append(row, names[min(chance.IntN(m.Channels), chance.IntN(m.Channels))]...)
			if chance.IntN(m.Mean) == 0 {
				break
			}
			row = append(row, " > "...)
		}
		if chance.IntN(5) == 0 {
			row = append(row, ",1,"...)
			row = strconv.AppendInt(row, 10+chance.Int64N(990), 10)
			row = append(row, ",0\n"...)
		} else {
			row = append(row, ",0,0,1\n"...)
		}
		if _, err := w.Write(row); err != nil {
			return err
		}
	}
	return w.Flush()
}
