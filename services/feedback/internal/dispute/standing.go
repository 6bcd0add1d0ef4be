package dispute

// Standing is what became of a verdict after it was given. The numbers are those of the API.
type Standing uint8

// The standings.
const (
	Stands       Standing = iota + 1 // it counts as it was given
	Disputed                         // the teams disagree; until that ends it counts as it was given
	Overturned                       // the lead should not have been turned away: no reason counts
	Reclassified                     // another reason counts
)
