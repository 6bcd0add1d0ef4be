package rpc

import (
	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// authorise sees that one of the caller's roles allows the method. Whether the resource is theirs is the service's business.
func (k *call) authorise() error {
	if k.method.access == byAnyone || k.chain.policy.Allows(k.method.name, k.actor) {
		return nil
	}
	return fault.New(fault.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_ROLE_MISSING,
		"the caller's roles do not allow this method").With("method", k.method.name)
}
