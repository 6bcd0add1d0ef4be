package apisuite

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
)

// Closed asks every method of the API for what nobody may get, over both transports:
//
//	no credentials, or forged ones   UNAUTHENTICATED, in one text
//	a role that the method names not PERMISSION_DENIED; one that it names, anything else
//	an unknown JSON field            INVALID_ARGUMENT
//	a method for services alone      UNIMPLEMENTED, at each public door
//	a method without a REST path     no address leads to it
//
// The methods are those of the protos: one that is added later is asked too.
func (s *Suite) Closed(t *testing.T) {
	t.Helper()
	for _, m := range methods() {
		t.Run(m.String(), func(t *testing.T) {
			c := closing{s, m, t}
			switch {
			case m.access.GetInternal() || !s.serves(m):
				c.unimplemented()
			default:
				c.strangers(GRPC)
				c.roles(GRPC)
			}
			switch {
			case m.rule == nil:
				c.unreachable()
			case s.serves(m):
				c.strangers(REST)
				c.roles(REST)
				c.unknownField()
			}
		})
	}
}

// serves says whether the suite has the service of a method; only in a rehearsal is there a test clock.
func (s *Suite) serves(m *method) bool { return s.Lockstep || m.service() != "testclock" }

// services are those with public methods.
func services() []string {
	var names []string
	for _, m := range methods() {
		if !m.access.GetInternal() && m.service() != "testclock" {
			names = append(names, m.service())
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// closing asks one method.
type closing struct {
	suite  *Suite
	method *method
	t      *testing.T
}

func (c closing) ask(transport Transport, token string) answer {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	var got answer
	var err error
	if transport == REST {
		got, err = restDoor{c.suite.URL}.raw(ctx, token, c.sample("{}", ""))
	} else {
		got, err = c.suite.door(GRPC).call(ctx, call{method: c.method, token: token, request: c.method.request()})
	}
	if err != nil {
		c.t.Fatalf("%s: %v", transport, err)
	}
	return got
}

// sample is a REST request to the method, with something in the place of each variable of the path.
func (c closing) sample(body, query string) restRequest {
	verb, template := verb(c.method.rule)
	path := strings.ReplaceAll(pathVariable.ReplaceAllStringFunc(template, pattern), "*", "x")
	if c.method.rule.GetBody() == "" {
		return restRequest{verb: verb, path: path + query}
	}
	return restRequest{verb: verb, path: path, body: []byte(body)}
}

// pattern is what stands for a variable in the template of a path.
func pattern(part string) string {
	if _, pattern, has := strings.Cut(strings.Trim(part, "{}"), "="); has {
		return pattern
	}
	return "*"
}

// strangers have no credentials, or such as count for nothing. All get the same answer.
func (c closing) strangers(transport Transport) {
	c.t.Helper()
	first := c.ask(transport, "")
	if first.Code != codes.Unauthenticated || first.Reason != "CREDENTIALS_INVALID" {
		c.t.Errorf("%s without credentials got %s", transport, first)
	}
	for _, forged := range []string{"nonsense", "e30.e30.", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ5b3UiLCJyb2xlcyI6WyJyZXZvcHMiXX0."} {
		if got := c.ask(transport, forged); got.String() != first.String() {
			c.t.Errorf("%s with the token %s got %s\nwithout one %s", transport, forged, got, first)
		}
	}
}

// roles are all that there are. A stream of whoever may have it does not end, so it is not begun.
func (c closing) roles(transport Transport) {
	c.t.Helper()
	for number := range accessv1.Role_name {
		role := accessv1.Role(number)
		allowed := slices.Contains(c.method.access.GetRoles(), role)
		if role == accessv1.Role_ROLE_UNSPECIFIED || (allowed && c.method.desc.IsStreamingServer()) {
			continue
		}
		got := c.ask(transport, c.token(role))
		if refused := got.Code == codes.PermissionDenied && got.Reason == "ROLE_MISSING"; refused == allowed {
			c.t.Errorf("%s as %s got %s, want it refused: %v", transport, auth.RoleName(role), got, !allowed)
		}
	}
}

func (c closing) token(role accessv1.Role) string {
	c.t.Helper()
	is := person{Roles: []accessv1.Role{role}}
	if role == accessv1.Role_ROLE_PARTNER {
		is.Partner = "stranger"
	}
	token, err := c.suite.token("stranger", is)
	if err != nil {
		c.t.Fatal(err)
	}
	return token
}

// may is a token of somebody who may call the method.
func (c closing) may() string { return c.token(c.method.access.GetRoles()[0]) }

// unknownField stands in the body, or in the query where there is no body.
func (c closing) unknownField() {
	c.t.Helper()
	got, err := restDoor{c.suite.URL}.raw(c.t.Context(), c.may(), c.sample(`{"noSuchField": 1}`, "?noSuchField=1"))
	if err != nil {
		c.t.Fatal(err)
	}
	if got.Code != codes.InvalidArgument || got.Reason != "FIELD_INVALID" || !strings.Contains(got.Message, "noSuchField") {
		c.t.Errorf("an unknown field got %s", got)
	}
}

// unimplemented is what every public door says of the method.
func (c closing) unimplemented() {
	c.t.Helper()
	for _, service := range services() {
		ctx, cancel := context.WithTimeout(c.t.Context(), patience)
		got, err := grpcDoor{func(string) grpcConn { return c.suite.Conn(service) }}.call(ctx,
			call{method: c.method, token: c.may(), request: c.method.request()})
		cancel()
		if err != nil || got.Code != codes.Unimplemented {
			c.t.Errorf("the public door of %s: got %s, %v", service, got, err)
		}
	}
}

// unreachable is a method to which no address leads.
func (c closing) unreachable() {
	c.t.Helper()
	for _, path := range []string{c.method.full(), "/v1" + c.method.full(), fmt.Sprintf("/v1/%s:%s", c.method.service(), c.method.desc.Name())} {
		got, err := restDoor{c.suite.URL}.raw(c.t.Context(), c.may(), restRequest{verb: "POST", path: path, body: []byte("{}")})
		if err != nil || got.http < 400 {
			c.t.Errorf("%s: got %s, %v", path, got, err)
		}
	}
}
