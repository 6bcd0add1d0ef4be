package replay

import (
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// Surroundings are who played a part at accounts and when accounts were hot, by each version and at any instant, as a [Roll]
// found out. They do not change, and are safe for concurrent use.
type Surroundings struct {
	asked      [versions]asked
	committees [versions]map[string]*committee // by account
	heats      [versions]map[string]*heat
}

// Surroundings are what was found out so far.
func (r *Roll) Surroundings() *Surroundings {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &Surroundings{asked: r.asked, heats: r.heats}
	for v := range r.by {
		s.committees[v] = make(map[string]*committee, len(r.by[v]))
		for account, entries := range r.by[v] {
			k := &committee{altered: r.altered[v][account]}
			slices.SortFunc(k.altered, time.Time.Compare)
			k.altered = slices.CompactFunc(k.altered, time.Time.Equal)
			k.fill(entries)
			s.committees[v][account] = k
		}
	}
	return s
}

// members are people who make up the same committee as everybody who was at an account at an instant, added to others.
func (s *Surroundings) members(to []qualify.Member, version int, account string, at time.Time) []qualify.Member {
	if k := s.committees[version][account]; k != nil {
		return k.membersAt(to, at)
	}
	return to
}

// surging says whether an account is hot at an instant: as it stood before the instant changed that, or settled, as it stood
// then.
func (s *Surroundings) surging(version int, account string, at time.Time, settled bool) bool {
	h := s.heats[version][account]
	return h != nil && h.at(at, settled)
}

// surgesNow says whether an account would be hot at the cut if the draft came into force then.
func (s *Surroundings) surgesNow(account string) bool {
	h := s.heats[Draft][account]
	return h != nil && h.now
}

// altered says when the people of an account were judged again because its committee had changed, or it became hot or calm.
func (s *Surroundings) altered(version int, account string) []time.Time {
	var all []time.Time
	if k := s.committees[version][account]; k != nil {
		all = k.altered
	}
	if h := s.heats[version][account]; h != nil {
		all = slices.Clone(all)
		for _, at := range h.flips {
			all = append(all, time.UnixMicro(at).UTC())
		}
	}
	return all
}
