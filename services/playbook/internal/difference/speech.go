package difference

import (
	"regexp"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

// speech puts values into words.
type speech struct {
	terms    map[string][]term
	business bool // lengths of time are working time
	percent  bool // ranges are shares
}

// value is the value of a field, or of an entry of a list or map that the field is.
func (s speech) value(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	switch v := value.Interface().(type) {
	case protoreflect.List:
		return s.list(field, v)
	case protoreflect.Map:
		return s.entries(field, v)
	case protoreflect.Message:
		return s.message(v)
	case bool:
		return flag(field, v)
	case float64:
		if field.ContainingMessage().Name() == "ScoreWeights" {
			return percentage(v)
		}
		return document.Element(field, value)
	case string:
		return v
	default:
		if field.Enum() != nil {
			return vocabulary(string(field.Enum().Name()), document.Element(field, value))
		}
		return document.Element(field, value)
	}
}

// list is the words of a list. Names that people gave are told as they are; what stands on a checklist names nothing.
func (s speech) list(field protoreflect.FieldDescriptor, list protoreflect.List) string {
	words := make([]string, list.Len())
	for i := range words {
		words[i] = s.value(field, list.Get(i))
		if field.Name() == "checklist" {
			words[i] = plain(words[i])
		}
	}
	return enumerated(words)
}

// enumerated is a, b and c.
func enumerated(words []string) string {
	if last := len(words) - 1; last > 0 {
		return strings.Join(words[:last], ", ") + " and " + words[last]
	}
	return strings.Join(words, "")
}

// entries is the entries of a map, by name.
func (s speech) entries(field protoreflect.FieldDescriptor, entries protoreflect.Map) string {
	var words []string
	for _, key := range mapKeys(entries) {
		value := s.value(field.MapValue(), entries.Get(protoreflect.ValueOfString(key).MapKey()))
		if field.Name() == "bonus" {
			words = append(words, value+" at "+key)
			continue
		}
		words = append(words, key+" "+value)
	}
	return strings.Join(words, ", ")
}

// message is a message with a short form as people say it, and any other by its terms.
func (s speech) message(m protoreflect.Message) string {
	switch v := m.Interface().(type) {
	case *playbookv1.Budget:
		return s.length(shortOf(m))
	case *playbookv1.AtRisk:
		if v.GetAfter() != nil {
			return "after " + s.length(shortOf(v.GetAfter().ProtoReflect()))
		}
		return "at " + percentage(v.GetShare())
	case *playbookv1.Destination:
		return destination(v)
	case *playbookv1.Fallback:
		if v.GetRep() != "" {
			return "the rep " + v.GetRep()
		}
		return "the pool " + v.GetPool()
	case *playbookv1.Band:
		if s.percent {
			return percentage(v.GetLow()) + " to " + percentage(v.GetHigh())
		}
		return number(v.GetLow()) + " to " + number(v.GetHigh())
	case *playbookv1.Promise:
		if v.GetStrict() {
			return "more than " + percentage(v.GetShare())
		}
		return "at least " + percentage(v.GetShare())
	case *playbookv1.Volume:
		return strconv.Itoa(int(v.GetPerMonth())) + " a month"
	case *playbookv1.AttemptPlan:
		s.business = v.GetUnit() == playbookv1.TimeUnit_TIME_UNIT_BUSINESS
	case *playbookv1.ClockPolicy:
		s.business = v.GetUnit() == playbookv1.TimeUnit_TIME_UNIT_BUSINESS
	case *playbookv1.EscalationLadder:
		return s.ladder(v)
	}
	if m.Descriptor().FullName() == "google.protobuf.Duration" {
		return s.length(shortOf(m))
	}
	return s.fields(m)
}

// fields says the fields of a message by its terms.
func (s speech) fields(m protoreflect.Message) string {
	said := make(map[protoreflect.Name]bool)
	var words []string
	for _, t := range s.terms[string(m.Descriptor().Name())] {
		field := m.Descriptor().Fields().ByName(protoreflect.Name(t.field))
		said[field.Name()] = true
		if !m.Has(field) || t.text == "" {
			continue
		}
		text, value := t.text, s.value(field, m.Get(field))
		if field.Kind() == protoreflect.BoolKind && t.not != "" && !m.Get(field).Bool() {
			text = t.not
		}
		if value != t.unless {
			words = append(words, strings.ReplaceAll(text, "{}", value))
		}
	}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		if field := fields.Get(i); m.Has(field) && !said[field.Name()] {
			words = append(words, plain(string(field.Name()))+" "+s.value(field, m.Get(field)))
		}
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}

// ladder is the steps of an escalation, each with its time.
func (s speech) ladder(l *playbookv1.EscalationLadder) string {
	words := make([]string, len(l.GetSteps()))
	for i, step := range l.GetSteps() {
		words[i] = "at " + percentage(step.GetAt()) + " it " + s.fields(step.ProtoReflect())
	}
	return strings.Join(words, ", ")
}

// shortOf is a message in the short form of playbooks.
func shortOf(m protoreflect.Message) string { return document.ShortMessage(m) }

func number(n float64) string { return strconv.FormatFloat(n, 'g', -1, 64) }

func percentage(share float64) string { return number(float64(int64(share*1e8+0.5))/1e6) + "%" }

// flag is yes or no, or what it stands for.
func flag(field protoreflect.FieldDescriptor, on bool) string {
	switch {
	case field.Name() == "target" && on:
		return "target accounts"
	case field.Name() == "target":
		return "other accounts"
	case on:
		return "yes"
	default:
		return "no"
	}
}

var part = regexp.MustCompile(`([0-9.]+)([wdhms])`)

// length is a length of time in words: 4h is 4 hours, or 4 business hours.
func (s speech) length(text string) string {
	units := map[string]string{"w": "week", "d": "day", "h": "hour", "m": "minute", "s": "second"}
	var words []string
	for _, found := range part.FindAllStringSubmatch(text, -1) {
		unit := units[found[2]]
		if s.business {
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

// destination is where leads go.
func destination(to *playbookv1.Destination) string {
	switch kind := to.GetTo().(type) {
	case *playbookv1.Destination_Pool:
		return "the pool " + kind.Pool
	case *playbookv1.Destination_OwnerOrPool:
		return "the account's owner, else the pool " + kind.OwnerOrPool
	case *playbookv1.Destination_Queue:
		return "the queue " + kind.Queue
	case *playbookv1.Destination_OpportunityOwner:
		return "the owner of the open opportunity"
	case *playbookv1.Destination_Rep:
		return "the rep " + kind.Rep
	case *playbookv1.Destination_Nurture:
		return "marketing, who nurtures them"
	case *playbookv1.Destination_Disqualify:
		return "nobody, for they are disqualified"
	default:
		return "nobody"
	}
}
