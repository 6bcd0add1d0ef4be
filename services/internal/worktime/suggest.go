package worktime

import (
	_ "embed"
	"iter"
	"path"
	"strings"

	"github.com/handoffhq/handoff/services/internal/typo"
)

// zoneNames are the zones of the time zone data's zone.tab, which names one for each region of the world, and UTC. There
// are more that can be used, such as the old names of these; these are the ones to suggest.
//
//go:embed zones.txt
var zoneNames string

func zones() iter.Seq[string] { return strings.FieldsSeq(zoneNames) }

// suggestZone finds the zone that was meant by something that is none: the one with the same letters or with the same
// city, or else the one that is fewest typing errors away, and at most two. It is empty where there is none.
func suggestZone(written string) string {
	const longest, most = 64, 2
	letters, in := typo.Letters(written), typo.Letters(path.Base(written))
	if len(written) > longest || len(letters) == 0 {
		return ""
	}
	best, fewest := "", most+1
	for name := range zones() {
		whole, city := typo.Letters(name), typo.Letters(path.Base(name))
		if letters == whole || in == city {
			return name
		}
		for _, known := range []string{whole, city} {
			if edits := typo.Edits(letters, known); edits < fewest && 3*edits <= len(known) {
				best, fewest = name, edits
			}
		}
	}
	return best
}
