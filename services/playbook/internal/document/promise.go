package document

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// readPromise reads `95%`, `>= 95%` and `> 90%`.
func (d *decoder) readPromise(path string, node *yaml.Node, m *playbookv1.Promise) bool {
	if node.Kind != yaml.ScalarNode {
		return false
	}
	least, isLeast := strings.CutPrefix(node.Value, ">=")
	more, isStrict := strings.CutPrefix(least, ">")
	share, ok := parseNumber(strings.TrimSpace(more))
	if !ok || isLeast && isStrict {
		d.report(path, node, `%s is no promise: write it like 95%% or ">= 95%%", or like "> 90%%" where 90%% itself is too little`, quoted(node.Value))
		return true
	}
	d.positions.set(path+".share", node, node)
	m.Share, m.Strict = share, isStrict
	return true
}

func writtenPromise(m *playbookv1.Promise) string {
	if m.GetStrict() {
		return "> " + formatShare(m.GetShare())
	}
	return formatShare(m.GetShare())
}

const perMonth = "/month"

// readVolume reads `120/month`, and `120`, which is meant to be as many.
func (d *decoder) readVolume(path string, node *yaml.Node, m *playbookv1.Volume) bool {
	if node.Kind != yaml.ScalarNode {
		return false
	}
	count := strings.TrimSuffix(node.Value, perMonth)
	number, err := strconv.ParseInt(count, 10, 32)
	if err != nil || !whole.MatchString(count) {
		d.report(path, node, "%s is no volume: write it like 120/month", quoted(node.Value))
		return true
	}
	d.positions.set(path+".per_month", node, node)
	m.PerMonth = int32(number)
	return true
}

func writtenVolume(m *playbookv1.Volume) string {
	return strconv.Itoa(int(m.GetPerMonth())) + perMonth
}
