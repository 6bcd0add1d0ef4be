package mailkind

import (
	_ "embed" // the lists are part of the binary
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Kind is what a mail domain is used for. The text is stable: it is stored and
// playbook expressions compare with it.
type Kind string

// The kinds of a mail domain.
const (
	// Business is every domain that no list knows.
	Business Kind = "business"
	// Consumer is a mailbox provider for private people, such as gmail.com.
	Consumer Kind = "consumer"
	// Disposable is a provider of throw-away or forwarding mailboxes.
	Disposable Kind = "disposable"
	// Education is a school, a university or a college.
	Education Kind = "education"
)

//go:embed consumer.txt
var consumer string

//go:embed disposable.txt
var disposable string

//go:embed education.txt
var education string

// Of returns the kind of a mail host. Host is the full host name and domain its
// registrable domain, both lower-case ASCII; domain is empty when the host has
// none, and then only the host itself is looked up.
func Of(host, domain string) Kind {
	switch {
	case listed(disposable, host, domain):
		return Disposable
	case listed(consumer, host, domain):
		return Consumer
	case listed(education, host, domain), academicSuffix(host):
		return Education
	}
	return Business
}

// listed reports whether the host or one of its parents, up to the registrable
// domain, is in the list.
func listed(list, host, domain string) bool {
	for name := host; ; {
		if contains(list, name) {
			return true
		}
		_, parent, dotted := strings.Cut(name, ".")
		if !dotted || domain == "" || name == domain {
			return false
		}
		name = parent
	}
}

// contains reports whether a domain is a line of the sorted list: a binary
// search over byte offsets, each widened to the line that it falls into.
func contains(list, domain string) bool {
	low, high := 0, len(list)
	for low < high {
		middle := low + (high-low)/2
		start := strings.LastIndexByte(list[:middle], '\n') + 1
		end := start + strings.IndexByte(list[start:], '\n')
		switch strings.Compare(list[start:end], domain) {
		case 0:
			return true
		case -1:
			low = end + 1
		default:
			high = start
		}
	}
	return false
}

// academicSuffix reports whether the public suffix of a host is reserved for
// education, as "edu", "edu.au", "ac.uk", "sch.id" and "k12.ca.us" are. A
// two-letter top level domain of the same spelling, as "ac" for Ascension
// Island, is none.
func academicSuffix(host string) bool {
	suffix, _ := publicsuffix.PublicSuffix(host)
	if suffix == host {
		return false
	}
	first, _, nested := strings.Cut(suffix, ".")
	switch first {
	case "edu":
		return true
	case "ac", "sch", "k12":
		return nested
	}
	return false
}
