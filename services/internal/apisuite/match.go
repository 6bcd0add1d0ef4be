package apisuite

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// mismatch says where an answer is not what is wanted.
type mismatch struct{ path, text string }

func (m mismatch) String() string { return strings.TrimPrefix(m.path+": "+m.text, ".") }

// match compares a response with what is wanted of it. Both are JSON as Go reads it; numbers compare as they are spelt, so
// that 64 bits, which are texts in JSON, can be wanted as numbers.
func match(path string, want, got any) []mismatch {
	switch want := want.(type) {
	case nil:
		if got != nil {
			return []mismatch{{path, fmt.Sprintf("got %s, want it not set", spellOut(got))}}
		}
	case map[string]any:
		if found, is := operate(path, want, got); is {
			return found
		}
		return matchObject(path, want, got)
	case []any:
		return matchList(path, want, got)
	default:
		if got == nil || fmt.Sprint(want) != fmt.Sprint(got) {
			return []mismatch{{path, fmt.Sprintf("got %s, want %s", spellOut(got), spellOut(want))}}
		}
	}
	return nil
}

func matchObject(path string, want map[string]any, got any) (found []mismatch) {
	object, ok := got.(map[string]any)
	if !ok && got != nil {
		return []mismatch{{path, fmt.Sprintf("got %s, want a mapping", spellOut(got))}}
	}
	if !ok && len(want) == 0 {
		return []mismatch{{path, "it is not set"}}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		found = append(found, match(path+"."+name, want[name], object[name])...)
	}
	return found
}

func matchList(path string, want []any, got any) (found []mismatch) {
	list, ok := got.([]any)
	if (!ok && got != nil) || len(list) != len(want) {
		return []mismatch{{path, fmt.Sprintf("got %s, want %d items", spellOut(got), len(want))}}
	}
	for i := range want {
		found = append(found, match(fmt.Sprintf("%s[%d]", path, i), want[i], list[i])...)
	}
	return found
}

// operate applies operators; is says whether there are any.
func operate(path string, want map[string]any, got any) (found []mismatch, is bool) {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !strings.HasPrefix(name, "$") {
			continue
		}
		is = true
		list, _ := got.([]any)
		switch name {
		case opContains:
			for _, item := range items(want[name]) {
				if !holds(list, item) {
					found = append(found, mismatch{path, fmt.Sprintf("got %s, want %s among it", spellOut(got), spellOut(item))})
				}
			}
		case opLacks:
			for _, item := range items(want[name]) {
				if holds(list, item) {
					found = append(found, mismatch{path, fmt.Sprintf("got %s, want %s not among it", spellOut(got), spellOut(item))})
				}
			}
		case opLength:
			if fmt.Sprint(len(list)) != fmt.Sprint(want[name]) {
				found = append(found, mismatch{path, fmt.Sprintf("got %d items, want %v", len(list), want[name])})
			}
		case opMatches:
			if !finds(fmt.Sprint(want[name]), got) {
				found = append(found, mismatch{path, fmt.Sprintf("got %s, want what %v finds", spellOut(got), want[name])})
			}
		}
	}
	return found, is
}

func items(of any) []any {
	if list, ok := of.([]any); ok {
		return list
	}
	return []any{of}
}

func holds(list []any, want any) bool {
	return slices.ContainsFunc(list, func(got any) bool { return len(match("", want, got)) == 0 })
}

func finds(expression string, got any) bool {
	re, err := regexp.Compile(expression)
	return err == nil && got != nil && re.MatchString(fmt.Sprint(got))
}

func spellOut(value any) string {
	if value == nil {
		return "nothing"
	}
	text, err := json.Marshal(value)
	if err != nil { // it was read from JSON or YAML
		return err.Error()
	}
	return string(text)
}

// find finds a value by its path, such as `handoffs[0].name`; nil if there is none.
func find(value any, path string) any {
	for step := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			value = element(v, step)
		default:
			return nil
		}
	}
	return value
}

func element(list []any, place string) any {
	var i int
	if _, err := fmt.Sscan(place, &i); err != nil || i < 0 || i >= len(list) {
		return nil
	}
	return list[i]
}
