package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/durationpb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

const day = 24 * time.Hour

// askAgain is how long is waited before looking again whether a model is learnt.
const askAgain = 200 * time.Millisecond

func learnCommand() *cobra.Command {
	var f clientFlags
	var outcome string
	var window, early int
	var exclude []string
	cmd := &cobra.Command{
		Use:   "learn",
		Short: "Have the suite learn a model from its own leads",
		Long: `Has the suite learn a model from the leads that it has, and waits for it. A lead counts as converted when a deal was opened
(or won) within --window of first contact in which it had a part. What was recorded of it within --early, and before it
qualified or the deal was opened, is what the model goes by; younger leads are not learnt from.

The status is 0 when a model was made, 3 when it was refused because of the leads.`,
		Example: "  handoff predict learn --outcome=won --window=180\n  handoff predict learn --exclude='lead.attributes.*,lead.campaign' -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			wanted := &scoringv1.Model{Window: durationpb.New(time.Duration(window) * day), Early: durationpb.New(time.Duration(early) * day), Exclude: exclude}
			switch outcome {
			case "opportunity":
				wanted.Outcome = scoringv1.Model_OUTCOME_OPPORTUNITY
			case "won":
				wanted.Outcome = scoringv1.Model_OUTCOME_WON
			default:
				return fmt.Errorf("--outcome is opportunity or won, not %q", outcome)
			}
			return f.learn(cmd, wanted)
		},
	}
	f.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&outcome, "outcome", "opportunity", "what counts: opportunity or won")
	flags.IntVar(&window, "window", 90, "days after first contact within which it must come")
	flags.IntVar(&early, "early", 7, "days after a lead came in that the model may know of")
	flags.StringSliceVar(&exclude, "exclude", nil, "features that are left out, such as lead.campaign; * stands for any text")
	return cmd
}

func (f *clientFlags) learn(cmd *cobra.Command, wanted *scoringv1.Model) error {
	conn, done, err := f.connect(accessv1.Role_ROLE_REVOPS)
	if err != nil {
		return err
	}
	defer done() //nolint:errcheck // the command is over
	client, ctx := scoringv1.NewScoringServiceClient(conn), cmd.Context()
	m, err := client.TrainModel(ctx, &scoringv1.TrainModelRequest{Model: wanted})
	if err == nil && m.GetTest() {
		return f.print(cmd, m, func() error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s is learnt when the test clock is advanced; see then: handoff predict models %s\n", m.GetName(), m.GetName())
			return err
		})
	}
	for err == nil && m.GetState() == scoringv1.Model_STATE_RUNNING {
		if err = pause(ctx, askAgain); err == nil {
			m, err = client.GetModel(ctx, &scoringv1.GetModelRequest{Name: m.GetName()})
		}
	}
	if err != nil {
		return err
	}
	if err := f.print(cmd, m, func() error { return describeModel(cmd.OutOrStdout(), m) }); err != nil {
		return err
	}
	if m.GetState() != scoringv1.Model_STATE_READY {
		return notPredicted
	}
	return nil
}

// pause waits, unless the command is stopped.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func modelsCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "models [models/MODEL]",
		Short: "Show the models that the suite has learnt, or one of them",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, done, err := f.connect(readers...)
			if err != nil {
				return err
			}
			defer done() //nolint:errcheck // the command is over
			client := scoringv1.NewScoringServiceClient(conn)
			if len(args) == 1 {
				m, err := client.GetModel(cmd.Context(), &scoringv1.GetModelRequest{Name: args[0]})
				if err != nil {
					return err
				}
				return f.print(cmd, m, func() error { return describeModel(cmd.OutOrStdout(), m) })
			}
			resp, err := client.ListModels(cmd.Context(), &scoringv1.ListModelsRequest{PageSize: 1000})
			if err != nil {
				return err
			}
			return f.print(cmd, resp, func() error {
				for _, m := range resp.GetModels() {
					if err := summarise(cmd.OutOrStdout(), m); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	f.register(cmd)
	return cmd
}

func proposeCommand() *cobra.Command {
	var f clientFlags
	req := &scoringv1.ProposeModelRequest{}
	cmd := &cobra.Command{
		Use:   "propose models/MODEL",
		Short: "Write a draft of the active playbook with a criterion that asks a model",
		Long: `Writes a draft of the active playbook in which a criterion asks the model, and says what that would have meant for the leads
that the model was not learnt from. Nothing changes until both teams have signed the draft and somebody activates it.`,
		Example: "  handoff predict propose models/019c… --top=10\n  handoff predict propose models/019c… --criterion=likely --fit-points=15",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			req.Name = args[0]
			conn, done, err := f.connect(accessv1.Role_ROLE_REVOPS)
			if err != nil {
				return err
			}
			defer done() //nolint:errcheck // the command is over
			resp, err := scoringv1.NewScoringServiceClient(conn).ProposeModel(cmd.Context(), req)
			if err != nil {
				return err
			}
			return f.print(cmd, resp, func() error { return describeProposal(cmd.OutOrStdout(), resp) })
		},
	}
	f.register(cmd)
	flags := cmd.Flags()
	flags.Int32Var(&req.TopPercent, "top", 10, "share of the leads that the criterion is to hold for, in per cent")
	flags.StringVar(&req.Label, "label", "conversion", "what the playbook calls the model")
	flags.StringVar(&req.Criterion, "criterion", "likely", "name of the criterion")
	flags.Float64Var(&req.FitPoints, "fit-points", 0, "points of fit that the criterion gives; 0 for no rule")
	return cmd
}

// summarise tells of a model in a line.
func summarise(w io.Writer, m *scoringv1.Model) error {
	state := m.GetState().String()[len("STATE_"):]
	line := fmt.Sprintf("%s  %s  %s", m.GetName(), state, m.GetCreateTime().AsTime().Format(time.RFC3339))
	if held := m.GetHeldOut(); held != nil {
		line += fmt.Sprintf("  AUC %.3f (%.3f to %.3f)", held.GetAuc(), held.GetAucLow(), held.GetAucHigh())
	}
	if n := len(m.GetWarnings()); n > 0 {
		line += fmt.Sprintf("  %d warnings", n)
	}
	_, err := fmt.Fprintln(w, line)
	return err
}

// describeModel tells what is known of a model.
func describeModel(w io.Writer, m *scoringv1.Model) error {
	if err := summarise(w, m); err != nil {
		return err
	}
	p := figures.New(w)
	if why := m.GetRefusal().GetWhy(); why != "" {
		p.Title("REFUSED: no model was made")
		p.Line("%s", why)
	}
	if held := m.GetHeldOut(); held != nil {
		p.Title("How good it is, on leads that it did not learn from")
		p.Row("leads", figures.Count(int64(held.GetRows())), fmt.Sprintf("%d converted", held.GetPositives()))
		p.Row("AUC", fmt.Sprintf("%.3f", held.GetAuc()), fmt.Sprintf("95 %% interval %.3f to %.3f; 0.5 is chance", held.GetAucLow(), held.GetAucHigh()))
		p.Row("Brier score", fmt.Sprintf("%.4f", held.GetBrier()), fmt.Sprintf("skill %.3f", held.GetBrierSkill()))
		p.Row("calibration error", fmt.Sprintf("%.4f", held.GetCalibrationError()), fmt.Sprintf("slope %.2f", held.GetCalibrationSlope()))
		p.Row("best tenth", fmt.Sprintf("%.1f %%", 100*held.GetTopTenthFound()), "of the conversions are in it")
	}
	if len(m.GetFeatures()) > 0 {
		p.Title("What it goes by")
		p.Head("odds times", "feature", "value")
	}
	for _, feature := range m.GetFeatures() {
		for _, weight := range feature.GetWeights() {
			p.Row(fmt.Sprintf("%.2f", weight.GetOddsRatio()), feature.GetFeature(), weight.GetValue())
		}
	}
	describeWarnings(p, m.GetWarnings(), m.GetCautions())
	return p.Flush()
}

func describeWarnings(p *figures.Printer, warnings []*scoringv1.ModelWarning, cautions []string) {
	if len(warnings) > 0 {
		p.Title("WARNING: these may be known only after the outcome began to show (label leakage)")
	}
	for _, w := range warnings {
		p.Row(w.GetFeature(), w.GetSign(), w.GetText())
	}
	for _, c := range cautions {
		p.Line("Note: %s", c)
	}
}

// describeProposal tells what a draft is and what it would have meant.
func describeProposal(w io.Writer, resp *scoringv1.ProposeModelResponse) error {
	p := figures.New(w)
	test := resp.GetBacktest()
	p.Title("%s is a draft with the criterion %s", resp.GetPlaybook(), resp.GetExpression())
	p.Line("Of %s later leads it would have chosen %s; %s of these converted, of %s who did.", figures.Count(int64(test.GetRows())),
		figures.Count(int64(test.GetChosen())), figures.Count(int64(test.GetChosenPositives())), figures.Count(int64(test.GetPositives())))
	p.Line("precision %.1f %%, recall %.1f %%, %.1f times the base rate", 100*test.GetPrecision(), 100*test.GetRecall(), test.GetLift())
	describeWarnings(p, resp.GetWarnings(), resp.GetCautions())
	p.Line("Nothing changes until both teams have signed it and somebody activates it.")
	return p.Flush()
}
