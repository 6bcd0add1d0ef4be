package document

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// ToYAML writes a document as people would: in short forms, fields in the order of the schema, map entries by name.
// What it writes of a document that keeps the rules of the schema, Parse reads back as the same document. It fails for
// text that is not UTF-8.
func ToYAML(doc *playbookv1.Document) ([]byte, error) {
	root := writeMessage(doc.ProtoReflect())
	for i := 1; i < len(root.Content); i += 2 {
		layOut(root.Content[i], 2)
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return nil, fmt.Errorf("write playbook: %w", err)
	}
	if err := encoder.Close(); err != nil {
		return nil, fmt.Errorf("write playbook: %w", err)
	}
	return out.Bytes(), nil
}

// writeMessage writes a message in its short form if it has one.
func writeMessage(message protoreflect.Message) *yaml.Node {
	switch m := message.Interface().(type) {
	case *durationpb.Duration:
		return word(formatDuration(m))
	case *playbookv1.Budget:
		if m.GetAmount() != nil {
			return word(writtenBudget(m))
		}
	case *playbookv1.AtRisk:
		switch point := m.GetPoint().(type) {
		case *playbookv1.AtRisk_Share:
			return word(formatShare(point.Share))
		case *playbookv1.AtRisk_After:
			return writeMessage(point.After.ProtoReflect())
		}
	case *playbookv1.Band:
		return sequence(word(formatNumber(m.GetLow())), word(formatNumber(m.GetHigh())))
	case *playbookv1.Promise:
		return word(writtenPromise(m))
	case *playbookv1.Volume:
		return word(writtenVolume(m))
	case *playbookv1.Destination:
		switch {
		case m.GetNurture():
			return word("nurture")
		case m.GetOpportunityOwner():
			return word("opportunity_owner")
		case m.GetDisqualify():
			return word("disqualify")
		}
	case *playbookv1.EscalationLadder:
		fields := message.Descriptor().Fields()
		return writeList(fields.ByName("steps"), message.Get(fields.ByName("steps")).List())
	}
	return writeFields(message)
}

// writeFields writes the long form: the fields that are given.
func writeFields(message protoreflect.Message) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if !message.Has(field) {
			continue
		}
		value := message.Get(field)
		var written *yaml.Node
		switch {
		case field.FullName() == "handoff.playbook.v1.AttributionPolicy.targets":
			written = writeTargets(message.Interface().(*playbookv1.AttributionPolicy).GetTargets())
		case field.IsMap():
			written = writeMap(field, value.Map())
		case field.IsList():
			written = writeList(field, value.List())
		default:
			written = writeValue(field, value)
		}
		node.Content = append(node.Content, word(string(field.Name())), written)
	}
	return node
}

func writeMap(field protoreflect.FieldDescriptor, entries protoreflect.Map) *yaml.Node {
	byName := make(map[string]protoreflect.Value, entries.Len())
	entries.Range(func(key protoreflect.MapKey, value protoreflect.Value) bool {
		byName[key.String()] = value
		return true
	})
	node := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for name, value := range sorted(byName) {
		node.Content = append(node.Content, text(name), writeValue(field.MapValue(), value))
	}
	return node
}

func writeList(field protoreflect.FieldDescriptor, list protoreflect.List) *yaml.Node {
	if field.Name() == "checklist" && list.Len() == 1 && slices.Contains(templates, list.Get(0).String()) {
		return word(list.Get(0).String())
	}
	node := sequence()
	for i := range list.Len() {
		node.Content = append(node.Content, writeValue(field, list.Get(i)))
	}
	return node
}

// writeTargets writes the ranges of rates, which unlike other ranges are shares.
func writeTargets(targets map[string]*playbookv1.Band) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for name, band := range sorted(targets) {
		ends := sequence(word(formatShare(band.GetLow())), word(formatShare(band.GetHigh())))
		node.Content = append(node.Content, text(name), ends)
	}
	return node
}

func writeValue(field protoreflect.FieldDescriptor, value protoreflect.Value) *yaml.Node {
	switch field.Kind() {
	case protoreflect.MessageKind:
		return writeMessage(value.Message())
	case protoreflect.EnumKind:
		if known := field.Enum().Values().ByNumber(value.Enum()); known != nil {
			return word(shortName(known))
		}
		return word(strconv.Itoa(int(value.Enum())))
	case protoreflect.DoubleKind:
		if isShare(field) {
			return word(formatShare(value.Float()))
		}
		return word(formatNumber(value.Float()))
	case protoreflect.StringKind:
		return text(value.String())
	default:
		return word(value.String())
	}
}

// isShare says whether people think of a number as a percentage.
func isShare(field protoreflect.FieldDescriptor) bool {
	switch field.ContainingMessage().Name() {
	case "EscalationStep", "ReviewPolicy":
		return true
	case "PatternPolicy":
		return field.Name() == "share"
	default:
		return false
	}
}

func formatNumber(number float64) string { return strconv.FormatFloat(number, 'g', -1, 64) }

// formatShare writes 0.75 as 75%, unless the share has more digits than a percentage should.
func formatShare(share float64) string {
	percent := strconv.FormatFloat(share*100, 'f', 4, 64)
	percent = trimZeros(percent) + "%"
	if same, ok := parseNumber(percent); ok && same == share {
		return percent
	}
	return formatNumber(share)
}
