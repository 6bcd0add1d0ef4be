// Package paths reads journeys from files: those with a path on each row, and those with a touch on each row.
//
//	file ──blocks──▶ reader 1 ──▶ its counters ╲
//	        cut at ▶ reader 2 ──▶ its counters  ├──▶ added up by the caller
//	   record ends ▶ …                         ╱
//
// A path file is CSV (RFC 4180) with a header. Its columns are the path, whose steps are joined by " > ", how many journeys
// over it converted, what they were worth, and how many did not convert:
//
//	path,total_conversions,total_conversion_value,total_null
//	eta > iota > alpha,1,0.244,3
//
// [Read] reads one of any length in blocks, each cut where a record ends, side by side. Nothing is kept of a row once it
// was handed on, so memory does not grow with the file. A touch file has to be sorted, so [ReadTouches] holds its touches.
//
// # Invariants
//
//   - What is read, and which problem is told, does not depend on the number of readers. Channels are numbered by each
//     reader as it meets them: only their names mean anything beyond it.
//   - The same records are found as by encoding/csv, which is also stricter than some: a quote within a field that does not
//     begin with one is an error.
//   - Every row is checked: its count of fields, its numbers, that no step is blank. The first problem of the file is told
//     with its line, or rows with problems are counted and left out if so asked.
//   - Numbers are exact: counts are whole, and a [Value] has 18 decimals. Further ones are rounded.
package paths
