package app

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protoreflect"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/attribution"
	"github.com/handoffhq/handoff/services/feedback"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/journey"
	"github.com/handoffhq/handoff/services/playbook"
	"github.com/handoffhq/handoff/services/routing"
	"github.com/handoffhq/handoff/services/scoring"
	"github.com/handoffhq/handoff/services/sla"
)

// service is what every service offers to the process that runs it.
type service interface {
	Register(r grpc.ServiceRegistrar)
	Log() *eventlog.Log
	Run(ctx context.Context) error
}

// timed is a service that plans things.
type timed interface {
	NextDue(ctx context.Context) (time.Time, bool, error)
	Fire(ctx context.Context) error
}

// part is how a service is made.
type part struct {
	api        protoreflect.ServiceDescriptor
	migrations func() (fs.FS, error)
	make       func(ctx context.Context, h host.Host, w *wiring) (service, error)
}

// parts are the services of the suite, by name.
func parts() map[string]part {
	return map[string]part{
		eventlog.Playbook: {
			api:        playbookv1.File_handoff_playbook_v1_playbook_service_proto.Services().ByName("PlaybookService"),
			migrations: playbook.Migrations,
			make: func(ctx context.Context, h host.Host, w *wiring) (service, error) {
				return playbook.New(ctx, playbook.Config{Host: h, Peers: w.rehearsers()})
			},
		},
		eventlog.Scoring: {
			api:        scoringv1.File_handoff_scoring_v1_scoring_service_proto.Services().ByName("ScoringService"),
			migrations: scoring.Migrations,
			make: func(ctx context.Context, h host.Host, w *wiring) (service, error) {
				return scoring.New(ctx, scoring.Config{Host: h, Playbooks: w.playbooks(), Routing: w.routing()})
			},
		},
		eventlog.Routing: {
			api:        routingv1.File_handoff_routing_v1_routing_service_proto.Services().ByName("RoutingService"),
			migrations: routing.Migrations,
			make: func(ctx context.Context, h host.Host, w *wiring) (service, error) {
				return routing.New(ctx, routing.Config{Host: h, Playbook: w.playbooks(), Scoring: w.scoring()})
			},
		},
		eventlog.SLA: {
			api:        slav1.File_handoff_sla_v1_sla_service_proto.Services().ByName("SlaService"),
			migrations: sla.Migrations,
			make: func(ctx context.Context, h host.Host, w *wiring) (service, error) {
				return sla.New(ctx, sla.Config{Host: h, Playbook: w.playbooks(), Routing: w.routing()})
			},
		},
		eventlog.Feedback: {
			api:        feedbackv1.File_handoff_feedback_v1_feedback_service_proto.Services().ByName("FeedbackService"),
			migrations: feedback.Migrations,
			make: func(ctx context.Context, h host.Host, w *wiring) (service, error) {
				return feedback.New(ctx, feedback.Config{Host: h, Playbooks: w.playbooks(), Routing: w.routing(), Scoring: w.scoring()})
			},
		},
		eventlog.Attribution: {
			api:        attributionv1.File_handoff_attribution_v1_attribution_service_proto.Services().ByName("AttributionService"),
			migrations: attribution.Migrations,
			make: func(ctx context.Context, h host.Host, w *wiring) (service, error) {
				return attribution.New(ctx, attribution.Config{Host: h, Playbooks: w.playbooks()})
			},
		},
		eventlog.Journey: {
			api:        journeyv1.File_handoff_journey_v1_journey_service_proto.Services().ByName("JourneyService"),
			migrations: journey.Migrations,
			make: func(ctx context.Context, h host.Host, w *wiring) (service, error) {
				return journey.New(ctx, journey.Config{Host: h, Routing: w.routing(), Events: w.everyLog(), Exporter: w.exporter, TraceURI: w.traceURI})
			},
		},
	}
}

// policyOf says who may call the methods of services.
func apis(names []string) ([]protoreflect.ServiceDescriptor, error) {
	all := parts()
	var out []protoreflect.ServiceDescriptor
	for _, name := range names {
		if all[name].api == nil {
			return nil, fmt.Errorf("service %s has no API", name)
		}
		out = append(out, all[name].api)
	}
	return out, nil
}
