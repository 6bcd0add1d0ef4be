// Package monday writes the report of both teams' promises as a page for whoever leads them: in text, Markdown, HTML and CSV.
//
//	ComplianceReport ──▶ Page ──┬─▶ text, for a terminal
//	                            ├─▶ Markdown, for a message or a wiki
//	                            └─▶ HTML, one file that needs no other, to read or to print
//	ComplianceReport ─────────────▶ CSV, a row for each figure, to reckon on
//
// The page begins with a sentence for each team, then holds the promises of both beside each other, then says where it hurts, what
// is overdue now, and gives the figures. It is the same to the byte for the same report. A name that would be a formula in a
// spreadsheet is written as text.
package monday
