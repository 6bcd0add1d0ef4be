package dossier

import (
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// Rules are what people are judged by now.
type Rules struct {
	Playbook int64           // the version in force; 0 before the first
	Policy   *qualify.Policy // nil before the first
	Lists    Lists
}

// Lists are the reference lists. They must not change.
type Lists struct {
	Facts  map[string]*criteria.List // by name, for expressions
	Shared map[string]struct{}       // hosts that many companies use
	Known  map[string]string         // host to account id
	// Version names the versions of the two lists that matching uses.
	Version string
}
