package document

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"google.golang.org/protobuf/proto"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// Canonical is the form of a document that both teams sign: its protobuf encoding with the entries of maps in the order
// of their keys. It depends on what the document says and on nothing else, such as comments, the order in which YAML
// has the fields, or short and long forms. Equal documents have equal bytes as long as the schema stays the same; a
// later schema may encode them otherwise, so whoever compares hashes stores them. It fails for text that is not UTF-8,
// which neither Parse nor the API lets in.
func Canonical(doc *playbookv1.Document) ([]byte, error) {
	encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode playbook: %w", err)
	}
	return encoded, nil
}

// Hash is the SHA-256 of the canonical form: 64 hexadecimal digits.
func Hash(doc *playbookv1.Document) (string, error) {
	encoded, err := Canonical(doc)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:]), nil
}
