package mapping

import (
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Keys of a rule that every field takes.
const (
	columnKey   = "column"
	constantKey = "constant"
	templateKey = "template"
	blankKey    = "blank"
	lowerKey    = "lower"
	slugKey     = "slug"
	mapKey      = "map"
	defaultKey  = "default"
)

// Keys of a rule that some fields take.
const (
	splitKey          = "split"
	scaleKey          = "scale"
	decimalCommaKey   = "decimal_comma"
	currencyKey       = "currency"
	currencyColumnKey = "currency_column"
	layoutKey         = "layout"
	timeZoneKey       = "time_zone"
	firstContactKey   = "first_contact_of"
	atLatestKey       = "at_latest"
)

// keysOf are the keys of the rule of a field.
func keysOf(s shape, list bool) []string {
	keys := []string{columnKey, constantKey, templateKey, blankKey, lowerKey, slugKey, mapKey, defaultKey}
	if list {
		keys = append(keys, splitKey)
	}
	switch s {
	case wholeShape:
		keys = append(keys, scaleKey, decimalCommaKey)
	case moneyShape:
		keys = append(keys, scaleKey, decimalCommaKey, currencyKey, currencyColumnKey)
	case timeShape:
		keys = append(keys, layoutKey, timeZoneKey, firstContactKey, atLatestKey)
	}
	return keys
}

// defaults are what a mapping says once for all its rules.
type defaults struct {
	blanks []string
	zone   *time.Location
}

// draft is a rule while it is read.
type draft struct {
	*reader
	rule     *rule
	defaults defaults
	number   number
	clock    clockFace
	known    []*yaml.Node // texts that are known without a row: mapped values, the default
	constant *yaml.Node
	before   int // problems of the mapping before this rule
}

// rule reads the rule of a field. A single value is the name of a column.
func (r *reader) rule(n *yaml.Node, f protoreflect.FieldDescriptor, d defaults) *rule {
	s := shapeOf(f)
	if s == 0 {
		r.refuse(n, "%s cannot be imported", f.Name())
		return nil
	}
	dr := &draft{reader: r, defaults: d, before: len(r.problems), rule: &rule{blanks: d.blanks}, number: number{scale: 1},
		clock: clockFace{layouts: usualLayouts(), zone: d.zone}}
	if n.Kind == yaml.ScalarNode {
		dr.column(n)
	} else {
		dr.options(n, f, keysOf(s, f.IsList()))
	}
	dr.finish(n, f, s)
	return dr.rule
}

// plain reads the rule of a text that is no field, such as the id of a campaign.
func (r *reader) plain(n *yaml.Node, d defaults) *rule {
	dr := &draft{reader: r, defaults: d, before: len(r.problems), rule: &rule{blanks: d.blanks, decode: readText}}
	if n.Kind == yaml.ScalarNode {
		dr.column(n)
	} else {
		dr.options(n, nil, keysOf(textShape, false))
	}
	dr.check(n)
	return dr.rule
}

func (d *draft) column(n *yaml.Node) {
	if name, ok := d.text(n, "a column"); ok && name != "" {
		d.rule.parts = append(d.rule.parts, part{column: name})
	}
}

func (d *draft) options(n *yaml.Node, f protoreflect.FieldDescriptor, allowed []string) {
	for _, e := range d.entries(n, "a rule") {
		if !slices.Contains(allowed, e.name) {
			d.unknown(e, "this rule", allowed...)
			continue
		}
		if e.name == columnKey || e.name == constantKey || e.name == templateKey || e.name == firstContactKey {
			if len(d.rule.parts) > 0 {
				d.refuse(e.key, "a field is a column, a constant or a template: one of them")
				continue
			}
		}
		d.option(e, f)
	}
}

func (d *draft) option(e entry, f protoreflect.FieldDescriptor) {
	switch e.name {
	case columnKey:
		d.column(e.value)
	case constantKey:
		if text, ok := d.text(e.value, "a constant"); ok {
			d.rule.parts, d.constant = []part{{literal: text}}, e.value
		}
	case templateKey:
		if text, ok := d.text(e.value, "a template"); ok {
			parts, err := parseTemplate(text)
			if err != nil {
				d.refuse(e.value, "%v", err)
			}
			d.rule.parts = parts
		}
	case blankKey:
		d.rule.blanks = slices.Concat(d.rule.blanks, d.texts(e.value, "a blank"))
	case lowerKey:
		d.rule.lower = d.flag(e.value, e.name)
	case slugKey:
		d.rule.slug = d.flag(e.value, e.name)
	case mapKey:
		d.translation(e.value)
	case defaultKey:
		if text, ok := d.text(e.value, "a default"); ok {
			d.rule.fallback = &text
			d.known = append(d.known, e.value)
		}
	default:
		d.typed(e, f)
	}
}

// translation reads what texts become.
func (d *draft) translation(n *yaml.Node) {
	d.rule.values = map[string]string{}
	for _, e := range d.entries(n, mapKey) {
		if text, ok := d.text(e.value, "a mapped value"); ok {
			d.rule.values[e.name] = text
			d.known = append(d.known, e.value)
		}
	}
}

// typed reads the options that only some fields take.
func (d *draft) typed(e entry, f protoreflect.FieldDescriptor) {
	switch e.name {
	case splitKey:
		d.rule.split, _ = d.text(e.value, e.name)
	case scaleKey:
		scale, err := strconv.ParseInt(e.value.Value, 10, 64)
		if err != nil || scale < 1 {
			d.refuse(e.value, "scale is a whole number, 1 or more")
			return
		}
		d.number.scale = scale
	case decimalCommaKey:
		d.number.comma = d.flag(e.value, e.name)
	case currencyKey:
		code, ok := d.text(e.value, e.name)
		if ok && !isCurrency(code) {
			d.refuse(e.value, "a currency is three capital letters, such as USD")
		}
		d.rule.currency = &rule{parts: []part{{literal: code}}}
	case currencyColumnKey:
		d.rule.currency = d.plain(e.value, d.defaults)
	case layoutKey:
		d.layouts(e.value)
	case timeZoneKey:
		d.clock.zone = d.zone(e.value)
	case firstContactKey:
		d.column(e.value)
		d.rule.refers = Lead
	case atLatestKey:
		d.rule.latest = d.reader.rule(e.value, f, d.defaults)
		if d.rule.latest != nil && d.rule.latest.refers != "" {
			d.refuse(e.value, "at_latest is an instant of the row itself")
		}
	}
}

func (d *draft) layouts(n *yaml.Node) {
	d.clock.layouts = d.texts(n, "a layout")
	for i, layout := range d.clock.layouts {
		if err := checkLayout(layout); err != nil {
			d.refuse(d.items(n)[min(i, len(d.items(n))-1)], "%v", err)
		}
	}
}

// zone reads the name of a time zone. "Local", the zone that the host happens to be in, is none.
func (r *reader) zone(n *yaml.Node) *time.Location {
	zone, err := time.LoadLocation(n.Value)
	if err != nil || n.Kind != yaml.ScalarNode || n.Value == "" || n.Value == "Local" {
		r.refuse(n, "%q is no time zone; one is America/Sao_Paulo", n.Value)
		return time.UTC
	}
	return zone
}

// finish gives the rule its decoder.
func (d *draft) finish(n *yaml.Node, f protoreflect.FieldDescriptor, s shape) {
	switch s {
	case textShape:
		d.rule.decode = readText
	case wholeShape:
		d.rule.decode = readWhole(f, d.number)
	case boolShape:
		d.rule.decode = readBool
	case enumShape:
		d.rule.decode = readEnum(f.Enum())
	case timeShape:
		if d.rule.refers == "" {
			d.rule.decode = readTime(d.clock)
		}
		if d.rule.latest != nil && d.rule.refers == "" {
			d.refuse(n, "at_latest goes with first_contact_of")
		}
	case moneyShape:
		if d.rule.currency == nil {
			d.refuse(n, "an amount needs a currency: currency is one, currency_column has one in each row")
			return
		}
		d.rule.decode = readMoney(d.number, d.rule.currency)
	case nameShape:
		d.names(f)
	}
	d.check(n)
}

// names makes the rule of a field that names other resources. Names that the importer chooses are made of the id; others
// are looked up.
func (d *draft) names(f protoreflect.FieldDescriptor) {
	if k := refersTo(f); k.Chosen() {
		d.rule.decode = readName(k)
	} else {
		d.rule.refers = k
	}
}

// check refuses a rule that makes nothing, and texts known now that the field cannot hold. A rule with problems is not
// looked at closer.
func (d *draft) check(n *yaml.Node) {
	switch {
	case len(d.problems) > d.before:
		return
	case len(d.rule.parts) == 0:
		d.refuse(n, "a field is a column, a constant or a template")
		return
	case d.rule.decode == nil || d.rule.currency != nil:
		return
	}
	if d.constant != nil {
		if _, err := d.rule.decode(d.rule.translate(d.constant.Value), cells{}); err != nil {
			d.refuse(d.constant, "%q %v", d.constant.Value, err)
		}
	}
	for _, known := range d.known {
		if known.Value == "" {
			continue // says nothing
		}
		if _, err := d.rule.decode(known.Value, cells{}); err != nil {
			d.refuse(known, "%q %v", known.Value, err)
		}
	}
}
