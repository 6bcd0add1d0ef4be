package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func explainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain",
		Args:  cobra.NoArgs,
		RunE:  helpAlone,
		Short: "Show why the suite decided as it did",
	}
	cmd.AddCommand(explainScoreCommand())
	return cmd
}

func explainScoreCommand() *cobra.Command {
	var f clientFlags
	var asOf string
	cmd := &cobra.Command{
		Use:   "score LEAD",
		Short: "Show why a lead has its score: every line, summing exactly",
		Long: `Shows why a lead has its score: a sentence for the rep, then every line of fit and engagement. What an engagement was worth
at first, less what decay and the caps took, is its points; the points sum to the score exactly.

With --as-of only what had been recorded by that instant counts, by the playbook that was in force then.`,
		Example: "  handoff explain score 019cadc69afb7c1e9a0f3c1d2e4b5a69\n" +
			"  handoff explain score leads/019cadc69afb7c1e9a0f3c1d2e4b5a69 --as-of=2026-05-04T09:00:00Z -o json",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			req := &scoringv1.ExplainScoreRequest{Name: "leads/" + strings.TrimSuffix(strings.TrimPrefix(args[0], "leads/"), "/score") + "/score"}
			if asOf != "" {
				at, err := time.Parse(time.RFC3339, asOf)
				if err != nil {
					return fmt.Errorf("--as-of: %q is not an instant in RFC 3339, such as 2026-05-04T09:00:00Z", asOf)
				}
				req.AsOfTime = timestamppb.New(at)
			}
			conn, done, err := f.connect(readers...)
			if err != nil {
				return err
			}
			defer done() //nolint:errcheck // the command is over
			score, err := scoringv1.NewScoringServiceClient(conn).ExplainScore(cmd.Context(), req)
			if err != nil {
				return err
			}
			return f.print(cmd, score, func() error {
				out := figures.New(cmd.OutOrStdout())
				out.Score(score)
				return out.Flush()
			})
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&asOf, "as-of", "", "explain the score as of an instant in RFC 3339 (default now)")
	return cmd
}
