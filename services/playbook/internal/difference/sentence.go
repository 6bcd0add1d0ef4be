package difference

import (
	"regexp"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// pair is the two documents, complete with their defaults.
type pair struct {
	from, to *playbookv1.Document
	book     book
}

// sentence says a change as people would.
func (p pair) sentence(f finding) string {
	before, after := said(f, f.old, p.from), said(f, f.new, p.to)
	if text, names, known := p.book.find(f.steps, f.kind); known {
		return fill(text, names, before, after)
	}
	subject := plain(strings.Join(f.steps, ", "))
	switch {
	case f.order:
		return capital(subject + ": in another order, " + after + " instead of " + before)
	case f.kind == Added:
		return capital(subject + " is now " + after)
	case f.kind == Removed:
		return capital(subject + " is gone; it was " + before)
	default:
		return capital(subject + ": " + after + " instead of " + before)
	}
}

// wording says that a document was written in other words.
func wording(f finding) string {
	subject := capital(plain(strings.Join(f.steps, ", ")))
	switch {
	case f.order || f.kind == Changed:
		return subject + " is worded or ordered otherwise, and means the same"
	case f.kind == Added:
		return subject + " is written out: " + f.new + ", as it was by default"
	default:
		return subject + " is left to its default, " + f.old + " as it was"
	}
}

// said is a value as people say it. The document tells in what time a clock counts.
func said(f finding, text string, doc *playbookv1.Document) string {
	switch {
	case f.order:
		return text
	case f.field.Message() != nil && f.kind != Changed && !isWhole(f.field.Message()):
		return text
	case f.field.Message() != nil:
		return saidMessage(f, text, doc)
	case f.field.Kind() == protoreflect.EnumKind:
		return vocabulary(plain(strings.Trim(text, "[]")))
	case f.field.IsList():
		return plain(strings.Trim(text, "[]"))
	case f.field.Kind() == protoreflect.BoolKind && f.field.Name() == "target":
		return map[string]string{"true": "target accounts", "false": "other accounts"}[text]
	default:
		return text
	}
}

func saidMessage(f finding, text string, doc *playbookv1.Document) string {
	switch f.field.Message().Name() {
	case "Duration", "Budget":
		return length(text, isBusiness(f, doc))
	case "AtRisk":
		if strings.HasSuffix(text, "%") {
			return "at " + text
		}
		return "after " + length(text, isBusiness(f, doc))
	case "Destination":
		return destination(text)
	default:
		return text
	}
}

// isBusiness says whether the clock that a change belongs to counts business time.
func isBusiness(f finding, doc *playbookv1.Document) bool {
	return len(f.steps) > 2 && f.steps[1] == "clocks" &&
		doc.GetSla().GetClocks()[f.steps[2]].GetUnit() == playbookv1.TimeUnit_TIME_UNIT_BUSINESS
}

var part = regexp.MustCompile(`([0-9.]+)([wdhms])`)

// length is a length of time in words: 4h is 4 hours, or 4 business hours.
func length(text string, isBusiness bool) string {
	units := map[string]string{"w": "week", "d": "day", "h": "hour", "m": "minute", "s": "second"}
	var words []string
	for _, found := range part.FindAllStringSubmatch(text, -1) {
		unit := units[found[2]]
		if isBusiness {
			unit = "business " + unit
		}
		if found[1] != "1" {
			unit += "s"
		}
		words = append(words, found[1]+" "+unit)
	}
	if len(words) == 0 {
		return text
	}
	return strings.Join(words, " ")
}

// destination is where leads go, in words.
func destination(text string) string {
	kind, id, _ := strings.Cut(strings.Trim(text, "{}"), ": ")
	switch kind {
	case "pool":
		return "the pool " + id
	case "owner_or_pool":
		return "the account's owner, else the pool " + id
	case "queue":
		return "the queue " + id
	case "opportunity_owner":
		return "the owner of the open opportunity"
	case "nurture":
		return "marketing, who nurtures them"
	default:
		return text
	}
}

// vocabulary spells words that are not English as they stand.
func vocabulary(text string) string {
	switch text {
	case "mql":
		return "the MQL"
	case "assigned":
		return "the assignment"
	case "accepted":
		return "the acceptance"
	default:
		return text
	}
}

// clockName is a clock as people call it.
func clockName(kind string) string {
	switch kind {
	case "assign":
		return "Assignment"
	case "accept":
		return "Acceptance"
	case "speed_to_lead":
		return "Speed to lead"
	case "demo_booked":
		return "Booking a demo"
	default:
		return capital(plain(kind))
	}
}

func stageName(stage string) string {
	if stage == "sql" {
		return "An SQL"
	}
	return "An " + plain(stage)
}

func plain(name string) string { return strings.ReplaceAll(name, "_", " ") }

func capital(text string) string {
	if text == "" || text[0] < 'a' || text[0] > 'z' {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
