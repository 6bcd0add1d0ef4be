package criteria

import (
	"math/bits"
	"slices"
)

// doubt is why a planned expression has no value: the facts that were missing, one
// bit each, or the way in which it failed. It is zero when there is a value. An
// expression never misses facts and fails at once.
type doubt uint64

const (
	badCurrency doubt = 1 << 63
	badValue    doubt = 1 << 62

	// elsewhere is the doubt of a rule that CEL evaluated: the rest of it is the place
	// of the reasons in the world.
	elsewhere doubt = 1 << 61

	// maxAbsent is how many facts the bits of a doubt can name.
	maxAbsent = 60
)

func (d doubt) fails() bool { return d&(badCurrency|badValue) != 0 }

// strict is the doubt of an operator over two operands: the failure of the left one
// comes first, then what is missing.
func strict(left, right doubt) doubt {
	switch {
	case left == 0:
		return right
	case left.fails() || right.fails():
		return left
	default:
		return left | right
	}
}

// inOrder is the doubt of the arguments of a call, of the elements of a list, and
// of both sides of an equation: the first failure comes before what is missing.
func inOrder(left, right doubt) doubt {
	switch {
	case left.fails():
		return left
	case right.fails():
		return right
	default:
		return left | right
	}
}

// logical is the doubt of && and ||: what is missing comes before a failure,
// because it may yet decide the answer.
func logical(left, right doubt) doubt {
	missing := (left | right) &^ (badCurrency | badValue)
	switch {
	case missing != 0:
		return missing
	case left != 0:
		return left
	default:
		return right
	}
}

// reason is the error of a doubt that fails.
func (d doubt) reason() error {
	if d == badCurrency {
		return ErrCurrency
	}
	return ErrValue
}

// absent is what one bit of a doubt stands for: a fact by its name, or a criterion
// by its place, whose own reasons count.
type absent struct {
	names     []string // the one name of a fact
	criterion int      // -1 for a fact
}

// missing names what the doubt of a rule misses, sorted and without repeats.
func (d doubt) missing(all []absent, criteria *Answers) []string {
	if bits.OnesCount64(uint64(d)) == 1 {
		return all[bits.TrailingZeros64(uint64(d))].reasons(criteria)
	}
	var names []string
	for ; d != 0; d &= d - 1 {
		names = append(names, all[bits.TrailingZeros64(uint64(d))].reasons(criteria)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// reasons names a fact, or what a criterion missed; one that failed names itself.
func (a absent) reasons(criteria *Answers) []string {
	if a.criterion < 0 {
		return a.names
	}
	if missing := criteria.Result(a.criterion).Missing; len(missing) > 0 {
		return missing
	}
	return a.names
}
