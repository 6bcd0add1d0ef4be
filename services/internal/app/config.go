package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/telemetry"
)

// Gateway is the name of the REST gateway among the parts of a process.
const Gateway = "gateway"

// Config says what a process runs. Zero values are a whole suite on SQLite in DataDir, reachable on the loopback
// interface.
type Config struct {
	// Only are the parts that run here: names of services, and `gateway`. Empty: everything.
	Only []string
	// DataDir holds the SQLite databases and the local key. Required unless DatabaseURL is given with an Issuer.
	DataDir string
	// DatabaseURL is a PostgreSQL database; each service has a schema in it. Empty: SQLite.
	DatabaseURL string

	// GRPCAddr is where people and platforms speak gRPC. Default 127.0.0.1:7070; `-` for nowhere.
	GRPCAddr string
	// HTTPAddr is where they speak REST. Default 127.0.0.1:8080; `-` for nowhere.
	HTTPAddr string
	// InternalAddr is where the other processes of the suite speak to the services here, by service. Needed when the
	// suite is split.
	InternalAddr map[string]string
	// MetricsAddr serves metrics and health without credentials; it belongs on a network of its own. Empty: nowhere; the
	// gateway has health too.
	MetricsAddr string

	// Peers is where the services that do not run here are, by service: their internal addresses, and for the gateway
	// their public ones.
	Peers       map[string]string
	PublicPeers map[string]string
	// Certificate proves this process to the others of a split suite, and names the authority whose word it takes.
	Certificate auth.Certificate
	// PublicCertificate is for the public listeners. Empty: plain text, which belongs on the loopback interface or behind
	// a proxy that speaks TLS.
	PublicCertificate auth.Certificate

	// Issuer is the OpenID Connect issuer of tokens, Audience what they must be meant for. Without an issuer a local key
	// in DataDir is used, and only loopback addresses are listened on.
	Issuer, Audience string

	// TestClock starts a rehearsal: time stands still until it is moved. Only for a whole suite.
	TestClock bool
	// Start is where a new rehearsal begins. Default: the present hour.
	Start time.Time
	// Seed makes the ids of a rehearsal. Default `handoff`.
	Seed string

	// TraceURI is where a trace can be seen, with `{trace}` for its id.
	TraceURI  string
	Telemetry telemetry.Config
	Logger    *slog.Logger // default: what Telemetry makes
}

// withDefaults fills what is not given.
func (c Config) withDefaults() Config {
	if len(c.Only) == 0 {
		c.Only = append(eventlog.Services(), Gateway)
	}
	if c.GRPCAddr == "" {
		c.GRPCAddr = "127.0.0.1:7070"
	}
	if c.HTTPAddr == "" {
		c.HTTPAddr = "127.0.0.1:8080"
	}
	if c.Seed == "" {
		c.Seed = "handoff"
	}
	if c.Telemetry.Service == "" {
		c.Telemetry.Service = "handoff"
		if len(c.Only) == 1 {
			c.Telemetry.Service = "handoff-" + c.Only[0]
		}
	}
	return c
}

// Validate reports everything that is wrong.
func (c Config) Validate() error {
	c = c.withDefaults()
	var problems []error
	known := append(eventlog.Services(), Gateway)
	for _, part := range c.Only {
		if !slices.Contains(known, part) {
			problems = append(problems, fmt.Errorf("there is no part %q; there are %s", part, strings.Join(known, ", ")))
		}
	}
	if c.DataDir == "" && (c.DatabaseURL == "" || c.Issuer == "") && (c.hasServices() || c.Issuer == "") {
		problems = append(problems, errors.New("a data directory is needed for SQLite, and for the local key when there is no issuer"))
	}
	if c.TestClock && !c.whole() {
		problems = append(problems, errors.New("a test clock needs the whole suite in one process"))
	}
	if (c.Issuer == "") != (c.Audience == "") {
		problems = append(problems, errors.New("an issuer needs an audience, and an audience an issuer"))
	}
	return errors.Join(append(problems, c.validateDoors()...)...)
}

// validateDoors reports what is wrong with addresses: nothing listens in public with a local key, and a split suite
// proves who it is.
func (c Config) validateDoors() (problems []error) {
	for name, addr := range map[string]string{"gRPC": c.GRPCAddr, "HTTP": c.HTTPAddr} {
		if addr != "-" && c.Issuer == "" && !loopback(addr) {
			problems = append(problems, fmt.Errorf("%s address %s is public: that needs an issuer and an audience of tokens", name, addr))
		}
	}
	if !c.whole() && (c.Certificate.CA == "" || c.Certificate.Cert == "" || c.Certificate.Key == "") {
		problems = append(problems, errors.New("a part of the suite needs a certificate, its key and the authority of the others"))
	}
	for _, service := range eventlog.Services() {
		if c.whole() {
			break
		}
		switch {
		case c.runs(service) && c.InternalAddr[service] == "":
			problems = append(problems, fmt.Errorf("%s needs an internal address", service))
		case !c.runs(service) && c.hasServices() && c.Peers[service] == "":
			problems = append(problems, fmt.Errorf("the internal address of %s is not known", service))
		case !c.runs(service) && c.runs(Gateway) && c.PublicPeers[service] == "":
			problems = append(problems, fmt.Errorf("the public address of %s is not known", service))
		}
	}
	return problems
}

// runs reports whether a part runs here.
func (c Config) runs(part string) bool { return slices.Contains(c.Only, part) }

// whole reports whether every service runs here.
func (c Config) whole() bool {
	return !slices.ContainsFunc(eventlog.Services(), func(s string) bool { return !c.runs(s) })
}

// hasServices reports whether any service runs here.
func (c Config) hasServices() bool {
	return slices.ContainsFunc(eventlog.Services(), c.runs)
}

// loopback reports whether only this machine can reach an address.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
