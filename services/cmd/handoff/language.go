package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func languageCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "language",
		Short: "List the words that the expressions of a playbook may use",
		Long: `Lists every fact and function of the language of playbooks, with its type and meaning. An expression is CEL
(https://cel.dev): && || ! == != < <= > >= in, exists, contains, startsWith and so on come with it.

  criteria     look at facts alone
  conditions   (disqualify, intent, first_match, requirements) look at facts, and at criteria by their names
  gates        (stages.mql) look at facts, criteria and the three scores
  checks       (meetings) look at facts, criteria, and what a prospect and a partner agreed on: meeting.use_case and so on

A fact that is not known makes an expression unknown unless the rest decides it; has(lead.title) asks whether it is known.`,
		Example: "  handoff playbook language\n  handoff playbook language -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch output {
			case "text":
				return vocabulary(cmd.OutOrStdout())
			case "json":
				words := json.NewEncoder(cmd.OutOrStdout())
				words.SetIndent("", "  ")
				return words.Encode(wordsOf(criteria.Environment()))
			default:
				return fmt.Errorf("--output is text or json, not %q", output)
			}
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "how to print: text or json")
	return cmd
}

// vocabulary prints the language for people.
func vocabulary(w io.Writer) error {
	out := figures.New(w)
	out.Head("word", "type", "where", "meaning")
	for _, v := range wordsOf(criteria.Environment()) {
		where := strings.Join(v.Kinds, ", ")
		if len(v.Kinds) == 4 {
			where = "everywhere"
		}
		out.Row(v.Name, v.Type, where, v.Meaning)
	}
	return out.Flush()
}

// expressionWord is a word of the language as JSON shows it.
type expressionWord struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	Meaning string   `json:"meaning"`
	Kinds   []string `json:"kinds"`
}

func wordsOf(variables []criteria.Variable) []expressionWord {
	words := make([]expressionWord, len(variables))
	for i, v := range variables {
		words[i] = expressionWord{Name: v.Name, Type: v.Type, Meaning: v.Meaning}
		for _, kind := range v.Kinds {
			words[i].Kinds = append(words[i].Kinds, kind.String())
		}
	}
	return words
}
