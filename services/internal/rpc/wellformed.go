package rpc

import "github.com/handoffhq/handoff/services/internal/fault"

// wellFormed refuses a message that no later part could bear. It was found out when the message was read.
func (k *call) wellFormed() error {
	if k.frame.err != nil {
		return k.frame.err
	}
	for i := range k.frame.violations {
		if v := &k.frame.violations[i]; v.Field == "" {
			v.Field = "request"
		}
	}
	if len(k.frame.violations) > 0 {
		return fault.Fields(k.frame.violations...)
	}
	return nil
}
