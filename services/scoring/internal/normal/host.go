package normal

import (
	"net/url"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// The limits of a host name and of a website's address in bytes.
const (
	// MaxHostBytes is the longest host name in text form (RFC 1035, 2.3.4).
	MaxHostBytes = 253
	// MaxWebsiteBytes is the longest address of a website that is read.
	MaxWebsiteBytes = 2048
)

// Host is a normalised host name.
type Host struct {
	// Name is the full host in lower-case ASCII, with IDNA labels ("xn--…").
	Name string
	// Domain is the registrable domain that Name lies in, "acme.co.uk" of
	// "eu.acme.co.uk". It is empty when Name is itself a public suffix, as
	// "gov.uk" is.
	Domain string
}

// ParseHost normalises a host name. It must have at least two labels and be no
// IP address.
func ParseHost(name string) (Host, error) {
	name, err := admit(FieldHost, name, MaxWebsiteBytes)
	if err != nil {
		return Host{}, err
	}
	return parseHost(FieldHost, name)
}

// ParseWebsite normalises the host of a website's address, with or without a
// scheme, a port and a path. A leading "www" label is dropped.
func ParseWebsite(address string) (Host, error) {
	address, err := admit(FieldWebsite, address, MaxWebsiteBytes)
	if err != nil {
		return Host{}, err
	}
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return Host{}, refuse(FieldWebsite, ErrSyntax)
	}
	host, err := parseHost(FieldWebsite, parsed.Hostname())
	if err != nil {
		return Host{}, err
	}
	if bare, hasPrefix := strings.CutPrefix(host.Name, "www."); hasPrefix && host.Name != host.Domain {
		host.Name = bare
	}
	return host, nil
}

// registrableDomain returns the domain that somebody registered and that the
// host lies in, by the Public Suffix List with its private section: the public
// suffix and one label more. It is empty when the host is itself a public suffix.
func registrableDomain(host string) string {
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return ""
	}
	return domain
}

// parseHost normalises a host name that was admitted as (a part of) a field. The
// dot of the root at its end is dropped.
func parseHost(field Field, name string) (Host, error) {
	ascii, err := lookup.ToASCII(strings.TrimSuffix(name, "."))
	if err != nil || !isHostName(ascii) {
		return Host{}, refuse(field, ErrSyntax)
	}
	if len(ascii) > MaxHostBytes {
		return Host{}, refuseLength(field, MaxHostBytes)
	}
	return Host{Name: ascii, Domain: registrableDomain(ascii)}, nil
}

// lookup holds the IDNA rules of a look-up (UTS #46, non-transitional): map case
// and width, then insist on letters, digits and hyphens. Hyphens in the third
// and fourth place pass, since such names are registered.
var lookup = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true),
	idna.BidiRule(), idna.CheckHyphens(false), idna.VerifyDNSLength(true))

// isHostName reports whether a name that passed lookup names a host of the
// public internet: two labels or more, no hyphen at the edge of one, and no
// number for the last, which would make it an IPv4 address (URL Standard, "ends
// in a number").
func isHostName(name string) bool {
	last, count := "", 0
	for label := range strings.SplitSeq(name, ".") {
		if strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		last, count = label, count+1
	}
	return count > 1 && strings.Trim(last, "0123456789") != ""
}
