package rpc

import (
	"fmt"
	"runtime/debug"
)

// crash is a panic of a handler. It is a fault of ours: the caller learns nothing of it, the log gets the stack.
type crash struct {
	value any
	stack []byte
}

func (c *crash) Error() string { return fmt.Sprintf("panic: %v", c.value) }

// finish ends the call: a panic becomes an error, an error becomes a status.
func (k *call) finish(err *error) {
	if value := recover(); value != nil {
		*err = &crash{value, debug.Stack()}
	}
	k.leave()
	if *err != nil {
		*err = k.settle(*err)
	}
}
