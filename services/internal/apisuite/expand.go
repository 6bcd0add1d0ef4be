package apisuite

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// variable is where a value of the telling goes.
var variable = regexp.MustCompile(`\$\{([^{}]+)\}`)

// scope is what ${…} can mean at a step.
type scope struct {
	scenario string
	run      string
	now      func() (time.Time, error)
	vars     map[string]any // captured, people's subjects, of each
}

// with is the scope with more variables.
func (s scope) with(more map[string]any) scope {
	vars := maps.Clone(s.vars)
	maps.Copy(vars, more)
	s.vars = vars
	return s
}

// value turns YAML into what JSON can say, with variables filled in.
func (s scope) value(node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.MappingNode:
		if operator(node) == opTimes {
			return s.times(node)
		}
		return s.object(node)
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range node.Content {
			v, err := s.value(item)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.AliasNode:
		return s.value(node.Alias)
	}
	return s.scalar(node)
}

func (s scope) object(node *yaml.Node) (any, error) {
	object := map[string]any{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, err := s.text(node.Content[i].Value)
		if err != nil {
			return nil, err
		}
		v, err := s.value(node.Content[i+1])
		if err != nil {
			return nil, err
		}
		if name != opWith {
			object[name] = v
			continue
		}
		more, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s is a mapping", opWith)
		}
		maps.Copy(object, more)
	}
	return object, nil
}

func (s scope) scalar(node *yaml.Node) (any, error) {
	switch node.Tag {
	case "!!null":
		return nil, nil
	case "!!bool":
		return node.Value == "true", nil
	case "!!int", "!!float":
		if _, err := strconv.ParseFloat(node.Value, 64); err == nil && !strings.ContainsAny(node.Value, "nN") {
			return json.Number(node.Value), nil
		}
		return node.Value, nil // NaN and the infinities are texts in JSON
	}
	if whole := variable.FindString(node.Value); whole != "" && whole == node.Value {
		return s.lookUp(whole[2 : len(whole)-1])
	}
	return s.text(node.Value)
}

// text fills in the variables of a text.
func (s scope) text(text string) (string, error) {
	var problem error
	filled := variable.ReplaceAllStringFunc(text, func(found string) string {
		v, err := s.lookUp(found[2 : len(found)-1])
		if err != nil {
			problem = err
		}
		return fmt.Sprint(v)
	})
	return filled, problem
}

// texts fills in the variables of texts.
func (s scope) texts(of map[string]string) (map[string]string, error) {
	filled := maps.Clone(of)
	for name, text := range of {
		var err error
		if filled[name], err = s.text(text); err != nil {
			return nil, err
		}
	}
	return filled, nil
}

// list fills in the variables of a list, and sorts it.
func (s scope) list(of []string) ([]string, error) {
	filled := slices.Clone(of)
	for i, text := range of {
		var err error
		if filled[i], err = s.text(text); err != nil {
			return nil, err
		}
	}
	slices.Sort(filled)
	return filled, nil
}

// lookUp says what a variable stands for.
func (s scope) lookUp(name string) (any, error) {
	if v, ok := s.vars[name]; ok {
		return v, nil
	}
	kind, arg, _ := strings.Cut(name, ":")
	switch {
	case name == "run":
		return s.run, nil
	case strings.HasPrefix(name, "now"):
		return s.instant(strings.TrimPrefix(name, "now"))
	case kind == "uuid":
		return s.uuid(arg), nil
	case kind == "file":
		text, err := fs.ReadFile(stories(), "files/"+arg)
		if err != nil {
			return nil, err
		}
		return s.text(string(text))
	}
	return nil, fmt.Errorf("nothing is known of ${%s}", name)
}

// instant is the suite's time, or a time beside it.
func (s scope) instant(beside string) (any, error) {
	at, err := s.now()
	if err != nil {
		return nil, err
	}
	if beside != "" {
		d, err := time.ParseDuration(beside)
		if err != nil {
			return nil, fmt.Errorf("${now%s}: %w", beside, err)
		}
		at = at.Add(d)
	}
	return at.UTC().Format(time.RFC3339Nano), nil
}

// uuid makes the same UUID of the same words (version 8, RFC 9562).
func (s scope) uuid(word string) string {
	sum := sha256.Sum256([]byte(s.scenario + "\x00" + s.run + "\x00" + word))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// times makes a list of many, or one text of many.
func (s scope) times(node *yaml.Node) (any, error) {
	var many struct {
		Times int       `yaml:"$times"`
		Of    yaml.Node `yaml:"of"`
		Text  string    `yaml:"text"`
	}
	if err := node.Decode(&many); err != nil {
		return nil, err
	}
	if many.Of.Kind == 0 {
		return strings.Repeat(many.Text, many.Times), nil
	}
	var list []any
	for i := range many.Times {
		v, err := s.with(map[string]any{"n": i + 1}).value(&many.Of)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}
