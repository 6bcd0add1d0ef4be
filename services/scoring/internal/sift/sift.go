// Package sift parts lists. Whoever parts people, leads or facts into those for whom something holds and the others does it
// here, so that both keep their order.
package sift

// Split parts a list into those that a test holds for and the others, each in the order of the list. The list stays as it is.
func Split[T any](all []T, holds func(T) bool) (holding, others []T) {
	for _, item := range all {
		if holds(item) {
			holding = append(holding, item)
		} else {
			others = append(others, item)
		}
	}
	return holding, others
}
