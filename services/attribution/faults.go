package attribution

import (
	"errors"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/deal"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/attribution/internal/tally"
	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/money"
)

// missing turns an unknown row into its fault.
func missing(err error, name string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.Missing(name)
	}
	return err
}

// refused turns the problems of a deal into their fault. The path is where the opportunity stands in the request.
func refused(err error, path string) error {
	var found *deal.ProblemsError
	if !errors.As(err, &found) {
		return err
	}
	violations := make([]fault.Violation, len(found.Problems))
	for i, p := range found.Problems {
		violations[i] = fault.Violation{Field: path + "." + p.Field, Message: p.Reason}
	}
	return fault.Fields(violations...)
}

// unsummable turns what cannot be added up or shared out into its fault.
func unsummable(err error) error {
	var mismatch *money.MismatchError
	switch {
	case errors.As(err, &mismatch):
		return fault.New(fault.Conflict, errorsv1.ErrorReason_ERROR_REASON_CURRENCY_MISMATCH, "%v", mismatch).
			With("have", mismatch.Have).With("want", mismatch.Want)
	case errors.Is(err, money.ErrRange), errors.Is(err, tally.ErrOverflow), errors.Is(err, pipeline.ErrOverflow):
		return fault.New(fault.Exhausted, errorsv1.ErrorReason_ERROR_REASON_LIMIT_EXCEEDED, "the sum is out of range")
	case errors.Is(err, credit.ErrTooManyTouches):
		return fault.New(fault.Exhausted, errorsv1.ErrorReason_ERROR_REASON_LIMIT_EXCEEDED,
			"a journey has more than %d touches", credit.MaxTouches)
	}
	return err
}
