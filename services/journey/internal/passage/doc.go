// Package passage tells the story of one handoff from the events about it: its stages, and each event in words.
//
//	    qualify   assign/1      await acceptance/1   work
//	root |----|----------------|-------------------|------------------| closed
//	                           |--- await first touch ---|        attribute |-----|
//
// When what was taken for a first touch turns out to be more than a person can do, a second stage waits for one: the first stays as
// it was told.
//
// A stage begins and ends at stored instants. Its key is unique in the handoff and stays the same for ever, so that it can
// be told again, by anybody, in the same words. Events may be given in any order; the story depends on the set alone.
package passage
