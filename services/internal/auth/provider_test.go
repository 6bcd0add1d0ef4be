package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
)

const audience = "https://handoff.example"

// identityProvider is an OpenID Connect issuer with one RSA key.
type identityProvider struct {
	url     string
	key     *rsa.PrivateKey
	fetches atomic.Int64 // of its keys
}

func newIdentityProvider(t *testing.T) *identityProvider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &identityProvider{key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": p.url, "jwks_uri": p.url + "/keys"})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		p.fetches.Add(1)
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k1", Algorithm: "RS256"}}})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// good is what a valid token of the issuer says.
func (p *identityProvider) good() jwt.MapClaims {
	return jwt.MapClaims{
		"iss": p.url, "aud": audience, "sub": "ann", "exp": time.Now().Add(time.Hour).Unix(), "roles": []string{"sales_rep"},
	}
}

func sign(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims, header map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = "k1"
	for name, value := range header {
		token.Header[name] = value
	}
	signed, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func newVerifier(t *testing.T, cfg auth.VerifierConfig) *auth.Verifier {
	t.Helper()
	v, err := auth.NewVerifier(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func newKey(t *testing.T) *auth.Key {
	t.Helper()
	key, err := auth.LoadOrCreateKey(filepath.Join(t.TempDir(), "local.key"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// wantRefused checks that the answer is the one that every refusal gets.
func wantRefused(t *testing.T, actor *auth.Actor, err error) {
	t.Helper()
	f := fault.As(err)
	if actor != nil || f == nil {
		t.Fatalf("got %v, %v, want a refusal", actor, err)
	}
	want := &fault.Error{
		Kind: fault.Unauthenticated, Reason: errorsv1.ErrorReason_ERROR_REASON_CREDENTIALS_INVALID,
		Message: "the credentials are missing or cannot be verified",
	}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("refusal (-want +got):\n%s", diff)
	}
}
