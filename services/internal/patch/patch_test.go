package patch_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/patch"
)

const name = "opportunities/019cadc69afb7c1e9a0f3c1d2e4b5a69"

func stored() *attributionv1.Opportunity {
	return &attributionv1.Opportunity{Name: name, Source: "crm", SourceId: "7", Stage: "demo", Owner: "reps/ann",
		Contacts: []*attributionv1.Contact{{Lead: "leads/1"}}, Amount: &money.Money{CurrencyCode: "USD", Units: 10, Nanos: 500_000_000},
		OpenTime: &timestamppb.Timestamp{Seconds: 5, Nanos: 5}, Test: true, Etag: `"3"`}
}

func update(o *attributionv1.Opportunity, mask []string) *attributionv1.UpdateOpportunityRequest {
	return &attributionv1.UpdateOpportunityRequest{Opportunity: o, UpdateMask: &fieldmaskpb.FieldMask{Paths: mask}}
}

func TestApply(t *testing.T) {
	t.Parallel()
	euros := &money.Money{CurrencyCode: "EUR", Units: 3}
	for _, tt := range []struct {
		name   string
		mask   []string
		wanted *attributionv1.Opportunity
		want   func(o *attributionv1.Opportunity)
	}{
		{"nothing", nil, &attributionv1.Opportunity{}, func(*attributionv1.Opportunity) {}},
		{"what is set", nil, &attributionv1.Opportunity{Stage: "new", Contacts: []*attributionv1.Contact{{Lead: "leads/2"}}},
			func(o *attributionv1.Opportunity) {
				o.Stage, o.Contacts = "new", []*attributionv1.Contact{{Lead: "leads/2"}}
			}},
		{"a message as a whole", nil, &attributionv1.Opportunity{Amount: euros}, func(o *attributionv1.Opportunity) { o.Amount = euros }},
		{"what the mask names", []string{"stage"}, &attributionv1.Opportunity{Stage: "new", Owner: "ignored"},
			func(o *attributionv1.Opportunity) { o.Stage = "new" }},
		{"what the mask names and is not set", []string{"stage", "contacts", "amount"}, &attributionv1.Opportunity{},
			func(o *attributionv1.Opportunity) { o.Stage, o.Contacts, o.Amount = "", nil, nil }},
		{"a field as a whole by paths into it", []string{"amount.units", "amount.currency_code"}, &attributionv1.Opportunity{Amount: euros},
			func(o *attributionv1.Opportunity) { o.Amount = euros }},
		{"a field that is named twice", []string{"stage", "stage"}, &attributionv1.Opportunity{Stage: "new"},
			func(o *attributionv1.Opportunity) { o.Stage = "new" }},
		{"everything", []string{"*"}, &attributionv1.Opportunity{Stage: "new"},
			func(o *attributionv1.Opportunity) {
				o.Stage, o.Owner, o.Contacts, o.Amount, o.OpenTime = "new", "", nil, nil, nil
			}},
		{"what only the service writes", nil, &attributionv1.Opportunity{Name: "x", Etag: `"9"`, SourcedBy: playbookv1.Team_TEAM_SALES},
			func(*attributionv1.Opportunity) {}},
		{"it, named", []string{"name", "etag", "sourced_by", "test"}, &attributionv1.Opportunity{Etag: `"9"`}, func(*attributionv1.Opportunity) {}},
		{"what never changes, as it is", []string{"source", "source_id"}, &attributionv1.Opportunity{Source: "crm", SourceId: "7"},
			func(*attributionv1.Opportunity) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			before, sent, want := stored(), proto.CloneOf(tt.wanted), stored()
			tt.want(want)
			got, err := patch.Apply(update(tt.wanted, tt.mask), before, tt.wanted)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Errorf("changed (-want +got):\n%s", diff)
			}
			got.Contacts, got.Amount = append(got.GetContacts(), &attributionv1.Contact{Lead: "leads/9"}), nil
			if diff := cmp.Diff([]proto.Message{stored(), sent}, []proto.Message{before, tt.wanted}, protocmp.Transform()); diff != "" {
				t.Errorf("what was given was touched (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatCannotBeApplied(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		mask   []string
		wanted *attributionv1.Opportunity
		field  string
	}{
		{"an unknown path", []string{"stage", "price"}, &attributionv1.Opportunity{}, "update_mask"},
		{"an empty one", []string{""}, &attributionv1.Opportunity{}, "update_mask"},
		{"a JSON name", []string{"sourceId"}, &attributionv1.Opportunity{}, "update_mask"},
		{"a path into a text", []string{"stage.x"}, &attributionv1.Opportunity{}, "update_mask"},
		{"a path to nowhere in a message", []string{"amount.cents"}, &attributionv1.Opportunity{}, "update_mask"},
		{"a path that does not end", []string{"amount."}, &attributionv1.Opportunity{}, "update_mask"},
		{"a star beside others", []string{"*", "stage"}, &attributionv1.Opportunity{}, "update_mask"},
		{"a star in a message", []string{"amount.*"}, &attributionv1.Opportunity{}, "update_mask"},
		{"another value of what never changes", nil, &attributionv1.Opportunity{Source: "erp"}, "opportunity.source"},
		{"no value of what never changes", []string{"source_id"}, &attributionv1.Opportunity{}, "opportunity.source_id"},
		{"another value of it among everything", []string{"*"}, &attributionv1.Opportunity{SourceId: "8"}, "opportunity.source_id"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := patch.Apply(update(tt.wanted, tt.mask), stored(), tt.wanted)
			if f := fault.As(err); f == nil || f.Kind != fault.Invalid || len(f.Violations) != 1 || f.Violations[0].Field != tt.field {
				t.Errorf("got %v, want a violation of %s", err, tt.field)
			}
		})
	}
}

func TestPathsIntoListsAndMapsAreRefused(t *testing.T) {
	t.Parallel()
	pool, calendar := &routingv1.Pool{}, &slav1.Calendar{}
	_, list := patch.Read(&routingv1.UpdatePoolRequest{Pool: pool, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"members.rep"}}}, pool)
	_, dictionary := patch.Read(&slav1.UpdateCalendarRequest{Calendar: calendar, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"hours.intervals"}}}, calendar)
	for kind, err := range map[string]error{"list": list, "map": dictionary} {
		if fault.As(err) == nil {
			t.Errorf("%s: got %v", kind, err)
		}
	}
}

func TestAnOptionalFieldIsSetToNothingAndIsCleared(t *testing.T) {
	t.Parallel()
	before := &routingv1.Rep{DisplayName: "Ann", MaxOpen: proto.Int32(3)}
	for name, tt := range map[string]struct {
		mask   []string
		wanted *routingv1.Rep
		want   *int32
	}{
		"set to zero": {nil, &routingv1.Rep{MaxOpen: proto.Int32(0)}, proto.Int32(0)},
		"cleared":     {[]string{"max_open"}, &routingv1.Rep{}, nil},
		"left alone":  {nil, &routingv1.Rep{Team: "east"}, proto.Int32(3)},
	} {
		got, err := patch.Apply(&routingv1.UpdateRepRequest{Rep: tt.wanted, UpdateMask: &fieldmaskpb.FieldMask{Paths: tt.mask}}, before, tt.wanted)
		if diff := cmp.Diff(tt.want, got.MaxOpen); diff != "" || err != nil {
			t.Errorf("%s: got error %v, and (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestChangesSaysWhatIsNamedOrSet(t *testing.T) {
	t.Parallel()
	o := &attributionv1.Opportunity{Name: name, Stage: "new"}
	for _, tt := range []struct {
		mask  []string
		field string
		want  bool
	}{
		{nil, "stage", true}, {nil, "owner", false}, {nil, "name", false},
		{[]string{"owner"}, "owner", true}, {[]string{"owner"}, "stage", false},
		{[]string{"*"}, "owner", true}, {[]string{"*"}, "test", false}, {[]string{"amount.units"}, "amount", true},
	} {
		p, err := patch.Read(update(o, tt.mask), o)
		if err != nil || p.Changes(tt.field) != tt.want {
			t.Errorf("%v changes %s: got %v, %v", tt.mask, tt.field, p.Changes(tt.field), err)
		}
	}
}
