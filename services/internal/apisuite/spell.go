package apisuite

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// pathVariable is a field in the template of a path, such as `{lead.name=leads/*}`.
var pathVariable = regexp.MustCompile(`\{([^=}]+)(?:=[^}]*)?\}`)

// spellREST turns a request into the REST request that its annotation describes: some fields stand in the path, some in
// the body, the rest in the query.
func spellREST(rule *annotations.HttpRule, request proto.Message) (restRequest, error) {
	rest := proto.Clone(request).ProtoReflect()
	verb, template := verb(binding(rule, rest))
	r := restRequest{verb: verb, path: pathVariable.ReplaceAllStringFunc(template, func(part string) string {
		return takeText(rest, strings.Split(pathVariable.FindStringSubmatch(part)[1], "."))
	})}
	var err error
	if r.body, err = takeBody(rule.GetBody(), rest); err != nil {
		return r, err
	}
	query := url.Values{}
	if err := spellQuery(query, "", rest); err != nil {
		return r, err
	}
	if len(query) > 0 {
		r.path += "?" + query.Encode()
	}
	return r, nil
}

// binding is the binding of a method that suits a request: its own, unless a field of its path is empty and an additional
// binding has no such field.
func binding(rule *annotations.HttpRule, request protoreflect.Message) *annotations.HttpRule {
	for _, one := range append([]*annotations.HttpRule{rule}, rule.GetAdditionalBindings()...) {
		_, template := verb(one)
		empty := func(variable []string) bool {
			return takeText(proto.Clone(request.Interface()).ProtoReflect(), strings.Split(variable[1], ".")) == ""
		}
		if !slices.ContainsFunc(pathVariable.FindAllStringSubmatch(template, -1), empty) {
			return one
		}
	}
	return rule
}

// takeText takes a text out of a message, escaped as a path; the slashes of a resource's name stay.
func takeText(m protoreflect.Message, way []string) string {
	field := m.Descriptor().Fields().ByTextName(way[0])
	if len(way) > 1 {
		if !m.Has(field) {
			return ""
		}
		return takeText(m.Mutable(field).Message(), way[1:])
	}
	value := m.Get(field).String()
	m.Clear(field)
	segments := strings.Split(value, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}

// takeBody takes the body out of a message: all of it, one of its fields, or nothing.
func takeBody(name string, m protoreflect.Message) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	body := m
	if name != "*" {
		field := m.Descriptor().Fields().ByTextName(name)
		if !m.Has(field) {
			return nil, nil
		}
		body = m.Get(field).Message()
		m.Clear(field)
	}
	text, err := protojson.Marshal(body.Interface())
	if name == "*" {
		m.Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool { m.Clear(field); return true })
	}
	return text, err
}

// spellQuery puts what is left into a query. Lists of messages, maps and the like have no place there.
func spellQuery(query url.Values, prefix string, m protoreflect.Message) (err error) {
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		name := prefix + field.JSONName()
		switch inner := field.Message(); {
		case inner != nil && !field.IsList() && !wellKnown(inner):
			err = spellQuery(query, name+".", value.Message())
		case inner != nil && (field.IsList() || field.IsMap()):
			err = fmt.Errorf("%s cannot be said over REST", name)
		default:
			err = spellParameter(query, name, m, field)
		}
		return err == nil
	})
	return err
}

// spellParameter spells one field as it stands in JSON, without the quotes; each item of a list by itself.
func spellParameter(query url.Values, name string, m protoreflect.Message, field protoreflect.FieldDescriptor) error {
	alone := m.New()
	alone.Set(field, m.Get(field))
	text, err := protojson.Marshal(alone.Interface())
	if err != nil {
		return err
	}
	spelt, err := readJSON(text)
	if err != nil {
		return err
	}
	for _, item := range items(spelt.(map[string]any)[field.JSONName()]) {
		query.Add(name, fmt.Sprint(item))
	}
	return nil
}
