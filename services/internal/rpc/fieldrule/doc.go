// Package fieldrule holds messages against the rules that stand beside each field in its proto, and says in the suite's own
// errors which field breaks one. The chain in front of every method uses it, and so does a method that checks the parts of
// a message one by one.
package fieldrule
