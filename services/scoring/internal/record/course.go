package record

// Course is how far a job is through those whom it concerns, in the order of their ids. Whoever asks for the job again while
// it is under way does not send it back: it goes on to the end, begins anew, and stops where it was when it was asked. So
// everybody has their turn, however often it is asked for.
//
//	After ──▶ end; without Upto: done
//	            └──▶ Second: beginning ──▶ Upto: done
type Course struct {
	After  string // up to here it is done, in this round; empty at first
	Upto   string // where the second round ends; empty if there is none
	Second bool
}

// Again is the course of a job that is asked for again.
func (c Course) Again() Course { return Course{After: c.After, Upto: c.After} }

// Left are those of the next ids after After that are still to be done in this round.
func (c Course) Left(ids []string) []string {
	for i, id := range ids {
		if c.Second && id > c.Upto {
			return ids[:i]
		}
	}
	return ids
}

// Next is the course once some ids are done, which are all that there were if the round is over; done says that the job is,
// too. A job that is not about ids stays where it is.
func (c Course) Next(ids []string, over bool) (next Course, done bool) {
	switch {
	case !over && len(ids) == 0:
		return c, false
	case !over:
		c.After = ids[len(ids)-1]
		return c, false
	case c.Second || c.Upto == "":
		return Course{}, true
	default:
		return Course{Upto: c.Upto, Second: true}, false
	}
}
