package worktime

import (
	"go.yaml.in/yaml/v3"

	"github.com/handoffhq/handoff/services/internal/holiday"
)

// public reads the regions whose public holidays are closed: each a code such as
// US or DE-BY, or a mapping with a country, a subdivision and exceptions.
func (p *parser) public(node *yaml.Node) {
	p.list(node, "public_holidays", MaxRegions, func(field string, item *yaml.Node) {
		var rule holiday.Rule
		switch entry := follow(item); entry.Kind {
		case yaml.ScalarNode:
			rule.Region = p.region(item, field, entry.Value)
		case yaml.MappingNode:
			rule = p.rule(item, field)
		default:
			p.add(item, field, "want a country such as US, or {country: DE, subdivision: BY, except: []}")
			return
		}
		p.spec.Public = append(p.spec.Public, rule)
	})
}

func (p *parser) region(node *yaml.Node, field, code string) holiday.Region {
	region, err := holiday.Find(code)
	if err != nil {
		p.add(node, field, "%v", err)
	}
	return region
}

func (p *parser) rule(node *yaml.Node, field string) holiday.Rule {
	var code, part string
	var except []*yaml.Node
	p.mapping(node, field, func(key, value *yaml.Node) {
		switch key.Value {
		case "country":
			code = p.text(value, field+".country")
		case "subdivision":
			part = "-" + p.text(value, field+".subdivision")
		case "except":
			p.list(value, field+".except", MaxDates, func(_ string, item *yaml.Node) { except = append(except, item) })
		default:
			p.add(key, field, "unknown key %s, want country, subdivision or except", quote(key.Value))
		}
	})
	problems := len(p.problems)
	rule := holiday.Rule{Region: p.region(node, field, code+part)}
	if len(p.problems) > problems {
		return rule
	}
	for _, item := range except {
		name := follow(item).Value
		if err := rule.Check(name); err != nil {
			p.add(item, field+".except", "%v", err)
		}
		rule.Except = append(rule.Except, name)
	}
	return rule
}
