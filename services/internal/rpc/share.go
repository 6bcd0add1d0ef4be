package rpc

import (
	"sync"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// shares bound how many streams one caller has at once: streams last, and whoever took all places would shut out everybody
// else for as long as they like.
type shares struct {
	most int

	mu   sync.Mutex
	held map[string]int // by principal
}

func newShares(most int) *shares { return &shares{most: most, held: make(map[string]int)} }

func (s *shares) take(who string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[who] >= s.most {
		return false
	}
	s.held[who]++
	return true
}

func (s *shares) giveBack(who string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[who]--; s.held[who] == 0 {
		delete(s.held, who)
	}
}

// share sees that a caller leaves streams for others.
func (k *call) share() error {
	if !k.method.stream {
		return nil
	}
	who := auth.Principal(k.actor)
	if !k.chain.shares.take(who) {
		f := fault.New(fault.Exhausted, errorsv1.ErrorReason_ERROR_REASON_LIMIT_EXCEEDED,
			"the caller has %d streams already", k.chain.shares.most)
		f.RetryAfter = comeBack()
		return f
	}
	k.shared = true
	return nil
}
