package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func simulateCommand() *cobra.Command {
	var f clientFlags
	var s simulateFlags
	cmd := &cobra.Command{
		Use:   "simulate VERSION | FILE",
		Short: "Simulate a playbook on history, before anybody signs it",
		Long: `Judges all recorded leads again by a playbook that nobody has signed yet and by the version in force, side by side: as of
each instant at which they were judged, and with nothing that was recorded later. It shows whom the draft gains and loses
and why, how well both foretell opportunities and deals, how tiers move, what each rep and pool would have got, the load of
clocks, and what would happen at once if the draft came into force now. Nothing is stored and nothing changes.

FILE may be - for standard input. Names of leads are shown to whoever may read leads.`,
		Example: "  handoff playbook simulate acme.yaml\n  handoff playbook simulate 4 --period=30d --against=2 -o json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			req, err := s.request(cmd, args[0])
			if err != nil {
				return err
			}
			conn, done, err := f.connect(readers...)
			if err != nil {
				return err
			}
			defer done() //nolint:errcheck // the command is over
			result, err := simulate(cmd, playbookv1.NewPlaybookServiceClient(conn), req)
			if err != nil {
				return err
			}
			return f.print(cmd, result, func() error {
				names, err := leadNames(cmd.Context(), scoringv1.NewScoringServiceClient(conn), figures.Listed(result))
				if err != nil {
					warn(cmd, []string{"names of leads are left out: " + explain(err)})
				}
				out := figures.New(cmd.OutOrStdout())
				out.Simulation(result, names)
				return out.Flush()
			})
		},
	}
	f.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&s.period, "period", "90d", "how far back to look: days or weeks, as 90d or 12w")
	flags.StringVar(&s.to, "to", "", "first day or instant after the period (default now)")
	flags.StringVar(&s.against, "against", "", "the version to compare with (default the one in force)")
	flags.Int32Var(&s.examples, "examples", 10, "how many leads each list names, at most 1000")
	return cmd
}

type simulateFlags struct {
	period, to, against string
	examples            int32
}

// request is what the flags ask for.
func (s *simulateFlags) request(cmd *cobra.Command, draft string) (*playbookv1.SimulatePlaybookRequest, error) {
	req := &playbookv1.SimulatePlaybookRequest{ExampleLimit: s.examples}
	switch {
	case isVersion(s.against):
		req.Baseline = versionName(s.against)
	case cmd.Flags().Changed("against"):
		return nil, fmt.Errorf("--against: %q is not a version, such as 2", s.against)
	}
	if isVersion(draft) {
		req.Name = versionName(draft)
	} else {
		source, err := readFile(cmd, draft)
		if err != nil {
			return nil, err
		}
		req.Yaml = string(source)
	}
	length, err := span("--period", s.period)
	if err != nil {
		return nil, err
	}
	p, err := parsePeriod("", s.to)
	if err != nil {
		return nil, err
	}
	req.Period, req.EndTime = durationpb.New(length), p.to
	return req, nil
}

// span reads a length of time in days or weeks.
func span(flag, text string) (time.Duration, error) {
	const day = 24 * time.Hour
	units := map[string]time.Duration{"d": day, "w": 7 * day}
	if len(text) > 1 {
		n, err := strconv.Atoi(text[:len(text)-1])
		if unit := units[text[len(text)-1:]]; err == nil && n > 0 && n <= 731 && unit > 0 {
			return time.Duration(n) * unit, nil
		}
	}
	return 0, fmt.Errorf("%s: %q is not a number of days or weeks, at most 731, such as 90d or 12w", flag, text)
}

// phases are what a simulation does, in the words of the bar.
var phases = map[playbookv1.SimulationProgress_Phase]string{
	playbookv1.SimulationProgress_PHASE_OUTCOMES: "reading outcomes",
	playbookv1.SimulationProgress_PHASE_LEADS:    "judging leads",
	playbookv1.SimulationProgress_PHASE_ROUTING:  "giving them to reps",
	playbookv1.SimulationProgress_PHASE_CLOCKS:   "counting clocks",
}

// simulate asks for a simulation, and shows how far it is.
func simulate(cmd *cobra.Command, client playbookv1.PlaybookServiceClient, req *playbookv1.SimulatePlaybookRequest) (*playbookv1.Simulation, error) {
	parts, err := client.SimulatePlaybook(cmd.Context(), req)
	if err != nil {
		return nil, err
	}
	bar := newBar(cmd.ErrOrStderr(), "")
	var result *playbookv1.Simulation
	for {
		part, err := parts.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if p := part.GetProgress(); p != nil {
			follow(bar, p)
		}
		result = part.GetSimulation()
	}
	if result == nil {
		return nil, errors.New("the simulation ended without a result")
	}
	bar.done()
	return result, nil
}

// follow shows how far a simulation is: as a share, or as a count where nobody knows the total, as of outcomes.
func follow(b *bar, p *playbookv1.SimulationProgress) {
	b.turn(phases[p.GetPhase()])
	if p.GetTotalCount() > 0 {
		b.show(float64(p.GetDoneCount()) / float64(p.GetTotalCount()))
		return
	}
	b.count(p.GetDoneCount())
}
