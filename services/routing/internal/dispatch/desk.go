package dispatch

import (
	"cmp"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/routing/internal/coverage"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/presence"
)

// Desk is where leads are placed at one instant. Make one with [New].
type Desk struct {
	now     time.Time
	reps    map[string]*Rep
	pools   map[string]*Pool
	hours   map[string]*worktime.Calendar
	leaves  map[string][]Leave         // by rep, of those whom others stand in for
	moments map[string]presence.Moment // by calendar
}

// Rep is somebody who can get leads.
type Rep struct {
	presence.Rep
	// Calendar is the name of the rep's own calendar; empty for that of the pool, or else of the lead's playbook.
	Calendar string
	// Coverage is what the rep knows and where they work.
	Coverage coverage.Coverage
	// Offline says that the rep is inactive because they did not answer.
	Offline bool
	// Cover is the rep who was named to stand in while this one is on leave; empty for nobody. The leaves of the desk tell it.
	Cover string
}

// Pool is reps who share leads by turns, and where their leads go when nobody is there.
type Pool struct {
	// Book is the ledger of the turns. Other pools may share it.
	Book *Book
	// Members are in the order of their ids, and have accounts in the book.
	Members []string
	// Calendar is the name of the calendar for members without their own; empty for that of the lead's playbook.
	Calendar string
	// Policy is how the pool picks.
	Policy fairness.Policy
	// OwnerTurns says that a lead which goes past the pool to an owner counts as a turn, if the owner is a member.
	OwnerTurns bool
	Overflow   string
}

// Book is a ledger of turns.
type Book struct{ Ledger fairness.Pool }

// Has says whether a rep is a member.
func (p *Pool) Has(rep string) bool {
	_, is := slices.BinarySearch(p.Members, rep)
	return is
}

// New makes an empty desk.
func New(now time.Time) *Desk {
	return &Desk{now: now, reps: map[string]*Rep{}, pools: map[string]*Pool{}, hours: map[string]*worktime.Calendar{},
		leaves: map[string][]Leave{}, moments: map[string]presence.Moment{}}
}

// Move moves the desk to another instant.
func (d *Desk) Move(now time.Time) {
	d.now = now
	clear(d.moments)
	for rep := range d.leaves {
		d.seatCover(rep)
	}
}

// AddRep puts a rep on the desk.
func (d *Desk) AddRep(id string, r *Rep) {
	d.reps[id] = r
	delete(d.leaves, id)
}

// AddPool puts a pool on the desk. Its members must be there too.
func (d *Desk) AddPool(id string, p *Pool) { d.pools[id] = p }

// AddCalendar makes a calendar known.
func (d *Desk) AddCalendar(name string, hours *worktime.Calendar) { d.hours[name] = hours }

// Rep is a rep of the desk; nil if there is none.
func (d *Desk) Rep(id string) *Rep { return d.reps[id] }

// Pool is a pool of the desk; nil if there is none.
func (d *Desk) Pool(id string) *Pool { return d.pools[id] }

// Calendar names the calendar that a rep of the desk works by for a lead: their own; or else that of the first pool in the
// lead's way in which they are, which is the lead's own, those that it overflows to, and the fallback. It is empty where that
// is the playbook's.
func (d *Desk) Calendar(rep string, l Lead) string {
	if own := d.reps[rep].Calendar; own != "" {
		return own
	}
	next := l.Pool
	for range l.Overflow + 1 {
		pool := d.pools[next]
		if pool == nil {
			break
		}
		if pool.Has(rep) {
			return pool.Calendar
		}
		next = pool.Overflow
	}
	if pool := d.pools[l.Fallback.Pool]; pool != nil && pool.Has(rep) {
		return pool.Calendar
	}
	return ""
}

// moment is the instant as the calendar sees it that a rep works by for a lead.
func (d *Desk) moment(rep string, l Lead) presence.Moment {
	return d.look(cmp.Or(d.Calendar(rep, l), l.Calendar))
}

// look is the instant as a calendar sees it.
func (d *Desk) look(name string) presence.Moment {
	m, known := d.moments[name]
	if !known {
		m = presence.At(d.now, d.hours[name])
		d.moments[name] = m
	}
	return m
}

// Lead is what has to be known of a lead to place it.
type Lead struct {
	Key fairness.LeadKey
	// Calendar is the name of the playbook's calendar, for reps who have none of their own or their pool's.
	Calendar string
	// Owner is the rep who is asked first; empty for nobody. Waits says that no pool is asked while the owner can come.
	Owner string
	Waits bool
	// Pool is asked next; empty for none. Overflow is how many overflow pools in a row may be asked after it.
	Pool     string
	Overflow int
	// Fallback is asked last.
	Fallback Fallback
	// Needs is what a rep must cover to get the lead by a pool.
	Needs coverage.Coverage
	// Refused are the reps who declined or rejected the lead before.
	Refused []string
	// Queued says that the lead waits for somebody to pick it: nobody is asked.
	Queued bool
	// claimed says that the rep takes the lead themselves: then it does not matter whether they are on shift.
	claimed bool
}

// Fallback is a pool or a rep; nobody if both are empty.
type Fallback struct{ Pool, Rep string }

func (l Lead) refusedBy(rep string) bool { return slices.Contains(l.Refused, rep) }

// Suits says whether a rep could take a lead at the moment, by name or by a pool. A rep who is not on the desk cannot.
func (d *Desk) Suits(rep string, l Lead) bool {
	byName := l.Owner != "" || l.Fallback.Rep != ""
	return !l.Queued && d.availability(rep, l).Eligible() && (byName || d.reps[rep].Coverage.Covers(l.Needs))
}

// Whereabouts is where a rep is, so far as it does not depend on a lead.
type Whereabouts uint8

const (
	// Unsure means that the rep works by the calendar of a pool, or of each lead's playbook.
	Unsure Whereabouts = iota
	// Present reps are at work, able to take leads or not.
	Present
	// Away reps are off shift, on leave, inactive, or not on the desk.
	Away
)

// Here says whether a rep is at work.
func (d *Desk) Here(rep string) Whereabouts {
	r := d.reps[rep]
	switch {
	case r == nil:
		return Away
	case r.Calendar == "" && r.Active:
		return Unsure
	case present(r.Availability(d.look(r.Calendar))):
		return Present
	default:
		return Away
	}
}

// Give gives a lead to a rep past all pools and counts the handoff, if they can take it; otherwise it says what stands in the way.
func (d *Desk) Give(rep string, l Lead) fairness.Availability {
	return d.taken(rep, l, d.availability(rep, l))
}

// Claim is Give for a rep who takes the lead themselves, on shift or not. They must cover what it needs: nobody chose them.
func (d *Desk) Claim(rep string, l Lead) fairness.Availability {
	l.claimed = true
	return d.taken(rep, l, d.share(rep, l))
}

// taken counts a handoff for a rep if nothing stands in the way.
func (d *Desk) taken(rep string, l Lead, a fairness.Availability) fairness.Availability {
	if a.Eligible() {
		d.take(rep, l)
	}
	return a
}

// availability says what stands between a rep and a lead that is theirs by name.
func (d *Desk) availability(rep string, l Lead) fairness.Availability {
	r := d.reps[rep]
	if r == nil {
		return fairness.Inactive
	}
	moment := d.moment(rep, l)
	if l.claimed {
		moment = moment.OnShift()
	}
	a := r.Availability(moment)
	if present(a) && l.refusedBy(rep) {
		return fairness.AnsweredBefore
	}
	return a
}

// share says what stands between a rep and a lead that is theirs by a pool: what the lead needs, too.
func (d *Desk) share(rep string, l Lead) fairness.Availability {
	a := d.availability(rep, l)
	if present(a) && !d.reps[rep].Coverage.Covers(l.Needs) {
		return fairness.Unsuited
	}
	return a
}

// present says whether a rep is at work, able to take leads or not.
func present(a fairness.Availability) bool { return a == fairness.Available || a == fairness.AtCap }

// take counts a handoff that a rep gets.
func (d *Desk) take(rep string, l Lead) {
	d.reps[rep].Take(d.moment(rep, l))
}
