package compliance

import (
	"time"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// contactWithin is how soon a lead must be touched to count as contacted.
const contactWithin = 5 * 7 * 24 * time.Hour

// Lead is a lead that became an MQL in the period. Instants that have not come are zero.
type Lead struct {
	MQL      time.Time
	Assigned time.Time // first
	Touched  time.Time // first, by a person
	Accepted bool      // by any rep
	SQL      bool      // it became one
	Misfit   bool      // sales rejected it as a bad fit
	Opened   bool      // its context is known
	Complete bool      // with all that the playbook requires
	ForSales bool      // it was passed to sales, and is not another lead
}

// leads are the leads of a ledger.
type leads struct {
	mqls, misfits, opened, complete int64
	tables                          [2]table
}

// table counts leads by how soon they were touched.
type table struct {
	leads, contacted int64
	waits            []time.Duration
	buckets          [len(edges) + 1]Bucket
}

// edges are where the buckets begin: at once, after five minutes, an hour, four hours, a day, two and three days. The next day is
// when a lead has gone cold; what is touched after two or three days is as good as lost.
var edges = [...]time.Duration{0, 5 * time.Minute, time.Hour, 4 * time.Hour, 24 * time.Hour, 48 * time.Hour, 72 * time.Hour}

// From says from when on a response is counted.
type From int

// From the MQL, or from the first assignment.
const (
	FromMQL From = iota
	FromAssigned
)

// AddLead counts a lead.
func (l *Ledger) AddLead(lead Lead) {
	n := &l.leads
	n.mqls++
	n.misfits += one(lead.Misfit)
	n.opened += one(lead.Opened)
	n.complete += one(lead.Opened && lead.Complete)
	if !lead.ForSales {
		return
	}
	n.tables[FromMQL].add(lead, lead.MQL)
	if !lead.Assigned.IsZero() {
		n.tables[FromAssigned].add(lead, lead.Assigned)
	}
}

// add counts a lead that waited from an instant on. A touch before that is one at once.
func (t *table) add(lead Lead, from time.Time) {
	t.leads++
	at := len(edges) // nobody touched it
	if !lead.Touched.IsZero() {
		wait := max(0, lead.Touched.Sub(from))
		t.waits = append(t.waits, wait)
		t.contacted += one(wait <= contactWithin)
		for at = len(edges) - 1; wait < edges[at]; at-- {
		}
	}
	b := &t.buckets[at]
	b.Leads++
	b.Accepted += one(lead.Accepted)
	b.SQLs += one(lead.SQL)
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// Response says how soon leads were touched.
type Response struct {
	Leads     int64
	Contacted Share // within five weeks
	Touched   int64 // however late
	Spread    Spread
	Buckets   []Bucket // the soonest first; the last is of those that nobody touched
}

// Bucket is the leads that were touched about as soon.
type Bucket struct {
	AtLeast, Below        time.Duration // Below is 0 for no end; both are for those that nobody touched
	Leads, Accepted, SQLs int64
}

// Never says whether the bucket is that of the leads that nobody touched.
func (b Bucket) Never() bool { return b.AtLeast == 0 && b.Below == 0 }

// Response is how soon the leads were touched.
func (l *Ledger) Response(from From) Response {
	t := &l.leads.tables[from]
	buckets := t.buckets
	for i := range edges {
		buckets[i].AtLeast = edges[i]
		if i+1 < len(edges) {
			buckets[i].Below = edges[i+1]
		}
	}
	return Response{Leads: t.leads, Contacted: Share{t.contacted, t.leads}, Touched: int64(len(t.waits)), Spread: spreadOf(t.waits),
		Buckets: buckets[:]}
}

// MQLs is how many leads became MQLs.
func (l *Ledger) MQLs() int64 { return l.leads.mqls }

// Record is what happened in the period, but for the volume, which goes by months.
func (l *Ledger) Record() Record {
	disposition := l.Of(deadline.Disposition)
	return Record{
		CriteriaMet:         Share{l.leads.mqls - l.leads.misfits, l.leads.mqls},
		ContextComplete:     Share{l.leads.complete, l.leads.opened},
		AssignedInTime:      l.Of(deadline.Assign).InTime(),
		AcceptedInTime:      l.Of(deadline.Accept).InTime(),
		FirstTouchInTime:    l.Of(deadline.FirstTouch).InTime(),
		DispositionInTime:   disposition.InTime(),
		DispositionComplete: Share{disposition.Answered, disposition.InTime().Whole},
		Contacted:           l.Response(FromMQL).Contacted,
	}
}
