package document

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// brokenRules holds a document against the rules that the schema states for single fields; oversize says that one of
// its limits is among those that are broken.
func brokenRules(doc *playbookv1.Document, positions *Positions) (problems []Problem, oversize bool) {
	err := protovalidate.Validate(doc)
	var invalid *protovalidate.ValidationError
	switch {
	case err == nil:
		return nil, false
	case !errors.As(err, &invalid):
		return []Problem{{Message: "the rules of the schema cannot be applied: " + err.Error()}}, true
	}
	for _, violation := range invalid.Violations {
		path := violated(doc.ProtoReflect().Descriptor(), violation.Proto.GetField())
		problem := Problem{Field: clip(path, maxPath), Message: explain(violation)}
		problem.Line, problem.Column = positions.Of(path)
		if violation.Proto.GetForKey() {
			problem.Line, problem.Column = positions.OfKey(path)
		}
		problems = append(problems, problem)
		oversize = oversize || isLimit(violation.Proto.GetRuleId())
	}
	return problems, oversize
}

// isLimit says whether a rule bounds the size of a field.
func isLimit(rule string) bool {
	switch rule {
	case "map.max_pairs", "repeated.max_items", "string.max_bytes", "string.max_len":
		return true
	default:
		return false
	}
}

const heldTwice = "holds an entry twice: keep one"

// explain words a broken rule for somebody who writes a playbook.
func explain(violation *protovalidate.Violation) string {
	written := violation.FieldValue
	switch violation.Proto.GetRuleId() {
	case "required":
		return "is required" + choices(violation)
	case "string.pattern":
		if written.IsValid() && written.String() == "" {
			return "is required: " + spelling(violation)
		}
		return "must be " + spelling(violation)
	case "string.min_len":
		if written.IsValid() && written.String() == "" {
			return "is required"
		}
	case "map.max_pairs", "repeated.max_items":
		return fmt.Sprintf("has more than %d entries", violation.RuleValue.Uint())
	case "string.max_bytes":
		return fmt.Sprintf("is longer than %d bytes", violation.RuleValue.Uint())
	case "map.min_pairs":
		return "is required: give at least one"
	case "string.in":
		return oneOf(violation)
	case "repeated.unique":
		return heldTwice
	case "bool.const":
		return "can only be true: leave it out, or choose another destination"
	default:
	}
	return shortDurations(violation.Proto.GetMessage())
}

// choices lists what can be given where one of several things is required.
func choices(violation *protovalidate.Violation) string {
	steps := violation.Proto.GetField().GetElements()
	if len(steps) == 0 {
		return ""
	}
	switch steps[len(steps)-1].GetFieldName() {
	case "to":
		return ": {pool: ...}, {owner_or_pool: ...}, {queue: ...}, {rep: ...}, opportunity_owner, nurture or disqualify"
	case "whom":
		return ": {pool: ...} or {rep: ...}"
	case "within", "amount":
		return ": a length of time, such as 4h or 5d"
	case "point":
		return ": a share like 75% or a time like 48h"
	default:
		return ""
	}
}

// spelling says in words what a pattern of the schema asks for.
func spelling(violation *protovalidate.Violation) string {
	pattern := violation.RuleValue.String()
	switch pattern {
	case `^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`, `^([a-z]([a-z0-9-]{0,61}[a-z0-9])?)?$`:
		return "an id of 1 to 63 lower-case letters, digits and hyphens that begins with a letter, such as us-east"
	case `^[a-z][a-z0-9_]{0,40}$`:
		return "a name of 1 to 41 lower-case letters, digits and underscores that begins with a letter, such as first_touch"
	case `^[a-z][a-z0-9_]{0,62}$`:
		return "a name of 1 to 63 lower-case letters, digits and underscores that begins with a letter, such as size_fit"
	case `^[A-Za-z][A-Za-z0-9_-]{0,30}$`:
		return "a name of 1 to 31 letters, digits, hyphens and underscores that begins with a letter, such as T1"
	case `^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$`:
		return "an id of 1 to 63 lower-case letters, digits, hyphens and underscores, such as abm-q4"
	case `^(monday|tuesday|wednesday|thursday|friday|saturday|sunday) ([01][0-9]|2[0-3]):[0-5][0-9]$`:
		return "a weekday and a time of day, such as monday 07:00"
	default:
		return "like " + pattern
	}
}

// oneOf lists the words that are allowed.
func oneOf(violation *protovalidate.Violation) string {
	written := violation.FieldValue.String()
	var names []string
	for i := range violation.RuleValue.List().Len() {
		if name := violation.RuleValue.List().Get(i).String(); name != "" {
			names = append(names, name)
		}
	}
	if meant := nearest(written, names); meant != "" {
		return fmt.Sprintf("must be one of %s: did you mean %q?", strings.Join(names, ", "), meant)
	}
	return "must be one of " + strings.Join(names, ", ")
}

// shortDurations writes the lengths of time in a message as people do: 34560000s is 400d.
func shortDurations(message string) string {
	return regexp.MustCompile(`\b[0-9]+s\b`).ReplaceAllStringFunc(message, func(text string) string {
		seconds, err := strconv.ParseInt(strings.TrimSuffix(text, "s"), 10, 64)
		if err != nil {
			return text
		}
		return formatDuration(&durationpb.Duration{Seconds: seconds})
	})
}
