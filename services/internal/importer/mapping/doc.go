// Package mapping says how rows of CSV files become resources of the API, and makes them.
//
//	YAML ──Parse──▶ Mapping ─┬─ Step: one pass over one file
//	                         │    Bind(header) ──▶ Sheet
//	                         │    Sheet.Draft(row) ──▶ drafts of resources, in the order of the step
//	                         └─ Step …                        │
//	                                               Draft.Resolve(names) ──▶ a message of the API
//
// A mapping has no expressions: a field is a column, a constant or a template, with a few fixed things that can be done to
// its text on the way. [Language] describes all of it, in the words of the command's help. Which fields there are, and of
// what type each is, is read from the description of the API itself, so a new field of a resource can be mapped at once.
//
// # Promises
//
//   - Parse reports every problem of a mapping at once, each with its line and column. A key that is not known is a
//     problem, and so is a constant or a mapped value that its field cannot hold.
//   - No mapping and no row panics.
//   - The same mapping and row give the same drafts, byte for byte: nothing depends on the clock or the zone of the host.
//   - The message of a [RowError] never holds what stands in a cell.
//   - A date without a time of day is the first instant of that day in its zone, also on days that begin at 01:00.
package mapping
