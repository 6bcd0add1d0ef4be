package preset

import (
	"embed"
	"errors"
	"fmt"
	"strings"
	"text/template"
)

//go:embed playbook.yaml.tmpl layers/*.yaml
var files embed.FS

// Question is what a preset decides. The numbers are the API's.
type Question int

// The questions.
const (
	Gate Question = iota + 1
	Clocks
	Order
)

// Preset is one answer to a question.
type Preset struct {
	Name        string
	Question    Question
	Description string
	Source      string
}

// All are the presets by question, the usual answer first.
func All() []Preset {
	return []Preset{
		{"score_thresholds", Gate, "An MQL has a fit above 70 and an engagement above 50, both strictly", "Cargo, alignment playbook"},
		{"joint_boolean", Gate, "An MQL meets the whole profile, has a role that decides, and showed one of four signs of intent", "Abmatic, 5 Moves to Reduce Pipeline Friction"},
		{"business", Clocks, "Reps' clocks count working time from the assignment: accept in 4 business hours, touch within a working day, dispose within 5",
			"Cargo, alignment playbook, read as working time; Klozeo on leads that wait"},
		{"literal", Clocks, "All clocks count wall time from the MQL, as printed: 5 minutes, 4 hours, 24 hours, 5 days, and 48 to 72 hours for T2 and T3",
			"Cargo, alignment playbook; Abmatic, 5 Moves to Reduce Pipeline Friction"},
		{"sal_before_sql", Order, "A rep accepts a lead before need and timing are confirmed", "Cargo, the flow of its alignment playbook; SiriusDecisions"},
		{"sql_before_sal", Order, "Need and timing are confirmed before a rep accepts", "Cargo, the table of its alignment playbook"},
	}
}

// Why presets do not combine.
var (
	ErrUnknown  = errors.New("there is no such preset")
	ErrConflict = errors.New("two presets answer the same question")
)

// Find is the preset of a name.
func Find(name string) (Preset, error) {
	for _, p := range All() {
		if p.Name == name {
			return p, nil
		}
	}
	return Preset{}, fmt.Errorf("%w: %s", ErrUnknown, name)
}

// Compose is the whole playbook of some presets, as YAML. It fails with [ErrUnknown] and [ErrConflict].
func Compose(names ...string) ([]byte, error) {
	chosen := make(map[Question]string)
	for _, name := range names {
		p, err := Find(name)
		if err != nil {
			return nil, err
		}
		if other := chosen[p.Question]; other != "" && other != name {
			return nil, fmt.Errorf("%w: %s and %s", ErrConflict, other, name)
		}
		chosen[p.Question] = name
	}
	for _, p := range All() {
		if chosen[p.Question] == "" {
			chosen[p.Question] = p.Name
		}
	}
	return fill(chosen)
}

// fill puts the layers into the text that all have in common.
func fill(chosen map[Question]string) ([]byte, error) {
	layers := make(map[Question]string, len(chosen))
	for question, name := range chosen {
		layer, err := files.ReadFile("layers/" + name + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("read preset %s: %w", name, err)
		}
		layers[question] = string(layer)
	}
	whole, err := template.ParseFS(files, "playbook.yaml.tmpl")
	if err != nil {
		return nil, fmt.Errorf("read presets: %w", err)
	}
	var out strings.Builder
	err = whole.Execute(&out, struct {
		Names, Gate, Clocks, Order string
		Facts                      bool // the gate asks criteria that no score does
	}{
		fmt.Sprintf("%s, %s and %s", chosen[Gate], chosen[Clocks], chosen[Order]), layers[Gate], layers[Clocks], layers[Order],
		chosen[Gate] == "joint_boolean",
	})
	if err != nil {
		return nil, fmt.Errorf("compose presets: %w", err)
	}
	return []byte(out.String()), nil
}
