package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	testclockv1 "github.com/handoffhq/handoff/gen/go/handoff/testclock/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/clock"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/rpc"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/telemetry"
	"github.com/handoffhq/handoff/services/testclock"
)

// App is a suite, or a part of one, that is ready to run.
type App struct {
	cfg       Config
	telemetry *telemetry.Telemetry
	logger    *slog.Logger
	verifier  *auth.Verifier
	key       *auth.Key // the local key; nil with an issuer
	board     *switchboard
	rooms     []*room
	public    *rpc.Server
	rehearsal *rehearsal // nil on the real clock
	grpcLn    net.Listener
	httpLn    net.Listener
	now       func() time.Time
	ids       ident.Source
	databases []*sqldb.DB
}

// room is one service of this process.
type room struct {
	name     string
	db       *sqldb.DB
	service  service
	server   *rpc.Server // the internal door
	listener net.Listener
	relays   []*eventlog.Relay
}

// New makes an app: it opens and migrates the databases and binds the addresses. Close it if it is not run.
func New(ctx context.Context, cfg Config) (*App, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	a := &App{cfg: cfg.withDefaults(), now: clock.System}
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(err, a.close(context.WithoutCancel(ctx)))
	}
	return a, nil
}

func (a *App) build(ctx context.Context) (err error) {
	if a.telemetry, err = telemetry.Setup(a.cfg.Telemetry); err != nil {
		return err
	}
	if a.logger = a.cfg.Logger; a.logger == nil {
		a.logger = a.telemetry.Logger
	}
	a.board = &switchboard{cfg: a.cfg, telemetry: a.telemetry, internal: map[string]*rpc.Memory{}, public: rpc.NewMemory()}
	steps := []func(context.Context) error{a.openClock, a.openRooms, a.openVerifier, a.openPublic, a.listen}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// openClock opens the clock of a rehearsal, or makes sure that the data are not those of one.
func (a *App) openClock(ctx context.Context) error {
	if !a.cfg.hasServices() {
		return nil
	}
	rehearsed, err := sqldb.Exists(ctx, a.database("testclock"))
	if err != nil {
		return err
	}
	used, err := sqldb.Exists(ctx, a.database(eventlog.Playbook))
	if err != nil {
		return err
	}
	switch {
	case !a.cfg.TestClock && rehearsed:
		return errors.New("these data belong to a rehearsal; start with --test-clock, or choose others")
	case !a.cfg.TestClock:
		return nil
	case used && !rehearsed:
		return errors.New("these data are real; a rehearsal on a test clock needs data of its own")
	}
	a.rehearsal, err = a.openRehearsal(ctx)
	if err == nil {
		a.now, a.ids = a.rehearsal.clock.Now, ident.Seeded(a.rehearsal.seed)
	}
	return err
}

// openRooms makes the services of this process, with their databases and internal doors.
func (a *App) openRooms(ctx context.Context) error {
	for _, name := range eventlog.Services() {
		if a.cfg.runs(name) {
			a.board.internal[name] = rpc.NewMemory()
		}
	}
	for _, name := range eventlog.Services() {
		if !a.cfg.runs(name) {
			continue
		}
		r, err := a.openRoom(ctx, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		a.rooms = append(a.rooms, r)
	}
	return nil
}

func (a *App) openRoom(ctx context.Context, name string) (*room, error) {
	p := parts()[name]
	wires, err := a.board.wire(name)
	if err != nil {
		return nil, err
	}
	if name == eventlog.Journey {
		if wires.exporter, err = a.cfg.Telemetry.SpanExporter(ctx); err != nil {
			return nil, err
		}
	}
	r := &room{name: name}
	if r.db, err = a.openDB(ctx, name, p.migrations); err != nil {
		return nil, err
	}
	meter := a.telemetry.MeterProvider.Meter("handoff/" + name)
	if err := count(meter, name, r.db); err != nil {
		return nil, err
	}
	r.service, err = p.make(ctx, host.Host{DB: r.db, Now: a.now, IDs: a.ids, Logger: a.logger.With(slog.String("service", name)),
		Meter: meter, Test: a.cfg.TestClock}, wires)
	if err != nil {
		return nil, err
	}
	for _, dest := range r.service.Log().Destinations() {
		r.relays = append(r.relays, r.service.Log().NewRelay(dest, wires.events(dest)))
	}
	return r, a.openDoor(ctx, r, p.api)
}

// openDoor makes the internal door of a service.
func (a *App) openDoor(ctx context.Context, r *room, api protoreflect.ServiceDescriptor) error {
	policy, err := auth.Methods(api, eventv1.File_handoff_event_v1_event_service_proto.Services().ByName("EventService"))
	if err != nil {
		return err
	}
	cfg := a.server(r.name, policy)
	cfg.Door, cfg.Peers, cfg.Limits.ReceiveBytes = rpc.Internal, eventlog.Services(), 16<<20
	if addr := a.cfg.InternalAddr[r.name]; addr != "" {
		if cfg.TransportCredentials, err = a.cfg.Certificate.Server(); err != nil {
			return err
		}
		if r.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", addr); err != nil {
			return err
		}
	}
	if r.server, err = rpc.NewServer(cfg); err != nil {
		return err
	}
	r.service.Register(r.server)
	r.service.Log().Register(r.server)
	return nil
}

// openPublic makes the public door of the services of this process.
func (a *App) openPublic(ctx context.Context) (err error) {
	if !a.cfg.hasServices() {
		return nil
	}
	var names []string
	for _, r := range a.rooms {
		names = append(names, r.name)
	}
	descriptors, err := apis(names)
	if err != nil {
		return err
	}
	if a.rehearsal != nil {
		descriptors = append(descriptors, testclockv1.File_handoff_testclock_v1_testclock_service_proto.Services().ByName("TestClockService"))
	}
	policy, err := auth.Methods(descriptors...)
	if err != nil {
		return err
	}
	cfg := a.server("public", policy)
	cfg.Verifier, cfg.Peers = a.verifier, []string{Gateway}
	if a.rehearsal != nil {
		cfg.Around = a.rehearsal.around
	}
	if a.cfg.PublicCertificate.Cert != "" {
		if cfg.TransportCredentials, err = a.cfg.PublicCertificate.Server(); err != nil {
			return err
		}
	}
	if a.public, err = rpc.NewServer(cfg); err != nil {
		return err
	}
	for _, r := range a.rooms {
		r.service.Register(a.public)
	}
	if a.rehearsal != nil {
		a.rehearsal.open(a)
	}
	return nil
}

func (a *App) server(name string, policy auth.Policy) rpc.Config {
	return rpc.Config{Name: name, Policy: policy, Logger: a.logger, TracerProvider: a.telemetry.TracerProvider,
		MeterProvider: a.telemetry.MeterProvider, Propagator: a.telemetry.Propagator,
		Outage: func(err error) bool { return sqldb.IsUnavailable(err) || sqldb.IsSerialization(err) }}
}

// openVerifier makes what checks tokens: those of the issuer, or those of the local key.
func (a *App) openVerifier(ctx context.Context) (err error) {
	cfg := auth.VerifierConfig{Issuer: a.cfg.Issuer, Audience: a.cfg.Audience, Logger: a.logger}
	if a.cfg.Issuer == "" {
		if err := os.MkdirAll(a.cfg.DataDir, 0o700); err != nil {
			return err
		}
		if a.key, err = auth.LoadOrCreateKey(filepath.Join(a.cfg.DataDir, "local-key.pem")); err != nil {
			return err
		}
		cfg.Key = a.key
	}
	a.verifier, err = auth.NewVerifier(ctx, cfg)
	return err
}

// listen binds the public addresses.
func (a *App) listen(ctx context.Context) (err error) {
	var lc net.ListenConfig
	if a.cfg.GRPCAddr != "-" && a.public != nil {
		if a.grpcLn, err = lc.Listen(ctx, "tcp", a.cfg.GRPCAddr); err != nil {
			return fmt.Errorf("listen for gRPC: %w", err)
		}
	}
	if a.cfg.HTTPAddr != "-" && a.cfg.runs(Gateway) {
		if a.httpLn, err = lc.Listen(ctx, "tcp", a.cfg.HTTPAddr); err != nil {
			return fmt.Errorf("listen for HTTP: %w", err)
		}
	}
	return nil
}

// database is where a service keeps its data.
func (a *App) database(service string) sqldb.Config {
	cfg := sqldb.Config{Service: service, URL: a.cfg.DatabaseURL, Logger: a.logger}
	if cfg.URL == "" {
		cfg.Dir = a.cfg.DataDir
	}
	return cfg
}

func (a *App) openDB(ctx context.Context, service string, migrations func() (fs.FS, error)) (*sqldb.DB, error) {
	set, err := migrations()
	if err != nil {
		return nil, err
	}
	cfg := a.database(service)
	cfg.Migrations = set
	db, err := sqldb.Open(ctx, cfg)
	if err == nil {
		a.databases = append(a.databases, db)
	}
	return db, err
}

// rehearsal is a suite on a test clock.
type rehearsal struct {
	clock   *clock.Test
	seed    string
	db      *sqldb.DB
	service *testclock.Service
}
