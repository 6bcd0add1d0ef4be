package normal_test

import (
	"errors"

	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

// failer is what a check needs of *testing.T and *rapid.T.
type failer interface {
	Fatalf(format string, args ...any)
}

// requireTyped fails unless the error is an *Error that wraps a sentinel.
func requireTyped(t failer, err error) {
	var problem *normal.Error
	if !errors.As(err, &problem) {
		t.Fatalf("error %T (%v) is no *normal.Error", err, err)
	}
	for _, sentinel := range []error{
		normal.ErrEmpty, normal.ErrTooLong, normal.ErrEncoding, normal.ErrSyntax, normal.ErrUnknown,
	} {
		if errors.Is(err, sentinel) {
			return
		}
	}
	t.Fatalf("error %v wraps no sentinel", err)
}

// requireStable fails unless a text is refused with a typed error or normalises
// to a fixed point that is not empty.
func requireStable(t failer, normalise func(string) (string, error), text string) {
	once, err := normalise(text)
	if err != nil {
		requireTyped(t, err)
		return
	}
	if once == "" {
		t.Fatalf("%q normalises to nothing", text)
	}
	twice, err := normalise(once)
	if err != nil || twice != once {
		t.Fatalf("%q normalises to %q and then to %q, error %v", text, once, twice, err)
	}
}
