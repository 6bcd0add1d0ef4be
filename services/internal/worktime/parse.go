package worktime

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// Parse reads a calendar from YAML or JSON:
//
//	time_zone: America/New_York
//	hours: {mon: [["09:00", "12:00"], ["13:00", "17:00"]], tue: [["09:00", "17:00"]]}
//	holidays: [2026-05-25]
//	public_holidays: [US, DE-BY, {country: CA, except: [Remembrance Day]}]
//	overrides: {2026-12-24: [["09:00", "12:00"]]}
//	breaks: {2026-12-23: [["12:00", "13:00"]]}
//	day_hours: 8h
//
// or {always: true} for wall time. Unknown and repeated keys are refused. The
// error is a [*SpecError] that lists every problem with its line and column,
// those that [New] would find included. Only of a text that is not YAML the
// column stays unknown.
func Parse(data []byte) (Spec, error) {
	root, problem := document(data)
	if problem != nil {
		return Spec{}, &SpecError{Problems: []Problem{*problem}}
	}
	p := parser{places: make(map[string]*yaml.Node)}
	p.calendar(root)
	if len(p.problems) == 0 {
		_, p.problems = p.spec.check()
		p.locate(root)
	}
	if len(p.problems) > 0 {
		return Spec{}, &SpecError{Problems: p.problems}
	}
	return p.spec, nil
}

// A parser turns nodes into a spec and keeps what it could not read.
type parser struct {
	spec     Spec
	problems []Problem
	places   map[string]*yaml.Node // by field path
}

func (p *parser) add(at *yaml.Node, field, format string, values ...any) {
	if len(p.problems) < maxProblems {
		reason := fmt.Sprintf(format, values...)
		p.problems = append(p.problems, Problem{field, reason, at.Line, at.Column})
	}
}

// locate gives problems of the finished spec their places in the text.
func (p *parser) locate(root *yaml.Node) {
	for i, problem := range p.problems {
		at, ok := p.places[problem.Field]
		if !ok {
			at = root // what is missing has no place of its own
		}
		p.problems[i].Line, p.problems[i].Column = at.Line, at.Column
	}
}

func (p *parser) calendar(root *yaml.Node) {
	p.mapping(root, "", func(key, value *yaml.Node) {
		switch field := key.Value; field {
		case "time_zone":
			p.spec.TimeZone = p.text(value, field)
		case "hours":
			p.hours(value)
		case "holidays":
			p.holidays(value)
		case "public_holidays":
			p.public(value)
		case "overrides":
			p.spec.Overrides = p.dates(value, field)
		case "breaks":
			p.spec.Breaks = p.dates(value, field)
		case "day_hours":
			p.spec.DayHours = p.duration(value, field)
		case "always":
			p.spec.Always = p.truth(value, field)
		default:
			p.add(key, "", "unknown key %s", quote(field))
		}
	})
}

func (p *parser) hours(node *yaml.Node) {
	p.mapping(node, "hours", func(key, value *yaml.Node) {
		for _, known := range weekdays {
			if key.Value == known.name {
				p.spec.Hours[known.weekday] = p.spans(value, "hours."+known.name)
				return
			}
		}
		p.add(key, "hours", "unknown weekday %s, want mon to sun", quote(key.Value))
	})
}

func (p *parser) holidays(node *yaml.Node) {
	p.list(node, "holidays", MaxDates, func(field string, item *yaml.Node) {
		if date, err := ParseDate(p.text(item, field)); err != nil {
			p.add(item, field, "%s is not a date such as 2026-05-25", quote(item.Value))
		} else {
			p.spec.Holidays = append(p.spec.Holidays, date)
		}
	})
}

func (p *parser) dates(node *yaml.Node, field string) map[Date][]Span {
	hours := make(map[Date][]Span)
	p.mapping(node, field, func(key, value *yaml.Node) {
		date, err := ParseDate(key.Value)
		switch {
		case err != nil:
			p.add(key, field, "%s is not a date such as 2026-12-24", quote(key.Value))
		case len(hours) == MaxDates:
			p.add(key, field, "has more than %d entries", MaxDates)
		default:
			hours[date] = p.spans(value, field+"."+key.Value)
		}
	})
	return hours
}

func (p *parser) spans(node *yaml.Node, field string) []Span {
	var spans []Span
	p.list(node, field, MaxSpans, func(field string, item *yaml.Node) {
		pair := follow(item)
		if pair.Kind != yaml.SequenceNode || len(pair.Content) != 2 {
			p.add(item, field, `want a pair of times such as ["09:00", "17:00"]`)
			return
		}
		spans = append(spans, Span{p.time(pair.Content[0], field), p.time(pair.Content[1], field)})
	})
	return spans
}

var wallTime = regexp.MustCompile(`^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$`)

// time reads a wall time from 00:00 to 24:00.
func (p *parser) time(node *yaml.Node, field string) time.Duration {
	text := follow(node).Value
	parts := wallTime.FindStringSubmatch(text)
	switch {
	case parts == nil:
		p.add(node, field, "%s is not a time from 00:00 to 24:00", quote(text))
		return 0
	case text == "24:00":
		return 24 * time.Hour
	}
	hour, _ := strconv.Atoi(parts[1]) // two digits each, as the pattern says
	minute, _ := strconv.Atoi(parts[2])
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

func (p *parser) duration(node *yaml.Node, field string) time.Duration {
	d, err := time.ParseDuration(p.text(node, field))
	if err != nil || d <= 0 {
		p.add(node, field, "%s is not a duration such as 7h30m", quote(follow(node).Value))
	}
	return d
}

func (p *parser) truth(node *yaml.Node, field string) bool {
	value := p.text(node, field)
	if value != "true" && value != "false" {
		p.add(node, field, "%s is neither true nor false", quote(value))
	}
	return value == "true"
}

func (p *parser) text(node *yaml.Node, field string) string {
	p.places[field] = node
	return follow(node).Value // empty for a list or a mapping, which no field can be
}

// list calls item for each entry of a list. Nothing at all is an empty list.
func (p *parser) list(node *yaml.Node, field string, most int, item func(field string, entry *yaml.Node)) {
	p.places[field] = node
	list := follow(node)
	switch {
	case isNull(list):
	case list.Kind != yaml.SequenceNode:
		p.add(node, field, "want a list")
	case len(list.Content) > most:
		p.add(node, field, "has %d entries, more than %d", len(list.Content), most)
	default:
		for i, entry := range list.Content {
			path := fmt.Sprintf("%s[%d]", field, i)
			p.places[path] = entry
			item(path, entry)
		}
	}
}

// mapping calls entry for each pair of a mapping. Nothing at all is an empty
// mapping.
func (p *parser) mapping(node *yaml.Node, field string, entry func(key, value *yaml.Node)) {
	p.places[field] = node
	mapping := follow(node)
	if isNull(mapping) {
		return
	}
	if mapping.Kind != yaml.MappingNode {
		p.add(node, field, "want a mapping")
		return
	}
	seen := make(map[string]bool, len(mapping.Content)/2)
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key := follow(mapping.Content[i])
		if seen[key.Value] {
			p.add(key, field, "key %s is given twice", quote(key.Value))
			continue
		}
		seen[key.Value] = true
		entry(key, mapping.Content[i+1])
	}
}
