// Package dirlock keeps a directory for one process.
//
// The lock is the operating system's, on a file `lock` in the directory. It ends with the process, in whatever way that
// ends, so there is nothing to clean up after a kill.
package dirlock

import "errors"

// ErrHeld says that another process has the lock.
var ErrHeld = errors.New("directory is used by another process")
