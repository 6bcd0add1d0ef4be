package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/playbook"
)

// The sizes of a target account list.
const (
	usualTargets = 200
	mostTargets  = 20000
)

func targetsCommand() *cobra.Command {
	var f clientFlags
	var count int
	var basis string
	cmd := &cobra.Command{
		Use:   "targets [--count=N] [--by=profile|playbook]",
		Short: "Write the target account list of a playbook, from the accounts that fit best",
		Long: `Ranks all accounts that are neither customers nor competitors, and writes the best as the section target_accounts of a
playbook, each with its owner and with the reasons as a comment. Sales and marketing agree on 100 to 500, best 150 to 300; the
signatures under the playbook are those under the list.`,
		Example: "  handoff playbook targets --count=200 > targets.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			by, known := map[string]scoringv1.RankBasis{"profile": scoringv1.RankBasis_RANK_BASIS_PROFILE, "playbook": scoringv1.RankBasis_RANK_BASIS_PLAYBOOK}[basis]
			if !known {
				return fmt.Errorf("--by is profile or playbook, not %q", basis)
			}
			if count < 1 || count > mostTargets {
				return fmt.Errorf("--count is 1 to %d, not %d", mostTargets, count)
			}
			return f.targets(cmd, by, count)
		},
	}
	f.register(cmd)
	cmd.Flags().IntVar(&count, "count", usualTargets, "how many accounts")
	cmd.Flags().StringVar(&basis, "by", "profile", "rank by what both teams' profiles have in common, or by the fit rules of the playbook in force")
	return cmd
}

// targets writes the accounts that fit best.
func (f *clientFlags) targets(cmd *cobra.Command, by scoringv1.RankBasis, count int) error {
	return call(cmd, f, readers, func(conn grpc.ClientConnInterface) (*scoringv1.RankAccountsResponse, error) {
		return ranked(cmd.Context(), scoringv1.NewScoringServiceClient(conn), by, count)
	}, func(out io.Writer, all *scoringv1.RankAccountsResponse) error {
		warn(cmd, all.GetWarnings())
		var rows []playbook.Target
		for _, a := range all.GetAccounts() {
			rows = append(rows, playbook.Target{Domain: a.GetDomain(), Owner: strings.TrimPrefix(a.GetOwner(), "reps/"),
				Why: fmt.Sprintf("fit %d: %s", (a.GetFitMicros()+500_000)/1_000_000, strings.Join(a.GetReasons(), "; "))})
		}
		text, err := playbook.Targets(rows)
		if err != nil {
			return err
		}
		_, err = out.Write(text)
		return err
	})
}

// ranked is the best of all pages of a ranking.
func ranked(ctx context.Context, client scoringv1.ScoringServiceClient, by scoringv1.RankBasis, count int) (*scoringv1.RankAccountsResponse, error) {
	all, req := &scoringv1.RankAccountsResponse{}, &scoringv1.RankAccountsRequest{Basis: by}
	for {
		req.PageSize = int32(min(count-len(all.GetAccounts()), 1000))
		page, err := client.RankAccounts(ctx, req)
		if err != nil {
			return nil, err
		}
		all.Accounts, all.Warnings = append(all.GetAccounts(), page.GetAccounts()...), page.GetWarnings()
		if req.PageToken = page.GetNextPageToken(); req.GetPageToken() == "" || len(all.GetAccounts()) >= count {
			return all, nil
		}
	}
}

// warn tells what speaks against relying on an answer, beside it.
func warn(cmd *cobra.Command, warnings []string) {
	for _, w := range warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), "warning:", w)
	}
}
