// Package wellformed refuses messages that no rule of a field would catch but that some later part could not bear: a NUL in
// a text (PostgreSQL cannot store it), a text that is not UTF-8, a timestamp or duration out of range (binary protobuf
// takes it, JSON never gives it back), NaN and infinities, nesting without end, and lists and maps of absurd size.
//
// It reads the wire form, before the message is decoded. So a hostile message costs no memory, the field with a text that
// is not UTF-8 can be named, which a decoder cannot do, and an ordinary message is checked without an allocation.
//
//	message type ──once──▶ plan: what can be wrong in which field
//	                         │
//	bytes ──▶ walk along the tags ──▶ violations, with the path of each field
//
// The limits are [MaxDepth] messages within each other, [MaxItems] items in a list and [MaxPairs] pairs in a map; a field
// whose published rule allows more items or pairs may have those. A field that holds one message holds it once: encoders
// never repeat it, and decoders would mix what was checked apart.
package wellformed
