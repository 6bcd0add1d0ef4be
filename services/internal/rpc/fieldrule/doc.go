// Package fieldrule holds messages against the rules that stand beside each field in its proto, and says in the suite's own
// errors which field breaks one. The chain in front of every method uses it, and so does a method that checks the parts of
// a message one by one.
//
//	message ──glance: lengths, ranges, patterns──▶ surely right
//	           └──not sure──▶ protovalidate ──▶ right, or the violations
//
// protovalidate says what the rules mean. A glance is made of the rules that most fields have, and lets nothing pass that
// protovalidate would not; it costs about a quarter. What it refuses, or has a rule that it does not know, is examined.
package fieldrule
