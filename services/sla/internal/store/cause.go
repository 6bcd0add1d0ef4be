package store

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// spell writes shares as a row keeps them, such as `250000 0 0 0 750000`; nothing for those of a clock that was not missed.
func spell(s deadline.Shares) string {
	if s == (deadline.Shares{}) {
		return ""
	}
	words := make([]string, len(s))
	for i, n := range s {
		words[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(words, " ")
}

// unspell reads what spell wrote.
func unspell(text string) (s deadline.Shares, err error) {
	words := strings.Fields(text)
	if len(words) != 0 && len(words) != len(s) {
		return s, fmt.Errorf("read causes %q: want %d shares", text, len(s))
	}
	for i, word := range words {
		if s[i], err = strconv.ParseInt(word, 10, 64); err != nil {
			return s, fmt.Errorf("read causes %q: %w", text, err)
		}
	}
	return s, nil
}
