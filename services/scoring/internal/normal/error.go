package normal

import (
	"errors"
	"fmt"
)

// Field names the input that an Error is about. The text is stable: callers map
// it to the field of their request.
type Field string

// The fields that this package normalises.
const (
	FieldEmail   Field = "email"
	FieldHost    Field = "host"
	FieldWebsite Field = "website"
	FieldCompany Field = "company"
	FieldPerson  Field = "person"
	FieldPhone   Field = "phone"
	FieldCountry Field = "country"
	FieldPostal  Field = "postal_code"
	FieldTitle   Field = "title"
)

// What can be wrong with a field. An Error wraps exactly one of these.
var (
	// ErrEmpty: nothing is left once white space is trimmed.
	ErrEmpty = errors.New("is empty")
	// ErrTooLong: longer than the published limit of the field.
	ErrTooLong = errors.New("is too long")
	// ErrEncoding: not valid UTF-8, or a control character.
	ErrEncoding = errors.New("is not printable UTF-8 text")
	// ErrSyntax: not of the form that the field has.
	ErrSyntax = errors.New("is malformed")
	// ErrUnknown: well formed, but no such thing is known.
	ErrUnknown = errors.New("is unknown")
)

// Error says which field cannot be normalised and why. It never holds the value,
// which may be personal data.
type Error struct {
	Field Field
	// Err wraps one of the sentinels of this package.
	Err error
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("normalise %s: it %v", e.Field, e.Err) }

// Unwrap gives errors.Is the reason.
func (e *Error) Unwrap() error { return e.Err }

// refuse returns the Error of a field.
func refuse(field Field, reason error) error { return &Error{Field: field, Err: reason} }

// refuseLength returns the Error of a field that is longer than limit bytes.
func refuseLength(field Field, limit int) error {
	return refuse(field, fmt.Errorf("%w: the limit is %d bytes", ErrTooLong, limit))
}
