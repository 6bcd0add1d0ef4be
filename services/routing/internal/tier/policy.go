package tier

// Policy is a decision table as people write it.
type Policy struct {
	// FirstMatch holds conditions that come before the table, in order.
	FirstMatch []Condition
	// Rows fill the table; their order does not matter.
	Rows []Row
	// Otherwise decides what nothing else decides. It is required.
	Otherwise *Outcome
}

// Condition is a named rule that the caller evaluates.
type Condition struct {
	// Name is unique among the conditions.
	Name string
	Then Outcome
}

// Row covers every cell of its classes and intents. Its tier is its name and
// unique among the rows.
type Row struct {
	Classes []Class
	Intents []Intent
	Then    Outcome
}

// Outcome says what happens to a lead.
type Outcome struct {
	// Tier keys the clocks and reports. Conditions and Otherwise may leave it
	// empty: then only what holds for every tier applies.
	Tier string
	// Assign says who receives the lead.
	Assign Assignment
	// Programme is the nurture programme that the lead is enrolled in, empty for
	// none. A lead can be nurtured and assigned at once.
	Programme string
}

// Kind is the kind of receiver.
type Kind uint8

const (
	_ Kind = iota
	// OwnerOrPool is the account's owner, or the named pool if there is none.
	OwnerOrPool
	// Pool is the named pool.
	Pool
	// Queue is the named queue, which people work through.
	Queue
	// OpportunityOwner owns the account's open opportunity.
	OpportunityOwner
	// Rep is the named rep.
	Rep
	// Nurture means no salesperson and no sales clock.
	Nurture
	// Disqualify means that the lead goes no further.
	Disqualify
)

var kindNames = [...]string{
	"UNSPECIFIED", "OWNER_OR_POOL", "POOL", "QUEUE", "OPPORTUNITY_OWNER", "REP", "NURTURE", "DISQUALIFY",
}

// String gives the kind's name in capitals.
func (k Kind) String() string { return nameOf(kindNames[:], int(k)) }

func (k Kind) known() bool { return k > 0 && int(k) < len(kindNames) }

func (k Kind) named() bool { return k == OwnerOrPool || k == Pool || k == Queue || k == Rep }

// Assignment is who receives a lead.
type Assignment struct {
	Kind Kind
	// Name is the pool's, queue's or rep's name; empty for the other kinds.
	Name string
}

// String gives the kind and, where there is one, the name.
func (a Assignment) String() string {
	if a.Name == "" {
		return a.Kind.String()
	}
	return a.Kind.String() + " " + a.Name
}
