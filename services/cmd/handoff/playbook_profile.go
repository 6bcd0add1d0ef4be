package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

func profileCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profile",
		Short: "What each team's customers have in common, and where the teams agree",
		Long: `Sales and marketing each propose a profile of the customers of their choice, and both look at where they agree before target
accounts are chosen:

  handoff playbook profile propose sales --last=20        of those won last
  handoff playbook profile propose marketing --last=20
  handoff playbook profile compare                        where the two agree
  handoff playbook targets --count=200                    the accounts that fit what they agree on`,
		Args: cobra.NoArgs,
		RunE: helpAlone,
	}
	cmd.AddCommand(profileProposeCommand(), profileShowCommand(), profileCompareCommand())
	return cmd
}

func profileProposeCommand() *cobra.Command {
	var f clientFlags
	var req scoringv1.ProposeProfileRequest
	cmd := &cobra.Command{
		Use:       "propose marketing|sales",
		Short:     "Make a team's profile of the customers that were won last, or of those that it names, and keep it",
		Example:   "  handoff playbook profile propose sales --last=20 --attribute=use_case",
		Args:      cobra.ExactArgs(1),
		ValidArgs: []string{"marketing", "sales"},
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if req.Team, _, err = side(args[0]); err != nil {
				return noTeam(args[0])
			}
			return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*scoringv1.AccountProfile, error) {
				return scoringv1.NewScoringServiceClient(conn).ProposeProfile(cmd.Context(), &req)
			}, tellProfile)
		},
	}
	f.register(cmd)
	cmd.Flags().Int32Var(&req.Last, "last", 20, "how many of the customers that were won last")
	cmd.Flags().StringSliceVar(&req.Accounts, "account", nil, "a customer, as accounts/ID, instead of those won last; may be given again")
	cmd.Flags().StringSliceVar(&req.Attributes, "attribute", nil, "an attribute of accounts to look at besides, such as use_case; may be given again")
	return cmd
}

func profileShowCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:       "show [marketing|sales]",
		Short:     "Show a team's profile; without a team, both",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: []string{"marketing", "sales"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*scoringv1.ListAccountProfilesResponse, error) {
					return scoringv1.NewScoringServiceClient(conn).ListAccountProfiles(cmd.Context(), &scoringv1.ListAccountProfilesRequest{})
				}, tellProfiles)
			}
			if _, _, err := side(args[0]); err != nil {
				return noTeam(args[0])
			}
			return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*scoringv1.AccountProfile, error) {
				return scoringv1.NewScoringServiceClient(conn).GetAccountProfile(cmd.Context(), &scoringv1.GetAccountProfileRequest{Name: "accountProfiles/" + args[0]})
			}, tellProfile)
		},
	}
	f.register(cmd)
	return cmd
}

func profileCompareCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "compare",
		Short: "Say where the profiles of the two teams agree",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*scoringv1.ProfileComparison, error) {
				return scoringv1.NewScoringServiceClient(conn).CompareProfiles(cmd.Context(), &scoringv1.CompareProfilesRequest{})
			}, func(out io.Writer, c *scoringv1.ProfileComparison) error {
				warn(cmd, c.GetWarnings())
				return tellComparison(out, c)
			})
		},
	}
	f.register(cmd)
	return cmd
}

func noTeam(name string) error {
	return fmt.Errorf("there is no team %q: there are marketing and sales", name)
}

func tellProfiles(w io.Writer, resp *scoringv1.ListAccountProfilesResponse) error {
	if len(resp.GetAccountProfiles()) == 0 {
		_, err := fmt.Fprintln(w, "No team has proposed a profile yet.")
		return err
	}
	for _, p := range resp.GetAccountProfiles() {
		if err := tellProfile(w, p); err != nil {
			return err
		}
	}
	return nil
}

func tellProfile(w io.Writer, p *scoringv1.AccountProfile) error {
	fmt.Fprintf(w, "%s  %d customers\n", p.GetName(), len(p.GetAccounts()))
	for _, a := range p.GetAttributes() {
		var values []string
		for _, v := range a.GetValues()[:min(5, len(a.GetValues()))] {
			values = append(values, fmt.Sprintf("%s %d%%", v.GetValue(), percent(v.GetSharePerMille())))
		}
		fmt.Fprintf(w, "  %-12s known of %d: %s\n", a.GetAttribute(), a.GetKnownCount(), strings.Join(values, ", "))
	}
	return nil
}

func tellComparison(w io.Writer, c *scoringv1.ProfileComparison) error {
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
	if c.OverlapPerMille != nil {
		fmt.Fprintf(w, "overlap %d%%\n", percent(c.GetOverlapPerMille()))
	}
	return nil
}

// percent rounds as the reasons for target accounts do.
func percent(perMille int32) int32 { return (perMille + 5) / 10 }
