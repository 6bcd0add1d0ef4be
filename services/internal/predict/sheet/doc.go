// Package sheet reads samples for predict from CSV files as spreadsheets and CRMs write them: with a header, commas,
// semicolons or tabs, quotes, either kind of line end, with or without a byte order mark, in UTF-8.
//
// A [Reader] gives one row at a time, so that a file of any length can be scored; [Read] keeps what training needs. Columns
// of other files can be joined by a key. Every complaint about a file names the file and the line.
package sheet
