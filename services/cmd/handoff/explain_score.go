package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
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
	cmd.AddCommand(explainScoreCommand(), explainAccountCommand(), explainRouteCommand(), explainDeadlineCommand())
	return cmd
}

func explainScoreCommand() *cobra.Command {
	return explained("score LEAD", "Show why a lead has its score, line by line", `Shows why a lead has its score: a sentence for the rep, then every line of fit and engagement. What an engagement was worth
at first, less what decay, the cap of its type and the cap of its group took, is its points; the points sum to the score
exactly. Then the criteria and personas, and what is not known to decide them.`, "leads",
		func(cmd *cobra.Command, conn grpc.ClientConnInterface, lead string, asOf *timestamppb.Timestamp) (*scoringv1.Score, error) {
			return scoringv1.NewScoringServiceClient(conn).ExplainScore(cmd.Context(), &scoringv1.ExplainScoreRequest{Name: lead + "/score", AsOfTime: asOf})
		}, (*figures.Printer).Score)
}

func explainAccountCommand() *cobra.Command {
	return explained("account ACCOUNT", "Show why an account has its score, with its buying committee and its surge", `Shows why an account has its score: what each of its people gave, what nobody in particular did, and what happened to the
company, which sum to the score exactly. Then who of the buying committee is known and engaged, and how near a surge is.`, "accounts",
		func(cmd *cobra.Command, conn grpc.ClientConnInterface, account string, asOf *timestamppb.Timestamp) (*scoringv1.AccountScore, error) {
			return scoringv1.NewScoringServiceClient(conn).ExplainAccountScore(cmd.Context(), &scoringv1.ExplainAccountScoreRequest{Name: account + "/score", AsOfTime: asOf})
		}, (*figures.Printer).AccountScore)
}

// explained is a command that explains a score, as of now or of an instant.
func explained[M proto.Message](use, short, long, collection string,
	ask func(cmd *cobra.Command, conn grpc.ClientConnInterface, name string, asOf *timestamppb.Timestamp) (M, error), print func(*figures.Printer, M)) *cobra.Command {
	var f clientFlags
	var asOf string
	verb, _, _ := strings.Cut(use, " ")
	cmd := &cobra.Command{
		Use:     use,
		Short:   short,
		Long:    long + "\n\nWith --as-of only what had been recorded by that instant counts, by the playbook that was in force then.",
		Example: fmt.Sprintf("  handoff explain %[1]s 019cadc69afb7c1e9a0f3c1d2e4b5a69\n  handoff explain %[1]s %[2]s/019cadc69afb7c1e9a0f3c1d2e4b5a69 --as-of=2026-05-04T09:00:00Z -o json", verb, collection),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			at, err := instantOf(asOf)
			if err != nil {
				return err
			}
			id := strings.TrimSuffix(strings.TrimPrefix(args[0], collection+"/"), "/score")
			if !hexID(id) {
				return fmt.Errorf("%q is not an id of 32 digits, as in the examples; GET /v1/%s lists them", args[0], collection)
			}
			return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (M, error) {
				return ask(cmd, conn, collection+"/"+id, at)
			}, func(w io.Writer, score M) error {
				out := figures.New(w)
				print(out, score)
				return out.Flush()
			})
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&asOf, "as-of", "", "explain the score as of an instant in RFC 3339 (default now)")
	return cmd
}

// instantOf reads --as-of; nothing is now.
func instantOf(text string) (*timestamppb.Timestamp, error) {
	if text == "" {
		return nil, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil, fmt.Errorf("--as-of: %q is not an instant in RFC 3339, such as 2026-05-04T09:00:00Z", text)
	}
	return timestamppb.New(at), nil
}
