package sqldbtest

import "syscall"

// unprivileged has nothing to do here: no server is looked for on Windows.
func unprivileged(string) (*syscall.SysProcAttr, error) { return &syscall.SysProcAttr{}, nil }
