package gateway

import (
	"context"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// serverName stands in spans and metrics for what callers write into their Host header, which would let anybody make new
// time series. Port 80 is left out of them, as the default of plain HTTP.
const serverName = "gateway:80"

// traced makes a span and counts of each request, under the route that it took.
func (c Config) traced(next http.Handler) http.Handler {
	options := []otelhttp.Option{
		otelhttp.WithPublicEndpointFn(func(*http.Request) bool { return true }),
		otelhttp.WithServerName(serverName),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Method + " " + r.Pattern }),
	}
	if c.TracerProvider != nil {
		options = append(options, otelhttp.WithTracerProvider(c.TracerProvider))
	}
	if c.MeterProvider != nil {
		options = append(options, otelhttp.WithMeterProvider(c.MeterProvider))
	}
	if c.Propagator != nil {
		options = append(options, otelhttp.WithPropagators(c.Propagator))
	}
	return otelhttp.NewHandler(routed(next), "REST", options...)
}

// route is where the mux of the API writes the route that it found; empty for none.
type route struct{ template string }

type routeKey struct{}

// routed puts the route of the API into the request, where the instruments look for it.
func routed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found := &route{}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), routeKey{}, found)))
		if found.template != "" {
			r.Pattern = found.template
		}
	})
}

// findRoute tells the instruments which route a request took.
func findRoute(next runtime.HandlerFunc) runtime.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		found, wanted := r.Context().Value(routeKey{}).(*route)
		if pattern, ok := runtime.HTTPPattern(r.Context()); ok && wanted {
			found.template = pattern.String()
			trace.SpanFromContext(r.Context()).SetAttributes(attribute.String("http.route", found.template))
		}
		next(w, r, params)
	}
}
