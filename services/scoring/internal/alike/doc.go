// Package alike finds the names among hundreds of thousands that are like a given one, as package match understands it:
// every one of them, and in a fraction of a millisecond.
//
//	name ──▶ its two forms ──▶ signature filter ──▶ prefix bound ──▶ Jaro-Winkler ──▶ names
//	     └─▶ its acronyms   ──▶ names that are them, names that have them
//
// # Why nothing is missed
//
// Jaro-Winkler of two texts of a and b characters, c of which pair up, with p ≤ 4 leading characters in common, is at most
//
//	J + p/10 · (1 − J)  with  J ≤ (c/a + c/b + 1) / 3
//
// so a similarity of s needs J ≥ (s − p/10) / (1 − p/10) and c ≥ (3J − 1) · ab/(a + b). Characters that pair up are in both
// texts, so the texts differ in at most a + b − 2c characters, counted as often as they occur. A signature is a set of 64
// bits, one of which stands for each occurrence of a character: a bit in which two signatures differ is a character in
// which the texts differ. Whatever has more such bits than a + b − 2c is no candidate; the rest is compared in full. So
// recall is exact, which a test compares with looking at everything.
//
// # Invariants
//
//   - Find gives every name that was added and is alike, but at most [MaxFound], the most similar first.
//   - A name is kept once, however often it is added, and never forgotten: what is not an account's name any more is not
//     found when it is looked up. An index is memory only, and whoever uses it reads the accounts themselves.
//   - The memory is about a hundred bytes for each name; [Index.Size] tells it.
//   - An index may be used by several goroutines at once.
package alike
