package ident

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Source makes ids. The zero value makes random ones.
type Source struct {
	seed string
}

// Seeded gives a source whose ids depend on nothing but the seed, the time and the natural key, so that a rehearsal can
// be repeated to the byte. The seed must not be empty.
func Seeded(seed string) Source { return Source{seed: seed} }

// New makes an id for something of a kind, born at now. The natural key tells things of one kind and time apart; only
// seeded sources use it.
func (s Source) New(now time.Time, kind, naturalKey string) string {
	var b [16]byte
	if s.seed == "" {
		rand.Read(b[6:])
	} else {
		sum := sha256.Sum256([]byte(s.seed + "\x00" + kind + "\x00" + naturalKey))
		copy(b[6:], sum[:])
	}
	binary.BigEndian.PutUint16(b[0:], uint16(now.UnixMilli()>>32))
	binary.BigEndian.PutUint32(b[2:], uint32(now.UnixMilli()))
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	return hex.EncodeToString(b[:])
}

// Least is an id that none is less than that was made at an instant or later; empty for the zero time.
func Least(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return fmt.Sprintf("%012x", max(0, at.UnixMilli()))
}

// Valid reports whether id is an id as New makes it.
func Valid(id string) bool {
	if len(id) != 32 {
		return false
	}
	for i := range len(id) {
		if c := id[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Name joins collections and ids: Name("handoffs", id, "clocks", "accept-1"). It is empty when an id is.
func Name(parts ...string) string {
	for _, p := range parts {
		if p == "" {
			return ""
		}
	}
	return strings.Join(parts, "/")
}

// Parse takes a name apart by its collections: Parse("reps/jane/absences/0192…", "reps", "absences") gives the two ids.
// It gives empty ids when the name is not of these collections; requests are validated before they reach it.
func Parse(name string, collections ...string) []string {
	ids := make([]string, len(collections))
	parts := strings.Split(name, "/")
	if len(parts) != 2*len(collections) {
		return ids
	}
	for i, c := range collections {
		if parts[2*i] != c {
			return make([]string, len(collections))
		}
		ids[i] = parts[2*i+1]
	}
	return ids
}

// ID is the only id of a name of one collection: ID("leads/0192…", "leads").
func ID(name, collection string) string {
	if name == "" { // the commonest of all
		return ""
	}
	return Parse(name, collection)[0]
}
