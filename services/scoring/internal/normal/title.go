package normal

import "strings"

// MaxTitleBytes is the longest job title that is read.
const MaxTitleBytes = 255

// Seniority is the level of a job. The text is stable: it is stored and playbook
// expressions compare with it.
type Seniority string

// The levels of a job, the highest first.
const (
	CLevel           Seniority = "c_level"
	VP               Seniority = "vp"
	Director         Seniority = "director"
	Manager          Seniority = "manager"
	Senior           Seniority = "senior"
	Individual       Seniority = "individual"
	UnknownSeniority Seniority = "unknown"
)

// Function is the department that a job belongs to. The text is stable: it is
// stored and playbook expressions compare with it.
type Function string

// The departments that are told apart. OtherFunction is all else, general
// management included.
const (
	Sales         Function = "sales"
	Marketing     Function = "marketing"
	RevOps        Function = "revops"
	Engineering   Function = "engineering"
	Finance       Function = "finance"
	Operations    Function = "operations"
	HR            Function = "hr"
	IT            Function = "it"
	OtherFunction Function = "other"
)

// Title is what an English job title says.
type Title struct {
	// Text is the title in folded words, "vp of sales and marketing".
	Text      string
	Seniority Seniority
	Function  Function
}

// ParseTitle reads a job title. Of several levels in it the highest counts
// ("senior vice president" is a VP), unless the words say that the level is
// somebody else's ("assistant to the CEO"). Of several departments the first
// counts, and of two that start at one word the longer ("marketing operations"
// is revenue operations).
func ParseTitle(title string) (Title, error) {
	text, err := spell(FieldTitle, title, MaxTitleBytes)
	if err != nil {
		return Title{}, err
	}
	found := strings.Fields(text)
	return Title{Text: text, Seniority: seniorityOf(found), Function: functionOf(found)}, nil
}

// seniorityOf returns the highest level among the phrases of a title.
func seniorityOf(title []string) Seniority {
	if level, decided := borrowedLevel(title); decided {
		return level
	}
	if isChiefOfficer(title) {
		return CLevel
	}
	highest := UnknownSeniority
	eachPhrase(title, seniorityPhrase, func(level Seniority) bool {
		if rank(level) < rank(highest) {
			highest = level
		}
		return true
	})
	return highest
}

// functionOf returns the first department among the phrases of a title.
func functionOf(title []string) Function {
	first := OtherFunction
	eachPhrase(title, functionPhrase, func(department Function) bool {
		first = department
		return false
	})
	return first
}

// borrowedLevel returns the level of a title whose other words name a level that
// its holder does not have, or no longer has.
func borrowedLevel(title []string) (Seniority, bool) {
	level, decided := UnknownSeniority, false
	eachPhrase(title, borrowingPhrase, func(own Seniority) bool {
		level, decided = own, true
		return false
	})
	return level, decided
}

// isChiefOfficer reports whether a title is of the form "chief … officer".
func isChiefOfficer(title []string) bool {
	text := " " + strings.Join(title, " ") + " "
	_, after, chief := strings.Cut(text, " chief ")
	return chief && strings.Contains(" "+after, " officer ")
}

// eachPhrase calls visit with the meaning of each phrase in the title that has
// one, from left to right, the longest where several start at one word and none
// overlapping, until visit returns false.
func eachPhrase[T any](title []string, meaningOf func(phrase string) (T, bool), visit func(T) bool) {
	for start := 0; start < len(title); {
		length := 1
		for count := min(longestPhrase, len(title)-start); count > 0; count-- {
			meaning, known := meaningOf(strings.Join(title[start:start+count], " "))
			if !known {
				continue
			}
			if !visit(meaning) {
				return
			}
			length = count
			break
		}
		start += length
	}
}

// rank orders the levels, the highest first.
func rank(level Seniority) int {
	switch level {
	case CLevel:
		return 0
	case VP:
		return 1
	case Director:
		return 2
	case Manager:
		return 3
	case Senior:
		return 4
	case Individual:
		return 5
	}
	return 6
}
