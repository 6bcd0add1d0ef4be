// Package figures prints the suite's reports for people in front of a terminal: aligned, exact, and the same to the byte
// for the same report.
package figures
