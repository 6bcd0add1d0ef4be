// Package dispute holds the rules by which the two teams settle what they make of a verdict.
package dispute
