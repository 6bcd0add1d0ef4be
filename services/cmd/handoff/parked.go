package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
)

func parkedCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "parked",
		Args:  cobra.NoArgs,
		RunE:  helpAlone,
		Short: "See and treat the events that a service could not apply",
		Long: `The services tell each other what happens in events. An event that its receiver cannot apply is parked there: it waits
with the later events of its handoff, lead or other key, so that their order is kept, and delays nothing else. It is tried
again five times within seconds; then it is STUCK and waits for you:

  handoff parked list                                                  what waits, where, and why
  handoff parked replay services/routing/parkedEvents/scoring-17       once the cause is gone: try it again
  handoff parked skip services/routing/parkedEvents/scoring-17 --reason="told twice, see INC-42"

Replay first: what is skipped the service will never know of, and what builds on it may look odd for ever. Both go into
the audit, with your name.`,
	}
	cmd.AddCommand(parkedListCommand(), parkedReplayCommand(), parkedSkipCommand())
	return cmd
}

func parkedListCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "list [SERVICE]",
		Short: "List what waits, where, and why",
		Long: `Lists the events that SERVICE could not apply; without it, those of all services.

  RETRYING  is tried again by itself
  STUCK     has failed too often: replay or skip it
  QUEUED    waits behind an earlier event of its key, which is the one to treat

The status is 1 if a service could not be asked: what it has is missing from the list.`,
		Example: "  handoff parked list\n  handoff parked list routing -o json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			parent := "services/-"
			if len(args) == 1 {
				parent = "services/" + strings.TrimPrefix(args[0], "services/")
			}
			return f.journey(func(c journeyv1.JourneyServiceClient) error {
				all, err := everyParked(cmd.Context(), c, parent)
				if err != nil {
					return err
				}
				return f.printParked(cmd, all)
			})
		},
	}
	f.register(cmd)
	return cmd
}

func parkedReplayCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "replay services/SERVICE/parkedEvents/EVENT",
		Short: "Try a parked event again, and those of its key with it",
		Long: `Tries the line that a parked event stands in again, from its first event on, until one fails. Says what came of it. The
status is 1 if the event is still parked.`,
		Example: "  handoff parked replay services/routing/parkedEvents/scoring-17",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.journey(func(c journeyv1.JourneyServiceClient) error {
				taken, err := c.ReplayParkedEvent(cmd.Context(), &eventv1.ReplayParkedEventRequest{Name: args[0]})
				if err != nil {
					return err
				}
				left, err := c.GetParkedEvent(cmd.Context(), &eventv1.GetParkedEventRequest{Name: args[0]})
				if known := fault.As(err); known != nil && known.Kind == fault.NotFound {
					return f.print(cmd, taken, func() error { return say(cmd.OutOrStdout(), "%s is applied\n", args[0]) })
				}
				if err != nil {
					return err
				}
				if err := f.print(cmd, left, func() error { return tabulate(cmd.OutOrStdout(), []*eventv1.ParkedEvent{left}) }); err != nil {
					return err
				}
				return exitError(1)
			})
		},
	}
	f.register(cmd)
	return cmd
}

func parkedSkipCommand() *cobra.Command {
	var f clientFlags
	var reason string
	cmd := &cobra.Command{
		Use:   "skip services/SERVICE/parkedEvents/EVENT --reason=WHY",
		Short: "Give a parked event up for good",
		Long: `Gives a parked event up for good: the service will never know of it. The later events of its key go on. The reason goes
into the audit, so it should name nobody.`,
		Example: `  handoff parked skip services/routing/parkedEvents/scoring-17 --reason="told twice, see INC-42"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return errors.New("--reason says why; it is not given")
			}
			return f.journey(func(c journeyv1.JourneyServiceClient) error {
				e, err := c.SkipParkedEvent(cmd.Context(), &eventv1.SkipParkedEventRequest{Name: args[0], Reason: reason})
				if err != nil {
					return err
				}
				return f.print(cmd, e, func() error { return say(cmd.OutOrStdout(), "%s is skipped\n", e.GetName()) })
			})
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}

// journey connects to the service that shows parked events. With the local key the caller is an SRE.
func (f *clientFlags) journey(use func(journeyv1.JourneyServiceClient) error) error {
	conn, done, err := f.connect(accessv1.Role_ROLE_SRE)
	if err != nil {
		return err
	}
	defer done() //nolint:errcheck // the command is over
	return use(journeyv1.NewJourneyServiceClient(conn))
}

// printParked prints a list, and says of which services it knows nothing.
func (f *clientFlags) printParked(cmd *cobra.Command, all *journeyv1.ListParkedEventsResponse) error {
	missing := all.GetUnreachable()
	err := f.print(cmd, all, func() error {
		if len(missing) > 0 && len(all.GetParkedEvents()) == 0 {
			return nil // nobody knows whether nothing is parked
		}
		return tabulate(cmd.OutOrStdout(), all.GetParkedEvents())
	})
	if err != nil || len(missing) == 0 {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "could not be asked:", strings.Join(missing, ", "))
	return exitError(1)
}

// everyParked are all pages of a list as one.
func everyParked(ctx context.Context, c journeyv1.JourneyServiceClient, parent string) (*journeyv1.ListParkedEventsResponse, error) {
	all := &journeyv1.ListParkedEventsResponse{}
	req := &journeyv1.ListParkedEventsRequest{Parent: parent, PageSize: 1000}
	for {
		page, err := c.ListParkedEvents(ctx, req)
		if err != nil {
			return nil, err
		}
		all.ParkedEvents = append(all.ParkedEvents, page.GetParkedEvents()...)
		all.Unreachable = slices.Compact(slices.Sorted(slices.Values(append(all.GetUnreachable(), page.GetUnreachable()...))))
		if req.PageToken = page.GetNextPageToken(); req.GetPageToken() == "" {
			return all, nil
		}
	}
}

// tabulate prints parked events as a table.
func tabulate(w io.Writer, events []*eventv1.ParkedEvent) error {
	if len(events) == 0 {
		return say(w, "nothing is parked\n")
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "EVENT\tSTATE\tTYPE\tKEY\tPARKED\tERROR")
	for _, e := range events {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", e.GetName(), strings.TrimPrefix(e.GetState().String(), "STATE_"), e.GetType(),
			e.GetKey(), e.GetParkTime().AsTime().Format(time.DateTime), strings.Join(strings.Fields(e.GetError()), " "))
	}
	return t.Flush()
}

func say(w io.Writer, format string, args ...any) error {
	_, err := fmt.Fprintf(w, format, args...)
	return err
}
