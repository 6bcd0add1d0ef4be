package document

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// translateScalar rewrites one word so that protoyaml reads it, and says whether it can be read.
func (d *decoder) translateScalar(path string, field protoreflect.FieldDescriptor, node *yaml.Node) bool {
	if node.Kind != yaml.ScalarNode {
		d.report(path, node, "one value is wanted here, not %s", describe(node))
		return false
	}
	switch field.Kind() {
	case protoreflect.EnumKind:
		return d.translateEnum(path, field.Enum(), node)
	case protoreflect.DoubleKind:
		return d.translateNumber(path, node)
	case protoreflect.Int32Kind:
		return d.translateCount(path, node)
	case protoreflect.BoolKind:
		return d.translateBool(path, node)
	default: // a text is what is written, whatever YAML takes it for
		return true
	}
}

// translateEnum accepts the short name of a value, `w_shaped`, and its full one.
func (d *decoder) translateEnum(path string, enum protoreflect.EnumDescriptor, node *yaml.Node) bool {
	var names []string
	full := make(map[string]string)
	for i := 1; i < enum.Values().Len(); i++ { // 0 means that nothing was chosen, which nobody writes
		value := enum.Values().Get(i)
		names = append(names, shortName(value))
		full[shortName(value)], full[string(value.Name())] = string(value.Name()), string(value.Name())
	}
	known, ok := full[node.Value]
	if !ok {
		known = full[d.chooseAmong(path, node, names, instead(path))]
	}
	node.Value = known
	return known != ""
}

// chooseAmong reports a word that is none of the names, and returns the one that was probably meant.
func (d *decoder) chooseAmong(path string, node *yaml.Node, names []string, hint string) (meant string) {
	meant = nearest(node.Value, names)
	if meant != "" {
		hint = fmt.Sprintf(": did you mean %q?", meant)
	}
	d.report(path, node, "%s is none of %s%s", quoted(node.Value), strings.Join(names, ", "), hint)
	return meant
}

// instead says where a word of one's own goes that is none of the schema's.
func instead(path string) string {
	if !strings.HasPrefix(path, "feedback.reasons") {
		return ""
	}
	return ": menus of more than six are not used (Klozeo, The Sales-Marketing Alignment Playbook); a word of your own goes to feedback.details, with one of these as its meaning"
}

// shortName is how people write a value of an enum: TIME_UNIT_BUSINESS is `business`.
func shortName(value protoreflect.EnumValueDescriptor) string {
	zero := string(value.Parent().(protoreflect.EnumDescriptor).Values().Get(0).Name())
	return strings.ToLower(strings.TrimPrefix(string(value.Name()), strings.TrimSuffix(zero, "UNSPECIFIED")))
}

var (
	decimal = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?%?$`)
	whole   = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
)

// parseNumber reads a number; `75%` is 0.75.
func parseNumber(text string) (float64, bool) {
	if !decimal.MatchString(text) {
		return 0, false
	}
	digits, isShare := strings.CutSuffix(text, "%")
	if isShare {
		digits += "e-2" // exact, which a division by 100 is not; a second exponent is refused
	}
	number, err := strconv.ParseFloat(digits, 64)
	return number, err == nil
}

func (d *decoder) translateNumber(path string, node *yaml.Node) bool {
	number, ok := parseNumber(node.Value)
	if !ok {
		d.report(path, node, "%s is not a number: write it like 25, 0.75 or 75%%", quoted(node.Value))
		return false
	}
	node.Value = strconv.FormatFloat(number, 'g', -1, 64)
	return true
}

func (d *decoder) translateCount(path string, node *yaml.Node) bool {
	if _, err := strconv.ParseInt(node.Value, 10, 32); err != nil || !whole.MatchString(node.Value) {
		d.report(path, node, "%s is not a whole number: write it like 120", quoted(node.Value))
		return false
	}
	return true
}

func (d *decoder) translateBool(path string, node *yaml.Node) bool {
	if node.Value != "true" && node.Value != "false" {
		d.report(path, node, "%s is neither true nor false", quoted(node.Value))
		return false
	}
	node.Tag = "!!bool" // also if it was quoted
	return true
}
