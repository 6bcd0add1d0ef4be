package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/demo"
)

func demoCommand() *cobra.Command {
	var f serveFlags
	var exit bool
	var leads int
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Play a month of a made-up company, and look around in it",
		Long: `Plays a month of a made-up company through the public API, on the test clock: 2,000 leads with some 20,000 engagements, 25
reps in four time zones, 420 accounts, and deals that sales opens by itself. Then it prints the funnel, the clocks of both
teams, rejections, who got which leads, the pipeline with its credits by model and the one shared number, checks that the
books balance, and stays up for looking around.

The same seed gives the same month, to the byte, on SQLite and on PostgreSQL. A demo that was interrupted goes on where it
was; one that is done is only shown.`,
		Example: `  handoff demo
  handoff demo --exit
  handoff demo --database=postgres://localhost/handoff_demo`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd, f, exit, leads) },
	}
	f.register(cmd.Flags(), "data/demo", "warn")
	cmd.Flags().BoolVar(&exit, "exit", false, "end after the report: status 0 if the books balance, 1 if not")
	cmd.Flags().IntVar(&leads, "leads", demo.Leads, "how many people make contact in the month")
	for _, hidden := range []string{"only", "internal", "peers", "public-peers", "tls-ca", "tls-cert", "tls-key", "public-cert", "public-key",
		"issuer", "audience", "test-clock", "start"} {
		if err := cmd.Flags().MarkHidden(hidden); err != nil {
			panic(err) // the flags are defined by register
		}
	}
	return cmd
}

func runDemo(cmd *cobra.Command, f serveFlags, exit bool, leads int) error {
	f.cfg.TestClock = true
	cfg, err := f.config()
	if err != nil {
		return err
	}
	cfg.Start, cfg.DatabaseURL = demo.Start, hasty(cfg.DatabaseURL)
	if exit {
		cfg.GRPCAddr, cfg.HTTPAddr = "-", "-"
	}
	a, err := app.New(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	ready := make(chan struct{})
	group.Go(func() error { return a.Run(ctx, func() { close(ready) }) })
	group.Go(func() error {
		select {
		case <-ready:
		case <-ctx.Done():
			return nil
		}
		report, err := play(ctx, cmd, a, demo.Config{Seed: cfg.Seed, Leads: leads})
		switch {
		case err != nil:
			return err
		case !exit:
			greet(cmd, a)
			return lookAround(cmd.ErrOrStderr(), a, cfg, report.Story())
		case !report.Balanced():
			return exitError(1)
		}
		stop()
		return nil
	})
	return unlessStopped(group.Wait())
}

// play plays the month and prints it.
func play(ctx context.Context, cmd *cobra.Command, a *app.App, cfg demo.Config) (*demo.Report, error) {
	bar := newBar(cmd.ErrOrStderr(), "playing a month")
	cfg.Progress = bar.show
	cfg.Connect = func(subject string, kind accessv1.ActorKind, roles ...accessv1.Role) (grpc.ClientConnInterface, error) {
		return a.Connect(auth.Grant{Subject: subject, Kind: kind, Roles: roles, TTL: 24 * time.Hour})
	}
	report, err := demo.Play(ctx, cfg)
	bar.done()
	if err != nil {
		return nil, err
	}
	return report, report.Write(cmd.OutOrStdout())
}

// unlessStopped drops the error of having been told to stop.
func unlessStopped(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
