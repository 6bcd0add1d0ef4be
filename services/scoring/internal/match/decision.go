package match

// Decision says which account a lead belongs to and why. It is stored once and
// reused by everything that asks.
type Decision struct {
	Code Code
	// AccountID is the account, or empty when there is none or while a person
	// still has to decide.
	AccountID string
	// Review is set when a person has to decide between the candidates that are
	// not rejected.
	Review bool
	// Candidates are the accounts that anything speaks for, in order of id.
	Candidates []Candidate
	// InputsHash is the SHA-256, in hexadecimal, of all that Decide was given.
	InputsHash string
	// NormaliserVersion is normal.Version.
	NormaliserVersion int
	// ListsVersion names the versions of all lists that were used.
	ListsVersion string
}

// Candidate is an account that something speaks for.
type Candidate struct {
	AccountID string
	// Reasons are what speaks for the account, strongest first.
	Reasons []Reason
	// Rejected says why it was not taken. It is empty for the account that was
	// taken and for those that a person has to decide between.
	Rejected Rejection
}

// Code names the rule that decided. The text is stable.
type Code string

// The codes of decisions, in the order of the rules.
const (
	ManualLock                Code = "MANUAL_LOCK"
	ExternalID                Code = "EXTERNAL_ID"
	ExactPerson               Code = "EXACT_PERSON"
	KnownMap                  Code = "KNOWN_MAP"
	DomainUnique              Code = "DOMAIN_UNIQUE"
	DomainMultiHost           Code = "DOMAIN_MULTI_HOST"
	DomainMultiName           Code = "DOMAIN_MULTI_NAME"
	DomainMultiCountry        Code = "DOMAIN_MULTI_COUNTRY"
	DomainMultiPostal         Code = "DOMAIN_MULTI_POSTAL"
	DomainMultiChildByGeo     Code = "DOMAIN_MULTI_CHILD_BY_GEO"
	DomainMultiUltimateParent Code = "DOMAIN_MULTI_ULTIMATE_PARENT"
	NameCorroborated          Code = "NAME_CORROBORATED"
	NameOnly                  Code = "NAME_ONLY"
	NameFuzzy                 Code = "NAME_FUZZY"
	// ReviewDomainMulti: several accounts at the domain, of several families.
	ReviewDomainMulti Code = "REVIEW_DOMAIN_MULTI"
	// ReviewParentChild: several accounts at the domain, of one family.
	ReviewParentChild Code = "REVIEW_PARENT_CHILD"
	// ReviewNameMulti: several accounts with the name, or with one like it.
	ReviewNameMulti Code = "REVIEW_NAME_MULTI"
	// ReviewPersonMulti: the person is known at several accounts.
	ReviewPersonMulti Code = "REVIEW_PERSON_MULTI"
	Unmatched         Code = "UNMATCHED"
)

// Reason is something that speaks for an account. The text is stable.
type Reason string

// What can speak for an account, strongest first.
const (
	ReasonReferred     Reason = "ACCOUNT_REFERRED"
	ReasonPersonExact  Reason = "PERSON_ADDRESS_EQUAL"
	ReasonPersonKey    Reason = "PERSON_KEY_EQUAL"
	ReasonKnownHost    Reason = "HOST_KNOWN"
	ReasonHostEqual    Reason = "HOST_EQUAL"
	ReasonDomainEqual  Reason = "DOMAIN_EQUAL"
	ReasonNameEqual    Reason = "NAME_EQUAL"
	ReasonNameSimilar  Reason = "NAME_SIMILAR"
	ReasonNameAcronym  Reason = "NAME_ACRONYM"
	ReasonCountryEqual Reason = "COUNTRY_EQUAL"
	ReasonPhoneEqual   Reason = "PHONE_EQUAL"
	ReasonPostalEqual  Reason = "POSTAL_EQUAL"
	ReasonFamilyTop    Reason = "ULTIMATE_PARENT"
)

// Rejection is why a candidate was not taken. The text is stable.
type Rejection string

// Why a candidate is not taken.
const (
	// RejectedInactive: the account is closed, merged or unknown.
	RejectedInactive Rejection = "INACTIVE"
	// RejectedDomainShared: all that speaks for it is a domain that many
	// companies use.
	RejectedDomainShared Rejection = "DOMAIN_SHARED"
	// RejectedStronger: a stronger rule chose another.
	RejectedStronger Rejection = "STRONGER_EVIDENCE_ELSEWHERE"
	// Others at the domain agree with the lead in this, and it does not.
	RejectedHost    Rejection = "HOST_DIFFERS"
	RejectedName    Rejection = "NAME_DIFFERS"
	RejectedCountry Rejection = "COUNTRY_DIFFERS"
	RejectedPostal  Rejection = "POSTAL_DIFFERS"
	// RejectedByHierarchy: the policy chose another member of its family.
	RejectedByHierarchy Rejection = "HIERARCHY_POLICY"
	// RejectedAlone: the name is like the lead's, and nothing corroborates it.
	RejectedAlone Rejection = "NOT_CORROBORATED"
	// RejectedByPolicy: the policy ignores evidence as weak as this.
	RejectedByPolicy Rejection = "POLICY_IGNORES"
)
