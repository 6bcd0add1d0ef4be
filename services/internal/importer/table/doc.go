// Package table reads CSV files row by row, knows where it is, and can go on from there.
//
//	Open ──▶ header ──Seek(place)──▶ Next, Next, … ──▶ io.EOF
//	                       ▲             │
//	                       └── Place ────┘   after any row, in this process or a later one
//
// # Promises
//
//   - One row is in memory at a time, and a row is at most [MaxRow] bytes, so a quote that is never closed does not take in
//     the rest of the file.
//   - Lines are those of the file, the header's being 1: a row that holds line breaks is at the line where it begins.
//   - Reading on from a place gives the rows that reading through gives, with the same lines.
//   - A row that is not CSV is a [*RowError], and the next row is read after it.
package table
