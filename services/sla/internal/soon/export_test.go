package soon

// Ends is the instant up to which everything is in the list.
func (l *List) Ends() int64 { return l.until }

// Len is how many entries there are.
func (l *List) Len() int { return len(l.entries) }
