package fairness

// Availability says whether a member can take one particular lead, and if not,
// why not.
type Availability uint8

const (
	// Unlisted members were not named as candidates.
	Unlisted Availability = iota
	// Available members can take the lead.
	Available
	// OffShift is outside the member's working hours.
	OffShift
	// OnLeave is a personal absence.
	OnLeave
	// OnHoliday is a public holiday of the member's calendar.
	OnHoliday
	// Inactive members take no leads at all.
	Inactive
	// AtCap members have as many leads as a cap allows.
	AtCap
	// Unsuited members lack the skill, segment, region or language.
	Unsuited
	// AnsweredBefore members have declined or rejected this lead already.
	AnsweredBefore
)

var availabilityNames = [...]string{
	"UNLISTED", "AVAILABLE", "OFF_SHIFT", "ON_LEAVE", "ON_HOLIDAY", "INACTIVE", "AT_CAP", "UNSUITED", "ANSWERED_BEFORE",
}

// String gives the availability's name in capitals.
func (a Availability) String() string { return nameOf(availabilityNames[:], int(a)) }

// Eligible says whether a member can be picked.
func (a Availability) Eligible() bool { return a == Available }

// Accrues says whether a member gains entitlement by a lead. Whoever is absent
// does not, so that no flood waits for them on their return. Whoever declined
// the lead does not either: it must not give back what the decline cost.
func (p Policy) Accrues(a Availability) bool {
	return a == Available || a == AtCap && p.AccrueWhenCapped
}
