package criteria

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/handoffhq/handoff/services/internal/typo"
)

var (
	undeclared = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	undefined  = regexp.MustCompile(`^undefined field '([^']*)'`)
)

// explain words a message of the CEL compiler for somebody who knows the playbook
// and not CEL. CEL itself suggests names of variables; fields are suggested here.
func (c *compiler) explain(kind Kind, message string) string {
	message = strings.ReplaceAll(message, " (in container '')", "")
	if match := undeclared.FindStringSubmatch(message); match != nil {
		if _, isCriterion := c.set.position[match[1]]; isCriterion {
			return fmt.Sprintf("'%s' is a criterion; criteria look at facts only, not at each other", match[1])
		}
		if kind != Gate && (match[1] == "fit" || match[1] == "combined") {
			return fmt.Sprintf("'%s' is a score; only gates look at scores", match[1])
		}
		if match[1] == "meeting" {
			return "'meeting' is known only where meetings are checked: in buyer_role, company_fit, use_case and geography of meetings"
		}
		return message
	}
	if match := undefined.FindStringSubmatch(message); match != nil {
		return message + suggest(match[1], c.fields())
	}
	if strings.HasPrefix(message, "Syntax error") {
		if strings.Contains(message, "'<EOF>' expecting") {
			return "the expression ends too early"
		}
		message, _, _ = strings.Cut(message, " expecting ") // a list of token names
		return message
	}
	if kind == Gate && strings.Contains(message, "overload for 'count'") {
		return message + " (in a gate engagement is the score: count events in a criterion and name it here)"
	}
	return message
}

// fields returns the names that may stand behind a dot.
func (c *compiler) fields() []string {
	names := slices.Clone(c.definition.Lists)
	for _, f := range leadFacts() {
		names = append(names, f.name)
	}
	for _, f := range accountFacts() {
		names = append(names, f.name)
	}
	for _, f := range meetingFacts() {
		names = append(names, f.name)
	}
	return names
}

// suggest returns " (did you mean NAME?)" with the nearest of the names, or ""
// if none is within two edits.
func suggest(written string, names []string) string {
	best, distance := "", 3
	slices.Sort(names)
	for _, name := range names {
		if d := typo.Edits(written, name); d < distance {
			best, distance = name, d
		}
	}
	if best == "" {
		return ""
	}
	return " (did you mean " + best + "?)"
}
