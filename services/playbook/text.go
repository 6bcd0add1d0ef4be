package playbook

import (
	"bytes"

	"go.yaml.in/yaml/v3"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

// Write writes a document as YAML: in short forms, in the order of the schema. It is read back as the same document.
func Write(doc *playbookv1.Document) ([]byte, error) { return document.ToYAML(doc) }

// Hash is the hash of what a YAML text says, which must be sound.
func Hash(yaml []byte) (string, error) {
	_, hash, err := unstored(string(yaml))
	return hash, err
}

// Target is an entry of a target account list, and why it is on it.
type Target struct {
	Domain, Owner, Why string
}

// Targets writes the section target_accounts of a playbook. What is no id of a rep is left out; the reasons are comments.
func Targets(targets []Target) ([]byte, error) {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, t := range targets {
		row := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle, LineComment: t.Why, Content: []*yaml.Node{scalar("domain"), scalar(t.Domain)}}
		if t.Owner != "" {
			row.Content = append(row.Content, scalar("owner"), scalar(t.Owner))
		}
		list.Content = append(list.Content, row)
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	err := encoder.Encode(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar("target_accounts"), list}})
	return out.Bytes(), err
}

func scalar(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}
