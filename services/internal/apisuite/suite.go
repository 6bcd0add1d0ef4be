package apisuite

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	testclockv1 "github.com/handoffhq/handoff/gen/go/handoff/testclock/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
)

// Transport is how a story is told.
type Transport string

// The transports.
const (
	GRPC Transport = "grpc"
	REST Transport = "rest"
)

// Transports are all of them.
func Transports() []Transport { return []Transport{GRPC, REST} }

// Suite is a running suite.
type Suite struct {
	// Key mints its tokens.
	Key *auth.Key
	// Conn connects to the public gRPC door that has a service, such as `scoring`.
	Conn func(service string) grpc.ClientConnInterface
	// URL is where it speaks REST, such as `http://127.0.0.1:8080`.
	URL string
	// Lockstep says that it stands on a test clock: whatever a change leads to has happened when the change is answered.
	Lockstep bool
	// Now is the time of a suite without a test clock.
	Now func() time.Time
}

// call is a request on somebody's behalf.
type call struct {
	method  *method
	token   string // empty for nobody
	request proto.Message
	json    *string
	text    *string
	headers map[string]string
}

// door takes calls.
type door interface {
	call(ctx context.Context, c call) (answer, error)
}

func (s *Suite) door(t Transport) door {
	if t == REST {
		return restDoor{s.URL}
	}
	return grpcDoor{s.Conn}
}

// token is a token of somebody.
func (s *Suite) token(subject string, of person) (string, error) {
	return s.Key.Mint(auth.Grant{Subject: subject, Roles: of.Roles, Kind: of.Kind, Partner: of.Partner, TTL: time.Hour})
}

// time is the suite's.
func (s *Suite) time(ctx context.Context) (time.Time, error) {
	if !s.Lockstep {
		return s.Now(), nil
	}
	ctx, client, err := s.clock(ctx)
	if err != nil {
		return time.Time{}, err
	}
	c, err := client.GetTestClock(ctx, &testclockv1.GetTestClockRequest{})
	return c.GetNow().AsTime(), err
}

// clock is the suite's test clock, and a context in which it can be moved.
func (s *Suite) clock(ctx context.Context) (context.Context, testclockv1.TestClockServiceClient, error) {
	token, err := s.token("clock", person{Roles: []accessv1.Role{accessv1.Role_ROLE_REVOPS}})
	if err != nil {
		return nil, nil, fmt.Errorf("mint token: %w", err)
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token), testclockv1.NewTestClockServiceClient(s.Conn("testclock")), nil
}
