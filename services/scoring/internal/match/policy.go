package match

// Policy holds the choices that a company makes about matching. The zero value
// sends every such case to review.
type Policy struct {
	// Hierarchy decides between the members of one family at one domain.
	Hierarchy Hierarchy
	// NameOnly is what to do when only the name is equal.
	NameOnly Action
	// NameFuzzy is what to do when the name is like the account's and something
	// corroborates it.
	NameFuzzy Action
}

// Hierarchy is the choice between the accounts of one family. Any other value
// than those below is ReviewFamily.
type Hierarchy string

// The choices between the accounts of one family.
const (
	// ReviewFamily asks a person.
	ReviewFamily Hierarchy = "REVIEW"
	// ChildByGeo takes the only one below the ultimate parent that is in the
	// lead's country.
	ChildByGeo Hierarchy = "CHILD_BY_GEO"
	// UltimateParent takes the account at the top of the family.
	UltimateParent Hierarchy = "ULTIMATE_PARENT"
)

// Action is what to do with a single account that weak evidence points at. Any
// other value than those below is Review.
type Action string

// What to do on weak evidence.
const (
	// Review asks a person.
	Review Action = "REVIEW"
	// Match takes the account.
	Match Action = "MATCH"
	// Ignore goes on as if there were no evidence.
	Ignore Action = "IGNORE"
)
