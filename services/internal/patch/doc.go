// Package patch applies what an update asks for to the resource that is stored (AIP-134, AIP-161).
//
//	update_mask   what changes
//	none          every field that is set in the request
//	a, b          these fields; one that is not set is cleared
//	*             every field; what is not set is cleared
//
// What holds for every update of the suite:
//
//   - A field changes as a whole, also by a path into it. Half an amount of money, or the seconds of an instant without its
//     nanoseconds, would mix two values into one that nobody meant.
//   - A path to what does not exist, into a list or a map, or beside `*` is refused with a violation of update_mask.
//   - What only the service writes (OUTPUT_ONLY, IDENTIFIER, and the etag, which is compared and not stored) may be sent
//     and named, and is ignored: so a whole resource can be read, changed and sent back.
//   - What never changes (IMMUTABLE) may be sent and named with its present value; another one is refused with a violation
//     of the field. `*` does not ask for it to be repeated.
//
// Whether the result makes sense, such as that a required field is there, is for the service to say.
package patch
