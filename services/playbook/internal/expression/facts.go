package expression

import (
	"iter"
	"strings"
)

// Facts yields what an expression looks at, as account.is_target or engagement.count: a name and its first member, also where
// it is written as (account).is_target or account.`is_target`.
func Facts(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		var r reader
		of := "" // the name before the dot
		for _, w := range bare(text) {
			isMember := r[1] == "." && of != ""
			isFact := isMember && isName(strings.Trim(w, "`"))
			if isFact && !yield(of+"."+strings.Trim(w, "`")) {
				return
			}
			switch isNew := r.next(w); {
			case isNew:
				of = w
			case w != ".":
				of = ""
			}
		}
	}
}

// bare are the words of an expression without the brackets that stand around one name.
func bare(text string) []string {
	var all []string
	for w := range Words(text) {
		n := len(all)
		if w == ")" && n >= 2 && all[n-2] == "(" && isName(all[n-1]) && (n == 2 || !isCalled(all[n-3])) {
			all = append(all[:n-2], all[n-1])
			continue
		}
		all = append(all, w)
	}
	return all
}

// isCalled says whether brackets after a word are those of a call.
func isCalled(w string) bool { return isName(w) && w != "in" }
