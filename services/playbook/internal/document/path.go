package document

import (
	"strconv"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// A path names a field as people write it: `sla.clocks.accept.within`, `routing.first_match[1].when`,
// `bonus["/pricing"]`. The empty path is the whole document.

// entry is the path of a map's entry.
func entry(path, key string) string {
	if isPlain(key) {
		return join(path, key)
	}
	return path + "[" + strconv.Quote(key) + "]"
}

// element is the path of a list's element.
func element(path string, index int) string { return path + "[" + strconv.Itoa(index) + "]" }

// member is the path of a message's field. A field that people do not write, because the message has a short form,
// adds nothing: the `time` of `within: 4h` is at `within`.
func member(path string, field protoreflect.FieldDescriptor) string {
	if isHidden(field) {
		return path
	}
	return join(path, string(field.Name()))
}

// Entry is the path of a map's entry, and of what a list holds under a key of its own.
func Entry(path, key string) string { return entry(path, key) }

// Member is the path of a message's field.
func Member(path string, field protoreflect.FieldDescriptor) string { return member(path, field) }

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// parent is the path of what a field stands in.
func parent(path string) string {
	switch {
	case strings.HasSuffix(path, `"]`):
		return path[:max(0, strings.LastIndex(path, `["`))] // a quote inside a quoted key is written \"
	case strings.HasSuffix(path, "]"):
		return path[:max(0, strings.LastIndexByte(path, '['))]
	default:
		return path[:max(0, strings.LastIndexByte(path, '.'))]
	}
}

// isPlain says whether a key can stand in a path without quotes.
func isPlain(key string) bool {
	for _, r := range key {
		if r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return key != ""
}

// isHidden says whether a short form hides the field.
func isHidden(field protoreflect.FieldDescriptor) bool {
	switch field.ContainingMessage().Name() {
	case "Budget", "AtRisk", "EscalationLadder":
		return true
	default:
		return false
	}
}

// violated is the path of the field that broke a rule of the schema. A oneof has no path of its own: it stands for its
// message.
func violated(document protoreflect.MessageDescriptor, broken *validate.FieldPath) string {
	path := ""
	message := document
	for _, step := range broken.GetElements() {
		field := message.Fields().ByName(protoreflect.Name(step.GetFieldName()))
		if field == nil {
			return path
		}
		path = member(path, field)
		switch s := step.GetSubscript().(type) {
		case *validate.FieldPathElement_Index:
			path = element(path, int(s.Index))
		case *validate.FieldPathElement_StringKey:
			path = entry(path, s.StringKey)
		default:
		}
		if field.IsMap() {
			field = field.MapValue()
		}
		if message = field.Message(); message == nil {
			return path
		}
	}
	return path
}
