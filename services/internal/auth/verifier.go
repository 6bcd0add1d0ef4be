package auth

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"
)

// VerifierConfig says whose tokens count. There is no default: at least one of Issuer and Key is required.
type VerifierConfig struct {
	// Issuer is the URL of an OpenID Connect issuer; its keys are found by discovery.
	Issuer string
	// Audience must be among the audiences of the issuer's tokens. Required with Issuer.
	Audience string
	// Key is the local key of an installation on one machine.
	Key *Key
	// Client fetches the issuer's keys. Default: a client that gives up after ten seconds.
	Client *http.Client
	// Logger is told at debug level why a token was refused, never the token. Default: nobody.
	Logger *slog.Logger
}

// Validate names all problems at once.
func (c VerifierConfig) Validate() error {
	var problems []error
	if c.Issuer == "" && c.Key == nil {
		problems = append(problems, errors.New("auth: neither an issuer nor a local key is configured"))
	}
	if c.Issuer != "" && c.Audience == "" {
		problems = append(problems, errors.New("auth: the audience of the issuer's tokens is missing"))
	}
	if c.Issuer == ServiceIssuer || c.Issuer == LocalIssuer || strings.Contains(c.Issuer, "|") {
		problems = append(problems, fmt.Errorf("auth: issuer %q is reserved or holds a bar", c.Issuer))
	}
	return errors.Join(problems...)
}

// Verifier turns bearer tokens into actors.
type Verifier struct {
	sources map[string]*source // by issuer
	recent  *recent
	logger  *slog.Logger
}

// source is an issuer and what its tokens must say.
type source struct {
	signature *oidc.IDTokenVerifier
	claims    *jwt.Validator
}

// NewVerifier asks the issuer for its keys; it fails when the issuer does not answer.
func NewVerifier(ctx context.Context, cfg VerifierConfig) (*Verifier, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	v := &Verifier{sources: make(map[string]*source), recent: newRecent(), logger: cfg.Logger}
	if v.logger == nil {
		v.logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Issuer != "" {
		keys, err := discover(ctx, cfg.Issuer, cfg.Client)
		if err != nil {
			return nil, fmt.Errorf("auth: discover issuer %s: %w", cfg.Issuer, err)
		}
		v.sources[cfg.Issuer] = newSource(cfg.Issuer, cfg.Audience, keys, asymmetric...)
	}
	if cfg.Key != nil {
		keys := &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{cfg.Key.Public()}}
		v.sources[LocalIssuer] = newSource(LocalIssuer, LocalAudience, keys, oidc.EdDSA)
	}
	return v, nil
}

// newSource checks the signature and the issuer with go-oidc. The times are checked apart, because go-oidc gives no leeway
// after the expiry and five minutes before the start.
func newSource(issuer, audience string, keys oidc.KeySet, methods ...string) *source {
	return &source{
		signature: oidc.NewVerifier(issuer, keys, &oidc.Config{
			ClientID: audience, SupportedSigningAlgs: methods, SkipExpiryCheck: true,
		}),
		claims: jwt.NewValidator(jwt.WithIssuer(issuer), jwt.WithAudience(audience),
			jwt.WithExpirationRequired(), jwt.WithLeeway(Leeway)),
	}
}

// Authenticate reads the values of the Authorization header. Every refusal is [Refused].
func (v *Verifier) Authenticate(ctx context.Context, authorization []string) (*Actor, error) {
	actor, err := v.authenticate(ctx, authorization)
	if err != nil {
		v.logger.DebugContext(ctx, "credentials refused", "cause", err)
		return nil, Refused()
	}
	return actor, nil
}

func (v *Verifier) authenticate(ctx context.Context, authorization []string) (*Actor, error) {
	token, err := bearer(authorization)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if actor, ok := v.recent.recall(token, now); ok {
		return actor, nil
	}
	claims, err := v.verify(ctx, token)
	if err != nil {
		return nil, err
	}
	actor, err := claims.actor()
	if err != nil {
		return nil, err
	}
	v.recent.remember(token, actor, now, claims.ExpiresAt.Add(Leeway))
	return actor, nil
}

// verify gives the claims of a token that its issuer has signed and that is valid now.
func (v *Verifier) verify(ctx context.Context, token string) (*claims, error) {
	issuer, err := claimedIssuer(token)
	if err != nil {
		return nil, err
	}
	from, ok := v.sources[issuer]
	if !ok {
		return nil, errors.New("the issuer is not configured")
	}
	verified, err := from.signature.Verify(ctx, token)
	if err != nil {
		return nil, err
	}
	var c claims
	if err := verified.Claims(&c); err != nil {
		return nil, fmt.Errorf("read claims: %w", err)
	}
	if err := from.claims.Validate(&c); err != nil {
		return nil, err
	}
	return &c, nil
}
