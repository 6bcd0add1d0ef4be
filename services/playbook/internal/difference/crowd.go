package difference

import (
	"fmt"
	"strings"
)

// mostTold is how many target accounts come or go with a sentence of their own, or are named in one together.
const mostTold = 10

// changes tells of what differs in meaning. Many target accounts that come, or go, are one change, in the place of the first:
// its sentence names some, and all stand in what it was or is.
func (p pair) changes(found []finding, touched reach) []Change {
	crowds := map[Kind][]finding{}
	for _, f := range found {
		if f.isTarget() {
			crowds[f.kind] = append(crowds[f.kind], f)
		}
	}
	var all []Change
	for _, f := range found {
		c := Change{Path: f.path, Kind: f.kind, Effect: touched.effect(f.steps), Old: f.old, New: f.new}
		switch crowd := crowds[f.kind]; {
		case !f.isTarget() || len(crowd) <= mostTold:
			c.Sentence = p.sentence(f)
		case f.path == crowd[0].path:
			c.together(crowd)
		default:
			continue // the first tells of it
		}
		all = append(all, c)
	}
	return all
}

// isTarget says whether a target account came or went.
func (f finding) isTarget() bool {
	return len(f.steps) == 2 && f.steps[0] == "target_accounts" && (f.kind == Added || f.kind == Removed)
}

// together makes a change tell of many target accounts.
func (c *Change) together(crowd []finding) {
	domains, old, now := make([]string, len(crowd)), make([]string, len(crowd)), make([]string, len(crowd))
	for i, f := range crowd {
		domains[i], old[i], now[i] = f.steps[1], f.old, f.new
	}
	verb := "join"
	c.Path, c.Old, c.New = crowd[0].steps[0], "", "["+strings.Join(now, ", ")+"]"
	if c.Kind == Removed {
		verb, c.Old, c.New = "leave", "["+strings.Join(old, ", ")+"]", ""
	}
	c.Sentence = fmt.Sprintf("%d accounts %s the target accounts: %s and %d more", len(crowd), verb, strings.Join(domains[:mostTold], ", "), len(crowd)-mostTold)
}
