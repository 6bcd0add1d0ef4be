package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

// askAgain is how long is waited before looking again whether a model is learnt.
const askAgain = 200 * time.Millisecond

// modelCommand is for the models that the suite learns from its own leads, by the same verbs as those of files.
func modelCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "model",
		Args:  cobra.NoArgs,
		RunE:  helpAlone,
		Short: "Models that the suite learns from its own leads, and asks in its playbook",
		Long: `Has a running suite learn from its own leads what the other commands learn from files. A model enters the playbook as a draft that
people sign; nothing asks it before that. A MODEL is models/ID, or ID alone.`,
	}
	cmd.AddCommand(modelTrainCommand(), modelShowCommand(), modelEvaluateCommand(), modelProposeCommand())
	return cmd
}

func modelTrainCommand() *cobra.Command {
	var f clientFlags
	var outcome, window, early string
	var exclude []string
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Have the suite learn a model from its leads",
		Long: `Has the suite learn a model from the leads that it has, and waits for it. A lead counts as converted when a deal was opened
(or won) within --window of first contact in which it had a part. What was recorded of it within --early, and before it
qualified or the deal was opened, is what the model goes by; younger leads are not learnt from.

The status is 0 when a model was made, 3 when it was refused because of the leads.`,
		Example: "  handoff predict model train --outcome=won --window=180d\n  handoff predict model train --exclude='lead.attributes.*,lead.campaign' -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			wanted := &scoringv1.Model{Exclude: exclude}
			for _, length := range []struct {
				flag, text string
				into       **durationpb.Duration
			}{{"--window", window, &wanted.Window}, {"--early", early, &wanted.Early}} {
				d, err := span(length.flag, length.text)
				if err != nil {
					return err
				}
				*length.into = durationpb.New(d)
			}
			switch outcome {
			case "opportunity":
				wanted.Outcome = scoringv1.Model_OUTCOME_OPPORTUNITY
			case "won":
				wanted.Outcome = scoringv1.Model_OUTCOME_WON
			default:
				return fmt.Errorf("--outcome is opportunity or won, not %q", outcome)
			}
			return f.train(cmd, wanted)
		},
	}
	f.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&outcome, "outcome", "opportunity", "what counts: opportunity or won")
	flags.StringVar(&window, "window", "90d", "how long after first contact it must come, in days or weeks")
	flags.StringVar(&early, "early", "7d", "how long after a lead came in the model may know of, in days or weeks")
	flags.StringSliceVar(&exclude, "exclude", nil, "features that are left out, such as lead.campaign; * stands for any text")
	return cmd
}

// train asks for a model, and waits for it.
func (f *clientFlags) train(cmd *cobra.Command, wanted *scoringv1.Model) error {
	conn, done, err := f.connect(accessv1.Role_ROLE_REVOPS)
	if err != nil {
		return err
	}
	defer done() //nolint:errcheck // the command is over
	client, ctx := scoringv1.NewScoringServiceClient(conn), cmd.Context()
	m, err := client.TrainModel(ctx, &scoringv1.TrainModelRequest{Model: wanted})
	if err == nil && m.GetTest() {
		return f.print(cmd, m, func() error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s is learnt when the test clock is advanced, by POST /v1/testClock:advance; see then: handoff predict model show %s\n", m.GetName(), m.GetName())
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

// modelName is the name of a model: its id is short for models/ID.
func modelName(name string) string { return "models/" + strings.TrimPrefix(name, "models/") }

func modelShowCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "show [MODEL]",
		Short: "Show the models that the suite has learnt, or one of them",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*scoringv1.Model, error) {
					return scoringv1.NewScoringServiceClient(conn).GetModel(cmd.Context(), &scoringv1.GetModelRequest{Name: modelName(args[0])})
				}, describeModel)
			}
			return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*scoringv1.ListModelsResponse, error) {
				all := &scoringv1.ListModelsResponse{}
				return all, everyPage(func(token string) (next string, err error) {
					page, err := scoringv1.NewScoringServiceClient(conn).ListModels(cmd.Context(), &scoringv1.ListModelsRequest{PageSize: perPage, PageToken: token})
					all.Models = append(all.GetModels(), page.GetModels()...)
					return page.GetNextPageToken(), err
				})
			}, func(out io.Writer, resp *scoringv1.ListModelsResponse) error {
				for _, m := range resp.GetModels() {
					if err := summarise(out, m); err != nil {
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

func modelEvaluateCommand() *cobra.Command {
	var f clientFlags
	var from, to string
	cmd := &cobra.Command{
		Use:   "evaluate MODEL",
		Short: "Measure a model on the suite's leads of a period",
		Long: `Measures a model on leads whose first contact was in a period and whose outcome is known by now. Without --from these are the
leads that came after all that it was learnt from.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := parsePeriod(from, to)
			if err != nil {
				return err
			}
			return call(cmd, &f, readers, func(conn grpc.ClientConnInterface) (*scoringv1.ModelFigures, error) {
				return scoringv1.NewScoringServiceClient(conn).EvaluateModel(cmd.Context(),
					&scoringv1.EvaluateModelRequest{Name: modelName(args[0]), StartTime: p.from, EndTime: p.to})
			}, func(w io.Writer, resp *scoringv1.ModelFigures) error {
				out := figures.New(w)
				describeFigures(out, resp)
				return out.Flush()
			})
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&from, "from", "", "first day or instant, as 2026-05-01 or RFC 3339 (default after what it was learnt from)")
	cmd.Flags().StringVar(&to, "to", "", "first day or instant after it (default now)")
	return cmd
}

func modelProposeCommand() *cobra.Command {
	var f clientFlags
	req := &scoringv1.ProposeModelRequest{}
	cmd := &cobra.Command{
		Use:   "propose MODEL",
		Short: "Write a draft of the active playbook with a criterion that asks a model",
		Long: `Writes a draft of the active playbook in which a criterion asks the model, and says what that would have meant for the leads
that the model was not learnt from. Nothing changes until both teams have signed the draft and somebody activates it.`,
		Example: "  handoff predict model propose models/019c… --top=10\n  handoff predict model propose models/019c… --criterion=likely --fit-points=15",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			req.Name = modelName(args[0])
			return call(cmd, &f, []accessv1.Role{accessv1.Role_ROLE_REVOPS}, func(conn grpc.ClientConnInterface) (*scoringv1.ProposeModelResponse, error) {
				return scoringv1.NewScoringServiceClient(conn).ProposeModel(cmd.Context(), req)
			}, describeProposal)
		},
	}
	f.register(cmd)
	flags := cmd.Flags()
	flags.Int32Var(&req.TopPercent, "top", 10, "share of the leads that the criterion is to hold for, in per cent")
	flags.StringVar(&req.Label, "name", "", "what the playbook calls the model (default conversion, or conversion_2 if that is taken)")
	flags.StringVar(&req.Criterion, "criterion", "", "name of the criterion (default likely, or likely_2 if that is taken)")
	flags.Float64Var(&req.FitPoints, "fit-points", 0, "points of fit that the criterion gives; 0 for no rule")
	return cmd
}
