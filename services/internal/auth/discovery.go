package auth

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// asymmetric are the signing methods that an issuer may use. Methods with a shared secret are not among them: the public
// key would pass for the secret.
var asymmetric = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA,
}

const (
	discoveryTimeout = 10 * time.Second
	// refetchInterval is the least time between two fetches of an issuer's keys. A token may name any key id, and an
	// unknown one causes a fetch: without a bound, whoever sends such tokens makes us flood the issuer.
	refetchInterval = 5 * time.Second
)

// discover finds an issuer's keys. They are fetched when first needed, and again when a token names a key that is new.
func discover(ctx context.Context, issuer string, client *http.Client) (oidc.KeySet, error) {
	if client == nil {
		client = &http.Client{Timeout: discoveryTimeout}
	}
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, client), issuer)
	if err != nil {
		return nil, err
	}
	var found struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&found); err != nil {
		return nil, err
	}
	if found.Keys == "" {
		return nil, errors.New("the issuer publishes no keys")
	}
	calm := *client
	calm.Transport = &throttle{next: client.Transport}
	return oidc.NewRemoteKeySet(oidc.ClientContext(ctx, &calm), found.Keys), nil
}

// throttle lets one request pass in each interval and fails the others at once.
type throttle struct {
	next http.RoundTripper

	mu   sync.Mutex
	free time.Time // when the next request may pass
}

var errThrottled = errors.New("the keys were fetched a moment ago")

func (t *throttle) RoundTrip(r *http.Request) (*http.Response, error) {
	if !t.pass(time.Now()) {
		return nil, errThrottled
	}
	if t.next == nil {
		return http.DefaultTransport.RoundTrip(r)
	}
	return t.next.RoundTrip(r)
}

func (t *throttle) pass(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Before(t.free) {
		return false
	}
	t.free = now.Add(refetchInterval)
	return true
}
