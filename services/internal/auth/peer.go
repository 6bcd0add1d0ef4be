package auth

import (
	"context"
	"crypto/x509"
	"net/url"
	"regexp"
	"strings"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
)

// serviceNames are the names that a service of the suite may have.
var serviceNames = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)

// ValidService says whether name may be the name of a service: a lower-case letter, then up to 62 letters, digits and
// dashes.
func ValidService(name string) bool { return serviceNames.MatchString(name) }

// ServiceURI is the identity of a service in its certificate.
func ServiceURI(name string) *url.URL {
	return &url.URL{Scheme: "handoff", Host: "service", Path: "/" + name}
}

// PeerFrom says which service is at the other end of the connection. It is known by a certificate that was verified, or by
// a connection in memory; never by anything that a caller writes into a request.
func PeerFrom(ctx context.Context) (service string, ok bool) {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return "", false
	}
	switch info := p.AuthInfo.(type) {
	case memoryInfo:
		return info.service, true
	case credentials.TLSInfo:
		if chains := info.State.VerifiedChains; len(chains) > 0 && len(chains[0]) > 0 {
			return certified(chains[0][0])
		}
	}
	return "", false
}

// certified is the service that a certificate names: by the one URI `handoff://service/NAME`, or, if it has none, by the
// one DNS name without a dot. A certificate that names two services names none.
func certified(leaf *x509.Certificate) (string, bool) {
	var names []string
	for _, uri := range leaf.URIs {
		if uri.Scheme == "handoff" && uri.Host == "service" {
			names = append(names, strings.TrimPrefix(uri.Path, "/"))
		}
	}
	if len(names) == 0 {
		for _, name := range leaf.DNSNames {
			if name != "localhost" && !strings.Contains(name, ".") {
				names = append(names, name)
			}
		}
	}
	if len(names) != 1 || !ValidService(names[0]) {
		return "", false
	}
	return names[0], true
}
