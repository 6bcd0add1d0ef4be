package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func healthCommand() *cobra.Command {
	var metrics string
	var patience time.Duration
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Ask a running part of the suite whether it is ready",
		Long: `Asks the part of the suite that runs on this machine whether its databases take writes: status 0 if so, 1 if not. It is for
containers, which have nothing else to ask with.`,
		Example: `  handoff serve --metrics=:9464 &
  handoff health --metrics=:9464`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			address, err := local(metrics)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), patience)
			defer cancel()
			return askReady(ctx, "http://"+address+"/readyz")
		},
	}
	cmd.Flags().StringVar(&metrics, "metrics", "", "address for metrics and health, as serve has it")
	cmd.Flags().DurationVar(&patience, "patience", 5*time.Second, "how long to wait for the answer")
	return cmd
}

// local is how an address that is listened on is reached from the same machine.
func local(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", fmt.Errorf("--metrics: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port), nil
}

// askReady gives the reason why a part is not ready, or nil.
func askReady(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	reason, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	if err != nil {
		return err
	}
	return errors.New(strings.TrimSpace(string(reason)))
}
