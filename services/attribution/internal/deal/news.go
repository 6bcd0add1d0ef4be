package deal

// News is something to tell about a deal.
type News uint8

// The news.
const (
	Created News = iota + 1
	Changed
	Closed // it was won or lost
)

// String returns the news's stable name.
func (n News) String() string {
	switch n {
	case Created:
		return "CREATED"
	case Changed:
		return "CHANGED"
	case Closed:
		return "CLOSED"
	default:
		return "NONE"
	}
}

// First is what to tell of a new deal, in order.
func (d Deal) First() []News {
	if d.State == Open {
		return []News{Created}
	}
	return []News{Created, Closed}
}

// Since is what to tell of a deal that was on record before: that it was won or lost, or else that it changed, or nothing.
func (d Deal) Since(before Deal) []News {
	switch {
	case d.Equal(before):
		return nil
	case d.State != Open && d.State != before.State:
		return []News{Closed}
	default:
		return []News{Changed}
	}
}
