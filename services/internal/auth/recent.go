package auth

import (
	"crypto/sha256"
	"sync"
	"time"
)

const (
	// rememberFor bounds how long a key that was withdrawn still counts.
	rememberFor = time.Minute
	// rememberAtMost bounds one generation.
	rememberAtMost = 4096
)

// recent holds the tokens that were verified a moment ago, by their hash: a signature costs more than the rest of a small
// call. It has two generations; when the young one is full, the old one is forgotten. Refused tokens are not remembered.
type recent struct {
	mu         sync.Mutex
	young, old map[[sha256.Size]byte]verified
}

type verified struct {
	actor *Actor
	until time.Time
}

func newRecent() *recent {
	return &recent{young: make(map[[sha256.Size]byte]verified)}
}

func (r *recent) recall(token string, now time.Time) (*Actor, bool) {
	hash := sha256.Sum256([]byte(token))
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.young[hash]
	if !ok {
		if v, ok = r.old[hash]; ok {
			r.put(hash, v)
		}
	}
	return v.actor, ok && now.Before(v.until)
}

func (r *recent) remember(token string, actor *Actor, now, expiry time.Time) {
	until := now.Add(rememberFor)
	if expiry.Before(until) {
		until = expiry
	}
	hash := sha256.Sum256([]byte(token))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.put(hash, verified{actor, until})
}

func (r *recent) put(hash [sha256.Size]byte, v verified) {
	if len(r.young) >= rememberAtMost {
		r.young, r.old = make(map[[sha256.Size]byte]verified), r.young
	}
	r.young[hash] = v
}
