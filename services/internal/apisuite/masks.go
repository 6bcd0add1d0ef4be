package apisuite

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.einride.tech/aip/fieldbehavior"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// specimen is a resource on which an update is tried. Its texts are protobuf JSON, in which $ID is an id of its own.
type specimen struct {
	create, request string // the method that makes it, and its request
	least           string // what the resource cannot do without, besides what never changes
	spare           string // a field that it has and can do without
	change          string // another value of that field
}

// specimens are one for each update of the API.
var specimens = map[string]specimen{
	"AttributionService/UpdateCampaign": {"AttributionService/CreateCampaign",
		`{"campaignId": "$ID", "campaign": {"displayName": "Spring", "channel": "email"}}`,
		`{"displayName": "Spring"}`, "channel", `{"channel": "webinar"}`},
	"AttributionService/UpdateOpportunity": {"AttributionService/CreateOpportunity",
		`{"opportunity": {"source": "crm", "sourceId": "$ID", "stage": "demo", "amount": {"currencyCode": "USD", "units": "10"}}}`,
		`{}`, "amount", `{"amount": {"currencyCode": "EUR", "units": "3"}}`},
	"RoutingService/UpdateRep": {"RoutingService/CreateRep",
		`{"repId": "$ID", "rep": {"displayName": "Ann", "team": "east", "maxOpen": 3}}`,
		`{"displayName": "Ann"}`, "max_open", `{"maxOpen": 0}`},
	"RoutingService/UpdateAbsence": {"RoutingService/CreateAbsence",
		`{"parent": "reps/away-$ID", "absence": {"startTime": "2031-03-03T09:00:00Z", "endTime": "2031-03-04T09:00:00Z", "kind": "vacation"}}`,
		`{"startTime": "2031-03-03T09:00:00Z", "endTime": "2031-03-04T09:00:00Z"}`, "kind", `{"kind": "training"}`},
	"RoutingService/UpdatePool": {"RoutingService/CreatePool",
		`{"poolId": "$ID", "pool": {"displayName": "East", "mode": "MODE_FAIR"}}`,
		`{"displayName": "East"}`, "", `{"displayName": "West"}`},
	"RoutingService/UpdateQueue": {"RoutingService/CreateQueue",
		`{"queueId": "$ID", "queue": {"displayName": "Customers"}}`,
		`{"displayName": "Customers"}`, "", `{"displayName": "Partners"}`},
	"ScoringService/UpdateLead": {"ScoringService/CreateLead",
		`{"lead": {"source": "website", "sourceId": "$ID", "title": "CEO", "attributes": {"a": "1", "b": "2"}}}`,
		`{}`, "attributes", `{"attributes": {"b": "3"}}`},
	"ScoringService/UpdateAccount": {"ScoringService/CreateAccount",
		`{"account": {"source": "crm", "sourceId": "$ID", "displayName": "Initech", "industry": "software", "technologies": ["go", "sql"]}}`,
		`{"displayName": "Initech"}`, "technologies", `{"technologies": ["go"]}`},
	"ScoringService/UpdateReferenceList": {"ScoringService/UpdateReferenceList",
		`{"referenceList": {"name": "referenceLists/$LIST", "values": ["a", "b"]}}`,
		`{}`, "values", `{"values": ["c"]}`},
	"SlaService/UpdateCalendar": {"SlaService/CreateCalendar",
		`{"calendarId": "$ID", "calendar": {"timeZone": "UTC", "hours": {"mon": {"intervals": [{"open": "09:00", "close": "17:00"}]}}, "holidays": ["2026-05-25"], "dayHours": "28800s"}}`,
		`{"timeZone": "UTC", "hours": {"mon": {"intervals": [{"open": "09:00", "close": "17:00"}]}}}`, "holidays", `{"holidays": ["2026-12-25"]}`},
}

// homes are what must be there before a resource can be, for some of the updates: the method that makes it, and its request.
var homes = map[string]struct{ create, request string }{
	"RoutingService/UpdateAbsence": {"RoutingService/CreateRep", `{"repId": "away-$ID", "rep": {"displayName": "Ann"}}`},
}

// Masks makes sure that every update of the API takes its mask in the same way, over both transports:
//
//	an unknown path, one into a text, * beside others   INVALID_ARGUMENT, and says update_mask
//	nothing set, no mask                                nothing changes, whatever the resource requires
//	something set, no mask                              that changes as a whole, and nothing else
//	what only the service writes, named and set         is ignored
//	what never changes, named                           as it is: nothing; otherwise INVALID_ARGUMENT, and says the field
//	what is required, named and not set                 INVALID_ARGUMENT, and says the field
//	*                                                   what is not set is cleared; the resource as it was read: nothing changes
//
// The updates are those of the protos: one that is added later is asked too, and needs a specimen.
func (s *Suite) Masks(t *testing.T) {
	t.Helper()
	for _, m := range methods() {
		if !strings.HasPrefix(string(m.desc.Name()), "Update") {
			continue
		}
		t.Run(m.String(), func(t *testing.T) {
			of, known := specimens[m.String()]
			if !known {
				t.Fatal("has no specimen to be tried on")
			}
			for _, transport := range Transports() {
				trial := newTrial(t, s, m, transport, of)
				trial.refusals()
				trial.changes()
				trial.ours()
				trial.fixed()
				trial.required()
				trial.everything()
			}
		})
	}
}

// trial tries one update on one resource.
type trial struct {
	t         *testing.T
	suite     *Suite
	method    *method
	transport Transport
	specimen
	holder   protoreflect.FieldDescriptor // of the resource in the request
	resource proto.Message                // as it is
}

func newTrial(t *testing.T, s *Suite, m *method, transport Transport, of specimen) *trial {
	t.Helper()
	w := &trial{t: t, suite: s, method: m, transport: transport, specimen: of}
	fields := m.desc.Input().Fields()
	for i := range fields.Len() {
		if fields.Get(i).Message() != nil && fields.Get(i).Message().FullName() == m.desc.Output().FullName() {
			w.holder = fields.Get(i)
		}
	}
	if w.holder == nil || fields.ByName("update_mask") == nil {
		t.Fatal("takes no resource, or no mask")
	}
	if home, wanted := homes[m.String()]; wanted {
		w.make(home.create, home.request)
	}
	w.resource = w.read(w.make(of.create, of.request))
	return w
}

// make makes something by a method and a request in which $ID is an id of its own.
func (w *trial) make(by, like string) answer {
	w.t.Helper()
	creator, id := lookUp(by), "mask-"+string(w.transport)
	request := creator.request()
	text := strings.NewReplacer("$ID", id, "$LIST", strings.ReplaceAll(id, "-", "_")).Replace(like)
	if err := protojson.Unmarshal([]byte(text), request); err != nil {
		w.t.Fatal(err)
	}
	token := closing{w.suite, creator, w.t}.may()
	got, err := w.suite.door(GRPC).call(w.t.Context(), call{method: creator, token: token, request: request})
	if err != nil || got.Code != codes.OK {
		w.t.Fatalf("create: got %s, %v", got, err)
	}
	return got
}

// read is the resource in an answer.
func (w *trial) read(a answer) proto.Message {
	w.t.Helper()
	text, err := json.Marshal(a.Response)
	m := w.method.response()
	if err := errors.Join(err, protojson.Unmarshal(text, m)); err != nil {
		w.t.Fatalf("%s: %v", a, err)
	}
	return m
}

// blank is the resource with nothing but its name.
func (w *trial) blank() protoreflect.Message {
	m := w.method.response().ProtoReflect()
	name := m.Descriptor().Fields().ByName("name")
	m.Set(name, w.resource.ProtoReflect().Get(name))
	return m
}

// like is the resource with nothing but its name and what a text says.
func (w *trial) like(text string) protoreflect.Message {
	w.t.Helper()
	m := w.method.response()
	if err := protojson.Unmarshal([]byte(text), m); err != nil {
		w.t.Fatal(err)
	}
	proto.Merge(m, w.blank().Interface())
	return m.ProtoReflect()
}

// update sends a resource and a mask.
func (w *trial) update(to protoreflect.Message, paths ...string) answer {
	w.t.Helper()
	var got answer
	var err error
	token := closing{w.suite, w.method, w.t}.may()
	if w.transport == GRPC {
		request := w.method.request().ProtoReflect()
		request.Set(w.holder, protoreflect.ValueOfMessage(to))
		request.Set(w.method.desc.Input().Fields().ByName("update_mask"), protoreflect.ValueOfMessage((&fieldmaskpb.FieldMask{Paths: paths}).ProtoReflect()))
		got, err = w.suite.door(GRPC).call(w.t.Context(), call{method: w.method, token: token, request: request.Interface()})
	} else {
		r := restRequest{verb: "PATCH", path: "/v1/" + to.Get(to.Descriptor().Fields().ByName("name")).String()}
		if len(paths) > 0 {
			r.path += "?updateMask=" + url.QueryEscape(strings.Join(w.inJSON(paths), ","))
		}
		if r.body, err = protojson.Marshal(to.Interface()); err == nil {
			got, err = restDoor{w.suite.URL}.take(w.t.Context(), token, w.method, r)
		}
	}
	if err != nil {
		w.t.Fatalf("%s %v: %v", w.transport, paths, err)
	}
	return got
}

// inJSON are the paths as JSON spells them.
func (w *trial) inJSON(paths []string) []string {
	spelt := slices.Clone(paths)
	for i, path := range paths {
		if field := w.method.desc.Output().Fields().ByTextName(path); field != nil {
			spelt[i] = field.JSONName()
		}
	}
	return spelt
}

// gives says what the resource is after an update, but for its version.
func (w *trial) gives(what string, got answer, want protoreflect.Message) {
	w.t.Helper()
	if got.Code != codes.OK {
		w.t.Errorf("%s: %s: got %s", w.transport, what, got)
		return
	}
	w.resource = w.read(got)
	if diff := cmp.Diff(said(want.Interface()), said(w.resource)); diff != "" {
		w.t.Errorf("%s: %s (-want +got):\n%s", w.transport, what, diff)
	}
}

// refuses says which field an answer complains of.
func (w *trial) refuses(what string, got answer, field string) {
	w.t.Helper()
	if got.Code != codes.InvalidArgument || got.Reason != "FIELD_INVALID" || len(got.Violations) != 1 || got.Violations[0].Field != field {
		w.t.Errorf("%s: %s: got %s, want a violation of %s", w.transport, what, got, field)
	}
}

// now is the resource as it is.
func (w *trial) now() protoreflect.Message { return proto.Clone(w.resource).ProtoReflect() }

// fields are those of the resource with a behaviour.
func (w *trial) fields(behavior annotations.FieldBehavior) []protoreflect.FieldDescriptor {
	var found []protoreflect.FieldDescriptor
	all := w.method.desc.Output().Fields()
	for i := range all.Len() {
		if fieldbehavior.Has(all.Get(i), behavior) {
			found = append(found, all.Get(i))
		}
	}
	return found
}

// said is what a resource says, without its version.
func said(m proto.Message) map[string]any {
	a, err := responded(m)
	all, ok := a.Response.(map[string]any)
	if err != nil || !ok {
		return map[string]any{"cannot be spelt": fmt.Sprint(err)}
	}
	maps.DeleteFunc(all, func(name string, _ any) bool { return slices.Contains([]string{"etag", "update_time"}, name) })
	return all
}
