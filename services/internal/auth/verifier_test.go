package auth_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
)

func TestAValidTokenNamesItsActor(t *testing.T) {
	t.Parallel()
	idp := newIdentityProvider(t)
	v := newVerifier(t, auth.VerifierConfig{Issuer: idp.url, Audience: audience})
	for name, tc := range map[string]struct {
		change func(jwt.MapClaims)
		scheme string
		want   *auth.Actor
	}{
		"a person": {scheme: "Bearer", change: func(jwt.MapClaims) {}, want: &auth.Actor{
			Kind: accessv1.ActorKind_ACTOR_KIND_PERSON, Roles: []accessv1.Role{accessv1.Role_ROLE_SALES_REP}}},
		"several audiences, roles given twice": {scheme: "bearer", change: func(c jwt.MapClaims) {
			c["aud"], c["roles"] = []string{"other", audience}, []string{"marketing", "revops", "marketing"}
		}, want: &auth.Actor{Kind: accessv1.ActorKind_ACTOR_KIND_PERSON,
			Roles: []accessv1.Role{accessv1.Role_ROLE_MARKETING, accessv1.Role_ROLE_REVOPS}}},
		"an agent of a partner": {scheme: "Bearer", change: func(c jwt.MapClaims) {
			c["kind"], c["partner"], c["roles"] = "ai", "acme", []string{"partner"}
		}, want: &auth.Actor{Kind: accessv1.ActorKind_ACTOR_KIND_AI, Partner: "acme", Roles: []accessv1.Role{accessv1.Role_ROLE_PARTNER}}},
		"clocks that differ a little": {scheme: "Bearer", change: func(c jwt.MapClaims) {
			c["exp"], c["nbf"] = time.Now().Add(-10*time.Second).Unix(), time.Now().Add(10*time.Second).Unix()
		}, want: &auth.Actor{Kind: accessv1.ActorKind_ACTOR_KIND_PERSON, Roles: []accessv1.Role{accessv1.Role_ROLE_SALES_REP}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			claims := idp.good()
			tc.change(claims)
			tc.want.Issuer, tc.want.Subject = idp.url, "ann"
			for range 2 { // verified, then remembered
				got, err := v.Authenticate(t.Context(), []string{tc.scheme + " " + sign(t, jwt.SigningMethodRS256, idp.key, claims, nil)})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tc.want, got, protocmp.Transform()); diff != "" {
					t.Errorf("actor (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestABadTokenIsRefusedWithOneText(t *testing.T) {
	t.Parallel()
	idp := newIdentityProvider(t)
	v := newVerifier(t, auth.VerifierConfig{Issuer: idp.url, Audience: audience, Key: newKey(t)})
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(idp.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})

	with := func(change func(jwt.MapClaims)) string {
		claims := idp.good()
		change(claims)
		return sign(t, jwt.SigningMethodRS256, idp.key, claims, nil)
	}
	set := func(name string, value any) string { return with(func(c jwt.MapClaims) { c[name] = value }) }
	without := func(name string) string { return with(func(c jwt.MapClaims) { delete(c, name) }) }
	header := func(name string, value any) string {
		return sign(t, jwt.SigningMethodRS256, idp.key, idp.good(), map[string]any{name: value})
	}
	own := jose.JSONWebKey{Key: other.Public(), KeyID: "k1"}
	valid := with(func(jwt.MapClaims) {})

	for name, token := range map[string]string{
		"method none":                   sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, idp.good(), nil),
		"HS256 with the public key":     sign(t, jwt.SigningMethodHS256, public, idp.good(), nil),
		"HS256 with the key's DER":      sign(t, jwt.SigningMethodHS256, der, idp.good(), nil),
		"another key":                   sign(t, jwt.SigningMethodRS256, other, idp.good(), nil),
		"unknown key id":                header("kid", "k2"),
		"wrong audience":                set("aud", "https://other.example"),
		"missing audience":              without("aud"),
		"empty audience":                set("aud", ""),
		"wrong issuer":                  set("iss", "https://evil.example"),
		"missing issuer":                without("iss"),
		"another configured issuer":     set("iss", auth.LocalIssuer),
		"the suite as issuer":           set("iss", auth.ServiceIssuer),
		"no expiry":                     without("exp"),
		"expiry that is not a number":   set("exp", "tomorrow"),
		"expired":                       set("exp", time.Now().Add(-time.Minute).Unix()),
		"not yet valid":                 set("nbf", time.Now().Add(time.Minute).Unix()),
		"no subject":                    without("sub"),
		"empty subject":                 set("sub", ""),
		"subject with a line break":     set("sub", "ann\nadmin"),
		"subject without end":           set("sub", strings.Repeat("a", 300)),
		"unknown role":                  set("roles", []string{"sales_rep", "root"}),
		"unspecified role":              set("roles", []string{"unspecified"}),
		"role in capitals":              set("roles", []string{"SALES_REP"}),
		"role with its prefix":          set("roles", []string{"role_sales_rep"}),
		"no roles":                      set("roles", []string{}),
		"missing roles":                 without("roles"),
		"roles as a text":               set("roles", "sales_rep"),
		"unknown kind":                  set("kind", "robot"),
		"unspecified kind":              set("kind", "unspecified"),
		"partner without a partner":     set("roles", []string{"partner"}),
		"partner with a control":        set("partner", "ac\x00me"),
		"jwk in the header":             sign(t, jwt.SigningMethodRS256, other, idp.good(), map[string]any{"jwk": own}),
		"jwk in a good token's header":  header("jwk", own),
		"jku in the header":             header("jku", "https://evil.example/keys"),
		"x5u in the header":             header("x5u", "https://evil.example/cert"),
		"critical extension":            header("crit", []string{"exp"}),
		"absurdly long":                 set("pad", strings.Repeat("a", 100_000)),
		"cut off":                       valid[:len(valid)-10],
		"signature of nothing":          valid[:strings.LastIndex(valid, ".")+1],
		"two parts":                     valid[:strings.LastIndex(valid, ".")],
		"a changed claim":               strings.Replace(valid, ".ey", ".ex", 1),
		"JSON serialisation":            `{"payload":"e30","signatures":[]}`,
		"not a token":                   "secret",
		"a space in front of the token": " " + valid,
		"nothing":                       "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actor, err := v.Authenticate(t.Context(), []string{"Bearer " + token})
			wantRefused(t, actor, err)
		})
	}
	for name, header := range map[string][]string{
		"no header":                  nil,
		"two headers":                {"Bearer " + valid, "Bearer " + valid},
		"two tokens in a header":     {"Bearer " + valid + ", Bearer " + valid},
		"another scheme":             {"Basic " + valid},
		"a token without its scheme": {valid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actor, err := v.Authenticate(t.Context(), header)
			wantRefused(t, actor, err)
		})
	}
}

func TestALocalTokenIsVerifiedByItsKeyAlone(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	v := newVerifier(t, auth.VerifierConfig{Key: key})
	grant := auth.Grant{Subject: "ann", Roles: []accessv1.Role{accessv1.Role_ROLE_REVOPS}, TTL: time.Minute}
	token, err := key.Mint(grant)
	if err != nil {
		t.Fatal(err)
	}
	got, err := v.Authenticate(t.Context(), []string{"Bearer " + token})
	if err != nil {
		t.Fatal(err)
	}
	want := &auth.Actor{Issuer: auth.LocalIssuer, Subject: "ann", Kind: accessv1.ActorKind_ACTOR_KIND_PERSON, Roles: grant.Roles}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("actor (-want +got):\n%s", diff)
	}

	foreign, err := newKey(t).Mint(grant)
	if err != nil {
		t.Fatal(err)
	}
	actor, err := v.Authenticate(t.Context(), []string{"Bearer " + foreign})
	wantRefused(t, actor, err)

	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.MapClaims{"iss": auth.LocalIssuer, "aud": auth.LocalAudience, "sub": "ann", "roles": []string{"revops"},
		"exp": time.Now().Add(time.Hour).Unix()}
	for name, token := range map[string]string{
		"its public key as a secret": sign(t, jwt.SigningMethodHS256, []byte(key.Public()), claims, nil),
		"another Ed25519 key":        sign(t, jwt.SigningMethodEdDSA, private, claims, nil),
	} {
		t.Run(name, func(t *testing.T) {
			actor, err := v.Authenticate(t.Context(), []string{"Bearer " + token})
			wantRefused(t, actor, err)
		})
	}
}

func TestARememberedTokenIsRefusedOnceItHasExpired(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	synctest.Test(t, func(t *testing.T) {
		v := newVerifier(t, auth.VerifierConfig{Key: key})
		token, err := key.Mint(auth.Grant{Subject: "ann", Roles: []accessv1.Role{accessv1.Role_ROLE_EXEC}, TTL: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		header := []string{"Bearer " + token}
		for _, wait := range []time.Duration{0, 10 * time.Second, auth.Leeway - time.Second} {
			time.Sleep(wait)
			if _, err := v.Authenticate(t.Context(), header); err != nil {
				t.Errorf("refused after another %v: %v", wait, err)
			}
		}
		time.Sleep(time.Second)
		actor, err := v.Authenticate(t.Context(), header)
		wantRefused(t, actor, err)
	})
}

func TestARefusalIsExplainedInTheLogWithoutTheToken(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	v := newVerifier(t, auth.VerifierConfig{Key: newKey(t), Logger: logger})
	token, err := newKey(t).Mint(auth.Grant{Subject: "ann@example.com", Roles: []accessv1.Role{accessv1.Role_ROLE_EXEC}, TTL: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = v.Authenticate(t.Context(), []string{"Bearer " + token})
	if got := log.String(); !strings.Contains(got, "credentials refused") || !strings.Contains(got, "cause") {
		t.Errorf("the log lacks the cause: %s", got)
	}
	for i, part := range append(strings.Split(token, "."), "ann@example.com") {
		if strings.Contains(log.String(), part) {
			t.Errorf("part %d of the token stands in the log: %s", i, log.String())
		}
	}
}

func TestUnknownKeyIdsDoNotFloodTheIssuer(t *testing.T) {
	t.Parallel()
	idp := newIdentityProvider(t)
	v := newVerifier(t, auth.VerifierConfig{Issuer: idp.url, Audience: audience})
	for range 20 {
		token := sign(t, jwt.SigningMethodRS256, idp.key, idp.good(), map[string]any{"kid": rand.Text()})
		actor, err := v.Authenticate(t.Context(), []string{"Bearer " + token})
		wantRefused(t, actor, err)
	}
	if got := idp.fetches.Load(); got != 1 {
		t.Errorf("the keys were fetched %d times, want once", got)
	}
	if _, err := v.Authenticate(t.Context(), []string{"Bearer " + sign(t, jwt.SigningMethodRS256, idp.key, idp.good(), nil)}); err != nil {
		t.Errorf("a good token is refused afterwards: %v", err)
	}
}

func TestAVerifierDoesNotStartWithoutKeys(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	for name, cfg := range map[string]auth.VerifierConfig{
		"nothing":             {},
		"no audience":         {Issuer: "https://id.example"},
		"reserved issuer":     {Issuer: auth.ServiceIssuer, Audience: audience},
		"issuer with a bar":   {Issuer: "https://id.example/a|b", Audience: audience},
		"issuer out of reach": {Issuer: "http://127.0.0.1:1", Audience: audience, Key: key},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v, err := auth.NewVerifier(context.Background(), cfg); err == nil {
				t.Errorf("got %v", v)
			}
		})
	}
}
