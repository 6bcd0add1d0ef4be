package verdict

import "slices"

// Answer is what sales says of one assignment. What a step does not know stays zero.
type Answer struct {
	Step Step

	Reason     Reason     // of a rejection, or of a disposition that is no SQL
	Detail     string     // the company's own word for the reason; empty for none
	Evidence   []Evidence // what proves the reason
	Competitor string     // the competitor's name; free words
	Outcome    Outcome    // of a disposition
	Target     Target     // of a recycle
	Rating     int        // how good the lead was, 1 (low) to 5 (strong); 0 for not rated
	Quality    Quality    // the same in a word, as it is given; checked it is part of the rating
	Match      Match      // whether the campaign's message was right
	Action     Action     // what should be done next
	Confirmed  []string   // what sales confirmed, such as `need`
	NextStep   string     // free words
	Comment    string     // free words
}

// Evidence says which field proves a reason.
type Evidence struct {
	Criterion string // the criterion or disqualifier that the reason goes by; empty for none
	Field     string // such as `account.employees`
	Observed  string // what sales found there; free words
	Check            // how it compares with the playbook and the record
}

// says reports whether two pieces of evidence say the same, whatever was found of them.
func (e Evidence) says(other Evidence) bool {
	return e.Criterion == other.Criterion && e.Field == other.Field && e.Observed == other.Observed
}

// Repeats reports whether the answer says what the checked one says, so that it may be the same one sent again: it may
// still leave open what checking fills in, and finds.
func (a Answer) Repeats(checked Answer) bool {
	if a.Reason == 0 && (a.Detail != "" || a.Outcome == Nurture) {
		a.Reason = checked.Reason
	}
	if a.Step == Recycle && a.Target == 0 {
		a.Target = ToNurture
	}
	if a.Rating == 0 {
		a.Rating = a.Quality.rating()
	}
	return a.Step == checked.Step && a.Reason == checked.Reason && a.Detail == checked.Detail &&
		slices.EqualFunc(a.Evidence, checked.Evidence, Evidence.says) && a.Competitor == checked.Competitor && a.Outcome == checked.Outcome &&
		a.Target == checked.Target && a.Rating == checked.Rating && a.Match == checked.Match && a.Action == checked.Action &&
		slices.Equal(a.Confirmed, checked.Confirmed) && a.NextStep == checked.NextStep && a.Comment == checked.Comment
}
