// Package paging cuts lists into pages (AIP-158).
//
// A page token is opaque to callers. It holds where the next page begins, as the key of the last row, and a digest that
// ties it to the caller and to the query it came from: with another filter it is refused. It holds no secret, so it
// needs none: what a row's key can reach is decided by the query, never by the token.
package paging

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// The size of a page when the caller names none, and the most that a page holds.
const (
	DefaultSize = 50
	MaxSize     = 1000
)

// Request is a list request.
type Request interface {
	proto.Message
	GetPageSize() int32
	GetPageToken() string
}

// Page is the part of a list that a caller asked for.
type Page struct {
	Size   int  // how many rows at the most
	Key    Key  // the key of the last row of the page before
	First  bool // there was no page before
	digest []byte
}

// Key is where a page ends: a number and a text, as the list's order needs them.
type Key struct {
	Number int64  `json:"n,omitempty"`
	Text   string `json:"t,omitempty"`
}

type token struct {
	Key    Key    `json:"k"`
	Digest []byte `json:"d"`
}

// Parse reads a list request. A token that is forged, or of another query or caller, is refused.
func Parse(ctx context.Context, req Request) (Page, error) {
	p := Page{Size: int(req.GetPageSize()), First: req.GetPageToken() == "", digest: digest(ctx, req)}
	switch {
	case p.Size <= 0:
		p.Size = DefaultSize
	case p.Size > MaxSize:
		p.Size = MaxSize
	}
	if p.First {
		return p, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(req.GetPageToken())
	var t token
	if err != nil || json.Unmarshal(raw, &t) != nil || !bytes.Equal(t.Digest, p.digest) || strings.ContainsRune(t.Key.Text, 0) {
		e := fault.Field("page_token", "is not a token of this list")
		e.Reason = errorsv1.ErrorReason_ERROR_REASON_PAGE_TOKEN_INVALID
		return Page{}, e
	}
	p.Key = t.Key
	return p, nil
}

// Limit is how many rows to read: one more than the page, to know whether another follows.
func (p Page) Limit() int64 { return int64(p.Size) + 1 }

// Cut gives the rows of the page and the token of the next one, from at most Limit rows; key tells where a row lies.
func Cut[T any](p Page, rows []T, key func(T) Key) ([]T, string) {
	if len(rows) <= p.Size {
		return rows, ""
	}
	rows = rows[:p.Size]
	raw, err := json.Marshal(token{Key: key(rows[p.Size-1]), Digest: p.digest})
	if err != nil { // a number and a text always marshal
		return rows, ""
	}
	return rows, base64.RawURLEncoding.EncodeToString(raw)
}

// digest is over the caller, the method and every field of the request but those that page.
func digest(ctx context.Context, req Request) []byte {
	query := proto.Clone(req)
	m := query.ProtoReflect()
	for _, name := range []string{"page_size", "page_token"} {
		if f := m.Descriptor().Fields().ByTextName(name); f != nil {
			m.Clear(f)
		}
	}
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(query)
	if err != nil { // a decoded request always marshals
		return nil
	}
	method, _ := grpc.Method(ctx)
	sum := sha256.Sum256(append([]byte(auth.Principal(auth.ActorFrom(ctx))+"\x00"+method+"\x00"), body...))
	return sum[:12]
}
