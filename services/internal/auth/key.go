package auth

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/golang-jwt/jwt/v5"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
)

// The issuer and the audience of the tokens that a local key signs.
const (
	LocalIssuer   = "handoff.local"
	LocalAudience = "handoff"
)

// Key signs the tokens of an installation on one machine, which has no identity provider. Whoever can read its file can
// be anybody, so it is meant for the loopback interface.
type Key struct{ private ed25519.PrivateKey }

const pemType = "PRIVATE KEY"

// LoadOrCreateKey reads the key at path, or makes one there that only its owner can read. Of several processes that make
// it at once, all get the same one.
func LoadOrCreateKey(path string) (*Key, error) {
	key, err := loadKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := createKey(path); err != nil {
			return nil, fmt.Errorf("create local key: %w", err)
		}
		key, err = loadKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("load local key: %w", err)
	}
	return key, nil
}

func loadKey(path string) (*Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s has mode %#o: others can read it; make it 0600", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != pemType {
		return nil, fmt.Errorf("%s holds no private key", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s holds a %T, want an Ed25519 key", path, parsed)
	}
	return &Key{private}, nil
}

// createKey writes the key aside and links it into place, which fails if somebody was faster; theirs is then the key.
func createKey(path string) error {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	aside, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(aside.Name()) }()
	err = errors.Join(pem.Encode(aside, &pem.Block{Type: pemType, Bytes: der}), aside.Sync(), aside.Close())
	if err != nil {
		return err
	}
	if err := os.Link(aside.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// Public is the key that verifies what k signs.
func (k *Key) Public() ed25519.PublicKey {
	return k.private.Public().(ed25519.PublicKey)
}

// Grant is what a token of a local key says of its bearer.
type Grant struct {
	Subject string
	Roles   []accessv1.Role    // at least one
	Kind    accessv1.ActorKind // default person
	Partner string             // required with the role partner
	TTL     time.Duration      // how long it counts from now; required
}

// Mint makes a token. It refuses a grant whose token would be refused.
func (k *Key) Mint(g Grant) (string, error) {
	if g.TTL <= 0 {
		return "", errors.New("mint token: the time to live is not above 0")
	}
	now := time.Now()
	c := &claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: LocalIssuer, Audience: jwt.ClaimStrings{LocalAudience}, Subject: g.Subject,
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(g.TTL)),
		},
		Kind:    KindName(g.Kind),
		Partner: g.Partner,
	}
	for _, role := range g.Roles {
		c.Roles = append(c.Roles, RoleName(role))
	}
	if _, err := c.actor(); err != nil {
		return "", fmt.Errorf("mint token: %w", err)
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, c).SignedString(k.private)
	if err != nil {
		return "", fmt.Errorf("mint token: %w", err)
	}
	return token, nil
}
