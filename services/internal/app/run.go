package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/handoffhq/handoff/services/internal/auth"
)

// Run serves until the context ends, then stops in order. It closes the app. ready, if not nil, is called once everything
// answers.
func (a *App) Run(ctx context.Context, ready func()) (err error) {
	defer func() { err = errors.Join(err, a.close(context.WithoutCancel(ctx))) }()
	// The doors close first; the loops go on until the last call has been answered.
	doors, inside := context.WithCancel(context.WithoutCancel(ctx))
	defer inside()
	loops, stopLoops := context.WithCancel(context.WithoutCancel(ctx))
	defer stopLoops()

	var within errgroup.Group // internal doors and loops
	for _, r := range a.rooms {
		within.Go(func() error { return r.server.Serve(doors, a.internalListeners(r)...) })
	}
	public, publicCtx := errgroup.WithContext(ctx)
	if err := a.settle(ctx); err != nil {
		inside()
		return errors.Join(err, within.Wait())
	}
	a.runLoops(&within, loops)
	a.runPublic(public, publicCtx)
	a.logger.InfoContext(ctx, "serving", slog.String("grpc", a.GRPCAddr()), slog.String("http", a.HTTPAddr()), slog.Any("parts", a.cfg.Only))
	if ready != nil {
		ready()
	}
	err = public.Wait()
	stopLoops()
	inside()
	return errors.Join(err, within.Wait())
}

// settle brings an interrupted rehearsal to rest before anything new comes in.
func (a *App) settle(ctx context.Context) error {
	if a.rehearsal == nil {
		return nil
	}
	return a.rehearsal.service.Resume(ctx)
}

// runLoops delivers events, fires timers and does the upkeep. In a rehearsal nothing happens by itself.
func (a *App) runLoops(group *errgroup.Group, ctx context.Context) {
	if a.rehearsal != nil {
		return
	}
	for _, r := range a.rooms {
		acting := auth.WithActor(ctx, auth.Service(r.name))
		for _, relay := range r.relays {
			group.Go(func() error { return relay.Run(acting) })
		}
		group.Go(func() error { return r.service.Log().Run(acting) })
		group.Go(func() error { return r.service.Run(acting) })
	}
}

// runPublic serves people and platforms.
func (a *App) runPublic(group *errgroup.Group, ctx context.Context) {
	if a.public != nil {
		group.Go(func() error { return a.public.Serve(ctx, a.publicListeners()...) })
		group.Go(func() error { a.tellHealth(ctx); return nil })
	}
	if a.httpLn != nil {
		group.Go(func() error { return a.serveHTTP(ctx, a.httpLn, a.gatewayHandler) })
	}
	if a.cfg.MetricsAddr != "" {
		group.Go(func() error { return a.serveMetrics(ctx) })
	}
	group.Go(func() error { <-ctx.Done(); return nil }) // a process without doors still runs until it is told to stop
}

func (a *App) internalListeners(r *room) []net.Listener {
	listeners := []net.Listener{a.board.internal[r.name]}
	if r.listener != nil {
		listeners = append(listeners, r.listener)
	}
	return listeners
}

func (a *App) publicListeners() []net.Listener {
	listeners := []net.Listener{a.board.public}
	if a.grpcLn != nil {
		listeners = append(listeners, a.grpcLn)
	}
	return listeners
}

// How long HTTP connections may take.
const (
	headerTime = 5 * time.Second
	readTime   = 10 * time.Second // with the body; it is no limit for the answer, which may be a stream
	idleTime   = 2 * time.Minute
	drainTime  = 15 * time.Second
)

// serveHTTP serves a handler until the context ends, then lets running requests finish.
func (a *App) serveHTTP(ctx context.Context, listener net.Listener, handler func(context.Context) (http.Handler, error)) error {
	h, err := handler(ctx)
	if err != nil {
		return err
	}
	server := httpServer(h, a.logger)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

// httpServer serves a handler to callers who may be slow or many.
func httpServer(h http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, IdleTimeout: idleTime,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug)}
}

// serveMetrics serves metrics and liveness to whoever can reach the address.
func (a *App) serveMetrics(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.MetricsAddr)
	if err != nil {
		return err
	}
	return a.serveHTTP(ctx, listener, func(context.Context) (http.Handler, error) {
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", a.telemetry.Metrics)
		mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
		mux.HandleFunc("GET /readyz", a.readyz)
		return mux, nil
	})
}

// readyz answers whether every database of this process takes writes.
func (a *App) readyz(w http.ResponseWriter, r *http.Request) {
	for _, room := range a.rooms {
		if !a.lookAt(r.Context(), room) {
			http.Error(w, room.name+" cannot write", http.StatusServiceUnavailable)
			return
		}
	}
	w.WriteHeader(http.StatusOK)
}

// GRPCAddr is where this process speaks gRPC; empty for nowhere.
func (a *App) GRPCAddr() string { return addr(a.grpcLn) }

// HTTPAddr is where this process speaks REST; empty for nowhere.
func (a *App) HTTPAddr() string { return addr(a.httpLn) }

func addr(l net.Listener) string {
	if l == nil {
		return ""
	}
	return l.Addr().String()
}

// Key signs tokens for this installation; nil when an issuer does.
func (a *App) Key() *auth.Key { return a.key }

// close gives everything back.
func (a *App) close(ctx context.Context) error {
	var problems []error
	listeners := []net.Listener{a.grpcLn, a.httpLn}
	for _, r := range a.rooms {
		listeners = append(listeners, r.listener)
	}
	for _, l := range listeners {
		if l != nil {
			if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
				problems = append(problems, err)
			}
		}
	}
	if a.board != nil {
		problems = append(problems, a.board.close())
	}
	for _, db := range a.databases {
		problems = append(problems, db.Close())
	}
	if a.telemetry != nil {
		if err := a.telemetry.Shutdown(ctx); err != nil {
			a.logger.WarnContext(ctx, "telemetry was not sent to the end", slog.String("cause", err.Error()))
		}
	}
	return errors.Join(problems...)
}
