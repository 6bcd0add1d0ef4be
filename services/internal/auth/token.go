package auth

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// maxTokenBytes bounds a token; longer ones are refused before they are read. A whole header may have 8 KiB.
const maxTokenBytes = 8 << 10

// bearer takes the token out of the values of the Authorization header, of which there must be one.
func bearer(authorization []string) (string, error) {
	if len(authorization) != 1 {
		return "", fmt.Errorf("got %d Authorization values, want 1", len(authorization))
	}
	scheme, token, _ := strings.Cut(authorization[0], " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", errors.New("the Authorization header is not a bearer token")
	}
	if len(token) > maxTokenBytes {
		return "", fmt.Errorf("the token has %d bytes", len(token))
	}
	return token, nil
}

// suspect are header fields by which a token brings or points at a key, or asks to be read in another way.
var suspect = []string{"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"}

// claimedIssuer reads the issuer that a token claims, before anything is verified, to find the key. It refuses a token
// whose header says more than which known key has signed it.
func claimedIssuer(token string) (string, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", fmt.Errorf("the token has %d parts, want 3", len(parts))
	}
	var header map[string]json.RawMessage
	if err := decode(parts[0], &header); err != nil {
		return "", fmt.Errorf("token header: %w", err)
	}
	for _, field := range suspect {
		if _, ok := header[field]; ok {
			return "", fmt.Errorf("the token's header has %s", field)
		}
	}
	var claimed struct {
		Issuer string `json:"iss"`
	}
	if err := decode(parts[1], &claimed); err != nil {
		return "", fmt.Errorf("token claims: %w", err)
	}
	return claimed.Issuer, nil
}

func decode(part string, into any) error {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
