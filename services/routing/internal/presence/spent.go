package presence

// Spent is a cap that a rep is at.
type Spent struct {
	// Open says that it is the number of handoffs that the rep may hold; else it is a cap on what comes in a window.
	Open bool
	Cap
	// Count is how many there are.
	Count int64
}

// Spent is the first cap that the rep is at, in the order of open handoffs and Caps; false for none.
func (r *Rep) Spent(m Moment) (Spent, bool) {
	if r.Full() {
		return Spent{Open: true, Cap: Cap{Most: *r.MaxOpen}, Count: r.Open}, true
	}
	for _, c := range r.Caps {
		if c.spent(r.Got, m) {
			return Spent{Cap: c, Count: int64(len(c.Window.within(r.Got, m)))}, true
		}
	}
	return Spent{}, false
}
