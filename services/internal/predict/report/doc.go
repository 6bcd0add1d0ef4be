// Package report prints what predict found for people in front of a terminal: how good a model is, what it goes by, what it
// is suspected of, and why none was made. The same model gives the same bytes.
package report
