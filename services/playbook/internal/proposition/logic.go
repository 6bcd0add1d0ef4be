package proposition

// Logic knows the expressions of one playbook. It is for one goroutine.
type Logic struct {
	criteria map[string]string
	formulas map[string]*Formula // by their texts
	named    map[string]*Formula // what the criteria say, by their names
	left     int                 // of the work
}

// New returns the logic of a playbook with some criteria, by name. All that it reads and finds out takes together no more
// than the work, in words that are read and parts of formulas that are looked at.
func New(criteria map[string]string, work int) *Logic {
	return &Logic{criteria: criteria, formulas: map[string]*Formula{}, named: map[string]*Formula{}, left: work}
}

// spend takes work off what is left, and says whether there was as much. What was begun is finished: what is left may end
// below zero by the length of one expression, and no more.
func (l *Logic) spend(work int) bool {
	l.left -= work
	return l.left >= 0
}
