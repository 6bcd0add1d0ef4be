package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook"
)

func newCommand() *cobra.Command {
	var presets []string
	var list bool
	cmd := &cobra.Command{
		Use:   "new [--preset=NAME]...",
		Short: "Write a playbook to begin with",
		Long: `Writes a whole playbook on standard output, without a server. Presets decide where the published playbooks differ: what makes
an MQL, in what time the clocks count, and in what order the stages follow. Name one of each question, or none for the usual.`,
		Example: "  handoff playbook new > my.yaml\n  handoff playbook new --preset=joint_boolean --preset=literal > my.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if list {
				for _, p := range playbook.Presets() {
					fmt.Fprintf(cmd.OutOrStdout(), "%-16s  %s\n%-16s  %s\n", strings.TrimPrefix(p.GetName(), "playbookPresets/"), p.GetDescription(), "", p.GetSource())
				}
				return nil
			}
			text, err := playbook.Preset(presets...)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
	cmd.Flags().StringSliceVar(&presets, "preset", nil, "a preset, such as joint_boolean; may be given again")
	cmd.Flags().BoolVar(&list, "list", false, "list the presets, by question and the usual one first, with their sources")
	return cmd
}

func diffCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "diff [OLD] NEW",
		Short: "Say what differs between two playbooks, in sentences",
		Long: `Says what differs in meaning: formatting, comments and defaults that are written out are named last, as wording. OLD and NEW
are versions or files. Without OLD it is the version in force, and before the first is in force, nothing: then all that NEW
says is told. Two files need no server.`,
		Example: "  handoff playbook diff 3 4\n  handoff playbook diff my.yaml",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				args = []string{"", args[0]}
			}
			diff, err := f.diff(cmd, args[0], args[1])
			if err != nil {
				return err
			}
			return f.print(cmd, diff, func() error {
				tellChanges(cmd.OutOrStdout(), diff, cmp.Or(diff.GetFrom(), args[0], "nothing"), cmp.Or(diff.GetTo(), args[1]))
				return nil
			})
		},
	}
	f.register(cmd)
	return cmd
}

// diff compares two playbooks, each a version or a file; no name is the version in force.
func (f *clientFlags) diff(cmd *cobra.Command, before, after string) (*playbookv1.PlaybookDiff, error) {
	if before != "" && !isVersion(before) {
		return f.diffFrom(cmd, before, after)
	}
	req := &playbookv1.DiffPlaybooksRequest{}
	if before != "" {
		req.From = versionName(before)
	}
	if isVersion(after) {
		req.To = versionName(after)
	} else {
		text, err := readFile(cmd, after)
		if err != nil {
			return nil, err
		}
		req.Yaml = string(text)
	}
	return asked(f, readers, func(conn grpc.ClientConnInterface) (*playbookv1.PlaybookDiff, error) {
		return playbookv1.NewPlaybookServiceClient(conn).DiffPlaybooks(cmd.Context(), req)
	})
}

// diffFrom compares a file with a version or a file.
func (f *clientFlags) diffFrom(cmd *cobra.Command, file, after string) (*playbookv1.PlaybookDiff, error) {
	from, err := readFile(cmd, file)
	if err != nil {
		return nil, err
	}
	to, err := f.text(cmd, after)
	if err != nil {
		return nil, err
	}
	return playbook.Diff(from, to)
}

// text is the YAML of a version or a file.
func (f *clientFlags) text(cmd *cobra.Command, name string) ([]byte, error) {
	if !isVersion(name) {
		return readFile(cmd, name)
	}
	p, err := asked(f, readers, f.version(cmd, name))
	return []byte(p.GetYaml()), err
}

// tellChanges tells changes from one to another in sentences, by what they touch.
func tellChanges(w io.Writer, diff *playbookv1.PlaybookDiff, from, to string) {
	if len(diff.GetChanges()) == 0 {
		fmt.Fprintln(w, "No difference.")
		return
	}
	fmt.Fprintf(w, "From %s to %s, with the hash %s\n\n", from, to, diff.GetToHash())
	titles := []string{"Not known to this version", "Who is qualified", "Who gets it", "By when", "How it is counted", "Wording alone"}
	for effect, title := range titles {
		changes := slices.DeleteFunc(slices.Clone(diff.GetChanges()), func(c *playbookv1.PlaybookChange) bool { return int(c.GetEffect()) != effect })
		if len(changes) == 0 {
			continue
		}
		fmt.Fprintln(w, title)
		for _, c := range changes {
			fmt.Fprintf(w, "  %s.\n", c.GetSentence())
		}
	}
	if diff.GetLeftOutCount() > 0 {
		fmt.Fprintf(w, "And %d more.\n", diff.GetLeftOutCount())
	}
}

func exportCommand() *cobra.Command {
	var f clientFlags
	var canonical bool
	cmd := &cobra.Command{
		Use:   "export VERSION",
		Short: "Write a playbook as YAML, without loss",
		Long: `Writes a version on standard output as its authors wrote it, comments included. With --canonical it is written anew, from
what both teams signed: in short forms, in the order of the schema, without comments. Either text is read back before it is
written, and refused if its hash is not the version's.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := asked(&f, readers, f.version(cmd, args[0]))
			if err != nil {
				return err
			}
			text := []byte(p.GetYaml())
			if canonical {
				if text, err = playbook.Write(p.GetDocument()); err != nil {
					return err
				}
			}
			if hash, err := playbook.Hash(text); err != nil || hash != p.GetHash() {
				return errors.Join(fmt.Errorf("the text of %s is not what was signed", p.GetName()), err)
			}
			return f.print(cmd, p, func() error {
				_, err := io.Copy(cmd.OutOrStdout(), bytes.NewReader(text))
				return err
			})
		},
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&canonical, "canonical", false, "write it anew instead of as its authors did")
	return cmd
}
