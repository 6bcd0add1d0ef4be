package wellformed_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/rpc/wellformed"
)

func check(t *testing.T, message protoreflect.MessageDescriptor, wire []byte) []string {
	t.Helper()
	var checker wellformed.Checker
	violations, err := checker.Check(message, wire)
	if err != nil {
		t.Fatal(err)
	}
	return texts(violations)
}

func texts(violations []fault.Violation) []string {
	var all []string
	for _, v := range violations {
		all = append(all, v.Field+": "+v.Message)
	}
	return all
}

func encode(t *testing.T, m proto.Message) []byte {
	t.Helper()
	wire, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

// nest puts a value inside lists.
func nest(levels int) *structpb.Value {
	v := structpb.NewNullValue()
	for range levels {
		v = structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{v}})
	}
	return v
}

func pairs(n int) map[string]string {
	m := make(map[string]string, n)
	for i := range n {
		m[fmt.Sprintf("k%d", i)] = ""
	}
	return m
}

func TestWhatNoLaterPartCouldBearIsNamed(t *testing.T) {
	t.Parallel()
	const notAnInstant = "is not an instant from year 1 to year 9999"
	const notASpan = "is not a duration of at most 10,000 years, or its seconds and nanoseconds differ in sign"
	lead := func(l *scoringv1.Lead) proto.Message { return &scoringv1.CreateLeadRequest{Lead: l} }
	for name, tc := range map[string]struct {
		message proto.Message
		want    []string
	}{
		"nothing wrong":    {whatIf(), nil},
		"an empty message": {&scoringv1.ScoreLeadRequest{}, nil},
		"NUL": {lead(&scoringv1.Lead{GivenName: "An\x00n", Title: "\x00"}),
			[]string{"lead.given_name: holds a NUL", "lead.title: holds a NUL"}},
		"NUL in a list of messages": {
			&scoringv1.CreateLeadRequest{Engagements: []*scoringv1.Engagement{{}, {Page: "\x00"}}},
			[]string{"engagements[1].page: holds a NUL"}},
		"NUL in a list of texts": {&fieldmaskpb.FieldMask{Paths: []string{"a", "b\x00"}}, []string{"paths[1]: holds a NUL"}},
		"NUL in a oneof": {&scoringv1.Engagement{Who: &scoringv1.Engagement_Email{Email: "\x00"}},
			[]string{"email: holds a NUL"}},
		"NUL in a map's value": {lead(&scoringv1.Lead{Attributes: map[string]string{"size": "\x00"}}),
			[]string{`lead.attributes["size"]: holds a NUL`}},
		"NUL in a map's key": {lead(&scoringv1.Lead{Attributes: map[string]string{"si\x00ze": ""}}),
			[]string{"lead.attributes[?]: holds a NUL"}},
		"an address as a map's key": {lead(&scoringv1.Lead{Attributes: map[string]string{"ann@example.com": "\x00"}}),
			[]string{"lead.attributes[?]: holds a NUL"}},
		"a message as a map's value": {
			&structpb.Struct{Fields: map[string]*structpb.Value{"x": structpb.NewStringValue("\x00")}},
			[]string{`fields["x"].string_value: holds a NUL`}},
		"year 0": {lead(&scoringv1.Lead{OccurTime: &timestamppb.Timestamp{Seconds: -62135596801}}),
			[]string{"lead.occur_time: " + notAnInstant}},
		"year 10,000": {lead(&scoringv1.Lead{OccurTime: &timestamppb.Timestamp{Seconds: 253402300800}}),
			[]string{"lead.occur_time: " + notAnInstant}},
		"an instant beyond reckoning": {&scoringv1.ScoreLeadRequest{AsOfTime: &timestamppb.Timestamp{Seconds: 1 << 62}},
			[]string{"as_of_time: " + notAnInstant}},
		"too many nanoseconds": {&scoringv1.ScoreLeadRequest{AsOfTime: &timestamppb.Timestamp{Nanos: 1_000_000_000}},
			[]string{"as_of_time: " + notAnInstant}},
		"negative nanoseconds": {&scoringv1.ScoreLeadRequest{AsOfTime: &timestamppb.Timestamp{Nanos: -1}},
			[]string{"as_of_time: " + notAnInstant}},
		"the first and the last instant": {&scoringv1.Lead{
			CreateTime: &timestamppb.Timestamp{Seconds: -62135596800}, UpdateTime: &timestamppb.Timestamp{Seconds: 253402300799, Nanos: 999_999_999}}, nil},
		"a duration": {&eventv1.ClockMet{Elapsed: &durationpb.Duration{Seconds: -1, Nanos: -1}}, nil},
		"a duration too long": {&eventv1.ClockMet{Elapsed: &durationpb.Duration{Seconds: 315576000001}},
			[]string{"elapsed: " + notASpan}},
		"a duration of two signs": {&eventv1.ClockMet{Elapsed: &durationpb.Duration{Seconds: 1, Nanos: -1}},
			[]string{"elapsed: " + notASpan}},
		"NaN":      {wrapperspb.Double(math.NaN()), []string{"value: is not a finite number"}},
		"float":    {wrapperspb.Float(float32(math.Inf(1))), []string{"value: is not a finite number"}},
		"infinity": {wrapperspb.Double(math.Inf(-1)), []string{"value: is not a finite number"}},
		"the largest and the least number": {&structpb.ListValue{Values: []*structpb.Value{
			structpb.NewNumberValue(math.MaxFloat64), structpb.NewNumberValue(math.SmallestNonzeroFloat64)}}, nil},
		"NaN in a map": {&playbookv1.EngagementRule{Bonus: map[string]float64{"pricing": math.NaN()}},
			[]string{`bonus["pricing"]: is not a finite number`}},
		"a list too long": {&fieldmaskpb.FieldMask{Paths: make([]string, wellformed.MaxItems+1)},
			[]string{"paths: has more than 10000 items"}},
		"a list just long enough": {&fieldmaskpb.FieldMask{Paths: make([]string, wellformed.MaxItems)}, nil},
		"a packed list too long": {&descriptorpb.SourceCodeInfo_Location{Path: make([]int32, wellformed.MaxItems+1)},
			[]string{"path: has more than 10000 items"}},
		"a packed list just long enough": {&descriptorpb.SourceCodeInfo_Location{Path: make([]int32, wellformed.MaxItems)}, nil},
		"a list that its rule lets be longer": {
			&scoringv1.ReferenceList{Values: make([]string, 50_000)}, nil},
		"a map too large": {lead(&scoringv1.Lead{Attributes: pairs(wellformed.MaxPairs + 1)}),
			[]string{"lead.attributes: has more than 1000 pairs"}},
		"a map that its rule lets be larger": {&scoringv1.ReferenceList{Accounts: pairs(50_000)}, nil},
		"nested just deep enough":            {nest(15), nil}, // each level is a value and a list
		"nested too deep":                    {nest(16), []string{strings.Repeat("list_value.values[0].", 15) + "list_value.values[0]: is nested more than 32 messages deep"}},
		"nested absurdly":                    {nest(4000), []string{strings.Repeat("list_value.values[0].", 15) + "list_value.values[0]: is nested more than 32 messages deep"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := check(t, tc.message.ProtoReflect().Descriptor(), encode(t, tc.message))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

// field makes the wire form of a field with a length.
func field(number protowire.Number, content string) []byte {
	return protowire.AppendString(protowire.AppendTag(nil, number, protowire.BytesType), content)
}

func TestHostileBytesAreNamedWithoutBeingDecoded(t *testing.T) {
	t.Parallel()
	lead := (&scoringv1.Lead{}).ProtoReflect().Descriptor()
	value := (&structpb.Value{}).ProtoReflect().Descriptor()
	instant := encode(t, &timestamppb.Timestamp{Seconds: 1})
	for name, tc := range map[string]struct {
		message protoreflect.MessageDescriptor
		wire    []byte
		want    []string
	}{
		"not UTF-8":                      {lead, field(5, "\xff\xfe"), []string{"given_name: is not UTF-8"}},
		"a lone surrogate":               {lead, field(5, "\xed\xa0\x80"), []string{"given_name: is not UTF-8"}},
		"right to left, zero width":      {lead, field(5, "\u202eann\u200b"), nil},
		"not protobuf":                   {lead, []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), []string{": cannot be decoded"}},
		"a length without end":           {lead, []byte{5<<3 | 2, 0xff, 0xff, 0xff, 0x7f}, []string{": cannot be decoded"}},
		"field number 0":                 {lead, []byte{0}, []string{": cannot be decoded"}},
		"not protobuf inside":            {lead, field(14, "\xff"), []string{"occur_time: cannot be decoded"}},
		"an instant given twice":         {lead, append(field(14, string(instant)), field(14, string(instant))...), []string{"occur_time: is given more than once"}},
		"an unknown field":               {lead, field(2000, "\x00\xff"), nil},
		"a text in the form of a number": {lead, protowire.AppendVarint(protowire.AppendTag(nil, 5, protowire.VarintType), 0), nil},
		"a number in the form of a text": {value, field(2, "\x00\x00\x00\x00\x00\x00\xf8\x7f"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, check(t, tc.message, tc.wire)); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestManyViolationsAreCutShort(t *testing.T) {
	t.Parallel()
	paths := make([]string, 5000)
	for i := range paths {
		paths[i] = "\x00"
	}
	got := check(t, (&fieldmaskpb.FieldMask{}).ProtoReflect().Descriptor(), encode(t, &fieldmaskpb.FieldMask{Paths: paths}))
	if len(got) != 10 || got[9] != "paths[9]: holds a NUL" {
		t.Errorf("got %d: %v", len(got), got)
	}
}

func TestAnOrdinaryMessageIsCheckedWithoutAllocating(t *testing.T) {
	wire := encode(t, whatIf())
	var checker wellformed.Checker
	descriptor := whatIf().ProtoReflect().Descriptor()
	if got := testing.AllocsPerRun(100, func() { _, _ = checker.Check(descriptor, wire) }); got != 0 {
		t.Errorf("got %v allocations", got)
	}
}
