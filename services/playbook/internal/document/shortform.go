package document

import (
	"cmp"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// readShort reads a message that is written in its short form, and says whether it was. A long form is left to the
// fields; where a short form is another way to write the long one, the node becomes that.
func (d *decoder) readShort(path string, node *yaml.Node, message proto.Message) bool {
	switch m := message.(type) {
	case *durationpb.Duration:
		d.readDuration(path, node, m)
		return true
	case *playbookv1.Budget:
		return d.readBudget(path, node, m)
	case *playbookv1.AtRisk:
		return d.readAtRisk(path, node, m)
	case *playbookv1.Band:
		return d.readBand(path, node, m)
	case *playbookv1.Destination:
		return d.readDestination(path, node, m)
	case *playbookv1.Fallback:
		return d.refuseWord(path, node)
	case *playbookv1.Promise:
		return d.readPromise(path, node, m)
	case *playbookv1.Volume:
		return d.readVolume(path, node, m)
	case *playbookv1.EscalationLadder:
		wrapSteps(node)
	case *playbookv1.RoutingPolicy:
		moveOtherwise(node)
	case *playbookv1.StageRule:
		d.checkTemplate(path, node)
	}
	return false
}

// readDuration reads `30d`. There is no long form.
func (d *decoder) readDuration(path string, node *yaml.Node, m *durationpb.Duration) {
	if node.Kind != yaml.ScalarNode {
		d.report(path, node, "a length of time is wanted here, such as 30d, not %s", describe(node))
		return
	}
	if s, ok := d.span(path, node); ok {
		length := s.duration()
		m.Seconds, m.Nanos = length.GetSeconds(), length.GetNanos()
	}
}

func (d *decoder) span(path string, node *yaml.Node) (span, bool) {
	s, err := parseSpan(node.Value)
	if ends := spanRange.FindStringSubmatch(node.Value); ends != nil {
		d.report(path, node, "%s is a range: a clock warns at its lower end and is late at the upper one; write `at_risk: %s, within: %s`",
			quoted(node.Value), ends[1]+cmp.Or(ends[2], ends[4]), ends[3]+ends[4])
		return s, false
	}
	if err != nil {
		d.report(path, node, "%s %v", quoted(node.Value), err)
	}
	return s, err == nil
}

// readBudget reads `4h` as time and `5d` as days.
func (d *decoder) readBudget(path string, node *yaml.Node, m *playbookv1.Budget) bool {
	if node.Kind != yaml.ScalarNode {
		return false
	}
	s, ok := d.span(path, node)
	switch {
	case !ok:
	case s.days == 0:
		m.Amount = &playbookv1.Budget_Time{Time: s.duration()}
	case s.seconds > 0 || s.nanos > 0:
		d.report(path, node, "%s mixes days with hours, and a working day is not 24 hours: write days or hours", quoted(node.Value))
	default:
		m.Amount = &playbookv1.Budget_Days{Days: int32(s.days)} // a span has less than 4 million
	}
	return true
}

// readAtRisk reads `75%` as a share of the budget and `48h` as a budget of its own.
func (d *decoder) readAtRisk(path string, node *yaml.Node, m *playbookv1.AtRisk) bool {
	if node.Kind != yaml.ScalarNode {
		return false
	}
	if share, ok := parseNumber(node.Value); ok {
		m.Point = &playbookv1.AtRisk_Share{Share: share}
		return true
	}
	if !spanText.MatchString(node.Value) {
		d.report(path, node, "%s is no point in a budget: write a share like 75%% or a time like 48h", quoted(node.Value))
		return true
	}
	after := &playbookv1.Budget{}
	if d.readBudget(path, node, after); after.GetAmount() != nil {
		m.Point = &playbookv1.AtRisk_After{After: after}
	}
	return true
}

// readBand reads `[20%, 30%]`.
func (d *decoder) readBand(path string, node *yaml.Node, m *playbookv1.Band) bool {
	if node.Kind == yaml.MappingNode {
		return false
	}
	if node.Kind != yaml.SequenceNode || len(node.Content) != 2 {
		d.report(path, node, "a range has two ends: write it like [20%%, 30%%]")
		return true
	}
	for i, end := range []*float64{&m.Low, &m.High} {
		at, value := path+[]string{".low", ".high"}[i], node.Content[i]
		d.positions.set(at, value, value)
		number, ok := parseNumber(value.Value)
		switch {
		case !d.isWritten(at, value):
		case value.Kind != yaml.ScalarNode || !ok:
			d.report(at, value, "%s is not a number: write the range like [20%%, 30%%] or [5, 10]", describe(value))
		default:
			*end = number
		}
	}
	return true
}

// readDestination reads the destinations that need no id: `nurture`, `opportunity_owner` and `disqualify`.
func (d *decoder) readDestination(path string, node *yaml.Node, m *playbookv1.Destination) bool {
	if node.Kind != yaml.ScalarNode {
		return false
	}
	words := []string{"nurture", "opportunity_owner", "disqualify"}
	switch {
	case node.Value == words[0]:
		m.To = &playbookv1.Destination_Nurture{Nurture: true}
	case node.Value == words[1]:
		m.To = &playbookv1.Destination_OpportunityOwner{OpportunityOwner: true}
	case node.Value == words[2]:
		m.To = &playbookv1.Destination_Disqualify{Disqualify: true}
	case nearest(node.Value, words) != "":
		d.report(path, node, "%s is no destination: %s", quoted(node.Value), mend(node.Value, words))
	default:
		id := clip(node.Value, maxQuoted)
		d.report(path, node, "%s is no destination: write {pool: %s}, {owner_or_pool: %s}, {queue: %s}, {rep: %s}, opportunity_owner, nurture or disqualify",
			quoted(node.Value), id, id, id, id)
	}
	return true
}

// refuseWord refuses a fallback that does not say whether it is a pool or a rep.
func (d *decoder) refuseWord(path string, node *yaml.Node) bool {
	if node.Kind != yaml.ScalarNode {
		return false
	}
	id := clip(node.Value, maxQuoted)
	d.report(path, node, "%s may be a pool or a rep: write {pool: %s} or {rep: %s}", quoted(node.Value), id, id)
	return true
}

// wrapSteps lets a ladder be the list of its steps, or one step.
func wrapSteps(node *yaml.Node) {
	if node.Kind == yaml.MappingNode && keys(node)["at"] {
		listOf(node)
	}
	if node.Kind == yaml.SequenceNode {
		nest(node, "steps")
	}
}

// moveOtherwise lets the last row of the tier table stand with the others: `tiers: {otherwise: nurture}`.
func moveOtherwise(routing *yaml.Node) {
	for field, tiers := range pairs(routing) {
		if field.Value != "tiers" {
			continue
		}
		for i := 0; i+1 < len(tiers.Content); i += 2 {
			if key := tiers.Content[i]; tiers.Kind == yaml.MappingNode && key.Value == "otherwise" {
				routing.Content = append(routing.Content, key, tiers.Content[i+1])
				tiers.Content = append(tiers.Content[:i:i], tiers.Content[i+2:]...)
				return
			}
		}
	}
}

// templates are the checklists that have a name.
var templates = []string{"bant", "meddic"}

// checkTemplate refuses a single word as a checklist unless it is a template: `checklist: need` might be a misspelt
// template or a list of one, and the difference matters.
func (d *decoder) checkTemplate(path string, rule *yaml.Node) {
	for key, value := range pairs(rule) {
		isWord := key.Value == "checklist" && value.Kind == yaml.ScalarNode && !isNull(value)
		if isWord && value.Value != templates[0] && value.Value != templates[1] {
			d.report(join(path, "checklist"), value, "unknown template %s: the templates are bant and meddic; items of your own are a list, such as [need, timing]",
				quoted(value.Value))
		}
	}
}
