package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/playbook"
)

// The sizes of a target account list.
const (
	usualTargets = 200
	mostTargets  = 20000
)

func profileCommand() *cobra.Command {
	var f clientFlags
	var req scoringv1.ProposeProfileRequest
	cmd := &cobra.Command{
		Use:       "profile [marketing | sales]",
		Short:     "Say what a team's customers have in common; without a team, where the two teams agree",
		Long:      "Makes a team's profile of the customers that were won last, or of those that it names, and keeps it. Without a team it compares the two.",
		Example:   "  handoff playbook profile sales --last=20 --attribute=use_case\n  handoff playbook profile",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: []string{"marketing", "sales"},
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, done, err := f.connect(readers...)
			if err != nil {
				return err
			}
			defer done() //nolint:errcheck // the command is over
			client := scoringv1.NewScoringServiceClient(conn)
			if len(args) == 0 {
				c, err := client.CompareProfiles(cmd.Context(), &scoringv1.CompareProfilesRequest{})
				if err != nil {
					return err
				}
				return f.print(cmd, c, func() error { return tellComparison(cmd, c) })
			}
			if req.Team, _, err = side(args[0]); err != nil {
				return fmt.Errorf("there is no team %q: there are marketing and sales", args[0])
			}
			p, err := client.ProposeProfile(cmd.Context(), &req)
			if err != nil {
				return err
			}
			return f.print(cmd, p, func() error { return tellProfile(cmd.OutOrStdout(), p) })
		},
	}
	f.register(cmd)
	cmd.Flags().Int32Var(&req.Last, "last", 20, "how many of the customers that were won last")
	cmd.Flags().StringSliceVar(&req.Accounts, "account", nil, "a customer, as accounts/ID, instead of those won last; may be given again")
	cmd.Flags().StringSliceVar(&req.Attributes, "attribute", nil, "an attribute of accounts to look at besides, such as use_case; may be given again")
	return cmd
}

func tellProfile(w io.Writer, p *scoringv1.AccountProfile) error {
	fmt.Fprintf(w, "%s  %d customers\n", p.GetName(), len(p.GetAccounts()))
	for _, a := range p.GetAttributes() {
		var values []string
		for _, v := range a.GetValues()[:min(5, len(a.GetValues()))] {
			values = append(values, fmt.Sprintf("%s %.0f%%", v.GetValue(), 100*v.GetShare()))
		}
		fmt.Fprintf(w, "  %-12s known of %d: %s\n", a.GetAttribute(), a.GetKnown(), strings.Join(values, ", "))
	}
	return nil
}

func tellComparison(cmd *cobra.Command, c *scoringv1.ProfileComparison) error {
	warn(cmd, c.GetWarnings())
	w := cmd.OutOrStdout()
	for _, a := range c.GetAttributes() {
		fmt.Fprintf(w, "%s\n", a.GetAttribute())
		for _, side := range []struct {
			name   string
			values []string
		}{{"agree", a.GetAgree()}, {"marketing alone", a.GetMarketingOnly()}, {"sales alone", a.GetSalesOnly()}} {
			if len(side.values) > 0 {
				fmt.Fprintf(w, "  %-15s  %s\n", side.name, strings.Join(side.values, ", "))
			}
		}
	}
	if c.Overlap != nil {
		fmt.Fprintf(w, "overlap %.0f%%\n", 100*c.GetOverlap())
	}
	return nil
}

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
	conn, done, err := f.connect(readers...)
	if err != nil {
		return err
	}
	defer done() //nolint:errcheck // the command is over
	all := &scoringv1.RankAccountsResponse{}
	req := &scoringv1.RankAccountsRequest{Basis: by}
	for {
		req.PageSize = int32(min(count-len(all.GetAccounts()), 1000))
		page, err := scoringv1.NewScoringServiceClient(conn).RankAccounts(cmd.Context(), req)
		if err != nil {
			return err
		}
		all.Accounts, all.Warnings = append(all.GetAccounts(), page.GetAccounts()...), page.GetWarnings()
		if req.PageToken = page.GetNextPageToken(); req.GetPageToken() == "" || len(all.GetAccounts()) >= count {
			break
		}
	}
	return f.print(cmd, all, func() error {
		warn(cmd, all.GetWarnings())
		var rows []playbook.Target
		for _, a := range all.GetAccounts() {
			rows = append(rows, playbook.Target{Domain: a.GetDomain(), Owner: strings.TrimPrefix(a.GetOwner(), "reps/"),
				Why: fmt.Sprintf("fit %.0f: %s", a.GetFit(), strings.Join(a.GetReasons(), "; "))})
		}
		text, err := playbook.Targets(rows)
		if err != nil {
			return err
		}
		_, err = cmd.OutOrStdout().Write(text)
		return err
	})
}

// warn tells what speaks against relying on an answer, beside it.
func warn(cmd *cobra.Command, warnings []string) {
	for _, w := range warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), "warning:", w)
	}
}
