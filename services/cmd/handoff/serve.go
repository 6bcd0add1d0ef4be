package main

import (
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// serveFlags are the settings of a serving process, as flags give them.
type serveFlags struct {
	cfg           app.Config
	internal      string
	peers, public map[string]string
	start         string
	logLevel      string
}

func serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the suite, or a part of it",
		Long: `Runs the suite.

Without --only everything runs in this process: all services, each on a SQLite file of its own under --data, and the REST
gateway. With --database they use schemas of one PostgreSQL database instead.

With --only a part runs here, and the others are reached over mutually authenticated TLS. {service} in an address stands
for the name of a service:

  handoff serve --only=scoring --database=postgres://… --internal=:7443 --peers='*=dns:///{service}:7443' \
    --tls-ca=ca.pem --tls-cert=scoring.pem --tls-key=scoring.key --issuer=https://id.example --audience=handoff

Without --issuer the suite signs its own tokens with a key under --data, and listens on loopback addresses alone.`,
		Example: `  handoff serve
  handoff serve --database=postgres://localhost/handoff
  handoff serve --test-clock --data=rehearsal --start=2026-03-02T09:00:00-05:00`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd, f) },
	}
	f.register(cmd.Flags(), "data", "info")
	return cmd
}

// register defines the flags; data is the default directory, log the default of what is logged.
func (f *serveFlags) register(flags *pflag.FlagSet, data, log string) {
	flags.StringSliceVar(&f.cfg.Only, "only", nil, "parts to run: "+strings.Join(append(eventlog.Services(), app.Gateway), ", ")+" (default all)")
	flags.StringVar(&f.cfg.DataDir, "data", data, "directory of the SQLite databases and of the local key")
	flags.StringVar(&f.cfg.DatabaseURL, "database", "", "PostgreSQL URL instead of SQLite")
	flags.StringVar(&f.cfg.GRPCAddr, "grpc", "127.0.0.1:7070", "address for gRPC; - for none")
	flags.StringVar(&f.cfg.HTTPAddr, "http", "127.0.0.1:8080", "address for REST; - for none")
	flags.StringVar(&f.cfg.MetricsAddr, "metrics", "", "address for metrics and health, without credentials (default none)")
	flags.StringVar(&f.internal, "internal", "", "address for the other parts of a split suite, such as :7443")
	flags.StringToStringVar(&f.peers, "peers", nil, "internal addresses of the other parts, by service or as *={service}:7443")
	flags.StringToStringVar(&f.public, "public-peers", nil, "public gRPC addresses of the other parts, for the gateway, alike")
	flags.StringVar(&f.cfg.Certificate.CA, "tls-ca", "", "PEM file of the authority that the parts of the suite believe")
	flags.StringVar(&f.cfg.Certificate.Cert, "tls-cert", "", "PEM file of this part's certificate")
	flags.StringVar(&f.cfg.Certificate.Key, "tls-key", "", "PEM file of its key")
	flags.StringVar(&f.cfg.PublicCertificate.Cert, "public-cert", "", "PEM file of the certificate of the gRPC address (default plain text)")
	flags.StringVar(&f.cfg.PublicCertificate.Key, "public-key", "", "PEM file of its key")
	flags.StringVar(&f.cfg.Issuer, "issuer", "", "OpenID Connect issuer of tokens (default the local key)")
	flags.StringVar(&f.cfg.Audience, "audience", "", "what tokens must be meant for")
	flags.BoolVar(&f.cfg.TestClock, "test-clock", false, "rehearse: time stands still until it is moved")
	flags.StringVar(&f.start, "start", "", "where a new rehearsal begins, RFC 3339 (default the present hour)")
	flags.StringVar(&f.cfg.Seed, "seed", "handoff", "makes the ids of a new rehearsal")
	flags.StringVar(&f.cfg.TraceURI, "trace-uri", "", "where a trace can be seen, with {trace} for its id, such as http://localhost:16686/trace/{trace}")
	flags.StringVar(&f.cfg.Telemetry.Endpoint, "otlp", "", "OTLP collector, such as http://localhost:4317 (default off)")
	flags.Float64Var(&f.cfg.Telemetry.SampleRatio, "sample", 0, "share of requests to trace (default 0.1)")
	flags.StringVar(&f.logLevel, "log", log, "least level to log: debug, info, warn, error")
}

// config is the configuration that the flags stand for.
func (f *serveFlags) config() (app.Config, error) {
	cfg := f.cfg
	cfg.Telemetry.Version = build()
	if err := cfg.Telemetry.LogLevel.UnmarshalText([]byte(f.logLevel)); err != nil {
		return cfg, fmt.Errorf("--log: %w", err)
	}
	if f.start != "" {
		at, err := time.Parse(time.RFC3339, f.start)
		if err != nil {
			return cfg, fmt.Errorf("--start: %w", err)
		}
		cfg.Start = at.UTC()
	}
	cfg.Peers, cfg.PublicPeers, cfg.InternalAddr = spread(f.peers), spread(f.public), map[string]string{}
	if f.internal != "" {
		for _, part := range cfg.Only {
			cfg.InternalAddr[part] = f.internal
		}
	}
	return cfg, cfg.Validate()
}

// spread fills in the addresses that a pattern under `*` stands for.
func spread(addresses map[string]string) map[string]string {
	out := map[string]string{}
	if pattern := addresses["*"]; pattern != "" {
		for _, service := range eventlog.Services() {
			out[service] = strings.ReplaceAll(pattern, "{service}", service)
		}
	}
	maps.Copy(out, addresses)
	delete(out, "*")
	return out
}

func serve(cmd *cobra.Command, f serveFlags) error {
	cfg, err := f.config()
	if err != nil {
		return err
	}
	a, err := app.New(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	return a.Run(cmd.Context(), func() { greet(cmd, a) })
}

// greet tells a person on a loopback installation how to come in.
func greet(cmd *cobra.Command, a *app.App) {
	out := cmd.ErrOrStderr()
	if a.GRPCAddr() != "" {
		fmt.Fprintf(out, "gRPC  %s\n", a.GRPCAddr())
	}
	if a.HTTPAddr() == "" {
		return
	}
	fmt.Fprintf(out, "REST  http://%s/docs/\n", a.HTTPAddr())
	if a.Key() == nil {
		return
	}
	token, err := a.Key().Mint(auth.Grant{Subject: "you", TTL: 12 * time.Hour,
		Roles: []accessv1.Role{accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_MARKETING, accessv1.Role_ROLE_SALES_MANAGER}})
	if err != nil {
		slog.ErrorContext(cmd.Context(), "no token", "cause", err.Error())
		return
	}
	fmt.Fprintf(out, "token for today (revops, marketing, sales_manager); more with `handoff token`:\n%s\n", token)
}
