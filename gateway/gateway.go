package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"

	attributiongw "github.com/handoffhq/handoff/gen/gateway/handoff/attribution/v1"
	feedbackgw "github.com/handoffhq/handoff/gen/gateway/handoff/feedback/v1"
	journeygw "github.com/handoffhq/handoff/gen/gateway/handoff/journey/v1"
	playbookgw "github.com/handoffhq/handoff/gen/gateway/handoff/playbook/v1"
	routinggw "github.com/handoffhq/handoff/gen/gateway/handoff/routing/v1"
	scoringgw "github.com/handoffhq/handoff/gen/gateway/handoff/scoring/v1"
	slagw "github.com/handoffhq/handoff/gen/gateway/handoff/sla/v1"
	testclockgw "github.com/handoffhq/handoff/gen/gateway/handoff/testclock/v1"
	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	testclockv1 "github.com/handoffhq/handoff/gen/go/handoff/testclock/v1"
)

// MaxBody is how large the body of a request may be, in bytes.
const MaxBody = 1 << 20

// Config says what a gateway stands in front of.
type Config struct {
	// The public doors of the services. All but TestClock are required.
	Playbook, Scoring, Routing, SLA, Feedback, Attribution, Journey grpc.ClientConnInterface
	// TestClock is the door of the test clock; nil where there is none.
	TestClock grpc.ClientConnInterface
	// Authenticate refuses a request without valid credentials before its body is read. The services check again.
	Authenticate func(*http.Request) error
	// Ready reports why the suite cannot answer now; nil means that it can.
	Ready func(context.Context) error

	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider
	Propagator     propagation.TextMapPropagator
}

// Validate reports everything that is missing.
func (c Config) Validate() error {
	var problems []error
	for name, conn := range map[string]grpc.ClientConnInterface{"playbook": c.Playbook, "scoring": c.Scoring, "routing": c.Routing,
		"sla": c.SLA, "feedback": c.Feedback, "attribution": c.Attribution, "journey": c.Journey} {
		if conn == nil {
			problems = append(problems, fmt.Errorf("gateway has no connection to %s", name))
		}
	}
	if c.Authenticate == nil || c.Ready == nil {
		problems = append(problems, errors.New("gateway cannot authenticate or tell whether it is ready"))
	}
	return errors.Join(problems...)
}

// New makes the handler of the whole REST API.
func New(ctx context.Context, cfg Config) (http.Handler, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	api := runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, &runtime.HTTPBodyMarshaler{Marshaler: newJSON()}),
		runtime.WithIncomingHeaderMatcher(func(string) (string, bool) { return "", false }), // Authorization passes by itself
		runtime.WithOutgoingHeaderMatcher(func(string) (string, bool) { return "", false }),
		runtime.WithErrorHandler(writeError),
		runtime.WithStreamErrorHandler(streamError),
		runtime.WithRoutingErrorHandler(writeRoutingError),
		runtime.WithForwardResponseOption(writeETag),
		runtime.WithForwardResponseOption(confine),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithMiddlewares(findRoute),
	)
	if err := register(ctx, api, cfg); err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/v1/", cfg.traced(cfg.guarded(withHeaders(api))))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", cfg.readyz)
	documents(mux)
	return mux, nil
}

// register connects every service's routes. The interceptor carries what came in headers into the requests.
func register(ctx context.Context, api *runtime.ServeMux, cfg Config) error {
	err := errors.Join(
		playbookgw.RegisterPlaybookServiceHandlerClient(ctx, api, playbookv1.NewPlaybookServiceClient(filling{cfg.Playbook})),
		scoringgw.RegisterScoringServiceHandlerClient(ctx, api, scoringv1.NewScoringServiceClient(filling{cfg.Scoring})),
		routinggw.RegisterRoutingServiceHandlerClient(ctx, api, routingv1.NewRoutingServiceClient(filling{cfg.Routing})),
		slagw.RegisterSlaServiceHandlerClient(ctx, api, slav1.NewSlaServiceClient(filling{cfg.SLA})),
		feedbackgw.RegisterFeedbackServiceHandlerClient(ctx, api, feedbackv1.NewFeedbackServiceClient(filling{cfg.Feedback})),
		attributiongw.RegisterAttributionServiceHandlerClient(ctx, api, attributionv1.NewAttributionServiceClient(filling{cfg.Attribution})),
		journeygw.RegisterJourneyServiceHandlerClient(ctx, api, journeyv1.NewJourneyServiceClient(filling{cfg.Journey})),
	)
	if err != nil || cfg.TestClock == nil {
		return err
	}
	return testclockgw.RegisterTestClockServiceHandlerClient(ctx, api, testclockv1.NewTestClockServiceClient(filling{cfg.TestClock}))
}

// guarded refuses whoever has no credentials before the body is read, and bodies that are too large before they are
// decoded.
func (c Config) guarded(next http.Handler) http.Handler {
	limited := http.MaxBytesHandler(next, MaxBody)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := c.Authenticate(r); err != nil {
			w.Header().Set("WWW-Authenticate", "Bearer")
			writeStatus(w, err)
			return
		}
		if r.ContentLength > MaxBody {
			writeStatus(w, errTooLarge())
			return
		}
		limited.ServeHTTP(w, r)
	})
}

func (c Config) readyz(w http.ResponseWriter, r *http.Request) {
	if err := c.Ready(r.Context()); err != nil {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}
