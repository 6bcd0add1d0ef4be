// Package importer takes the rows of CSV files into the suite, through the same public API as everybody else.
//
//	folder ──table──▶ rows ──mapping──▶ drafts ──batches──▶ the suite
//	                    │                  │                   │
//	                    └──── rejects.csv ◀┴──── refused ──────┤
//	                                                           ▼
//	                                state.json, known ◀── acknowledged: "up to here"
//
// A mapping (package mapping) says which file becomes what; some are ready, see [Ready]. A file is read once for each step
// of the mapping, some hundred rows at a time. What these rows become is sent kind by kind, in the order of the step, so
// that an opportunity finds the lead that the same row became. Then the place is put on record, and the next rows are read.
//
// # Promises
//
//   - Every row ends up in exactly one of four figures for each resource that it may become: accepted, repeated, skipped by
//     a filter, rejected. The figures do not depend on whether an import was interrupted, nor on what the suite knew before.
//   - A batch that the suite refuses is parted until the rows that it refuses are alone. A row is rejected only when it was
//     refused alone; the others go on.
//   - It may be killed at any point. What was acknowledged but not put on record is sent again under the same request id,
//     and so has its effect once.
//   - A second run changes nothing. The request id of a batch follows from the mapping, the file and the content, so the
//     suite answers what it answered before, for as long as it remembers requests; behind that stand the natural keys of
//     the resources.
//   - Rejected rows are reported by file, line, key and reason, and with nothing else of what stands in them.
//   - At most a batch of rows is in memory, besides some hundred bytes for each resource that later ones refer to.
//
// # What is on disk
//
// The directory of an import holds rejects.csv, state.json and known (what the suite made of the resources that others refer
// to). The first and the last grow, and are made durable before the state, which says how much of each counts; what was
// written after that is cut off by the next run. The state is replaced as a whole.
//
// An import that finds a state of its own goes on there. It begins anew when it was finished, when the mapping, the suite or
// one of the files is another, and when the suite no longer knows what it had taken in last.
package importer
