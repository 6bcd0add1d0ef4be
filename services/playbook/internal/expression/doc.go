// Package expression reads the words of a playbook's expressions, without understanding them: which names one uses, what it
// is with other names, and whether two differ in spacing alone.
//
//	size_fit && account.country in ["US"]   // big enough
//	name        name   member       text    comment
//
// It takes any text, also one that is no expression.
package expression
