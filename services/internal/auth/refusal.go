package auth

import (
	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// Refused is the answer to whoever cannot prove who they are. It is the same for every cause: which check failed is of use
// only to an attacker.
func Refused() error {
	return fault.New(fault.Unauthenticated, errorsv1.ErrorReason_ERROR_REASON_CREDENTIALS_INVALID,
		"the credentials are missing or cannot be verified")
}
