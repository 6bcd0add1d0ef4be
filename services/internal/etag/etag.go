// Package etag turns the version of a row into an etag and back (AIP-154).
//
// An etag is the quoted decimal version of the row, such as `"7"`. It never comes from a time. A caller that sends none
// asks for no check.
package etag

import (
	"strconv"

	"github.com/handoffhq/handoff/services/internal/fault"
)

// Of is the etag of a row's version.
func Of(version int64) string { return strconv.Quote(strconv.FormatInt(version, 10)) }

// Check refuses an etag that is not the one of the version; an empty one passes.
func Check(resource, given string, version int64) error {
	if given == "" || given == Of(version) {
		return nil
	}
	return fault.Stale(resource, Of(version))
}
