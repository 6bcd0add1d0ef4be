package wellformed_test

import (
	"math"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/rpc/wellformed"
)

// bearable is the reference: it looks at every field of a decoded message. It knows nothing of plans and of the wire, and
// leaves out the limits on lists and maps, which the bytes of a fuzz test do not reach.
func bearable(m protoreflect.Message, depth int) bool {
	switch x := m.Interface().(type) {
	case *timestamppb.Timestamp:
		return x.IsValid()
	case *durationpb.Duration:
		return x.IsValid()
	}
	good := depth <= wellformed.MaxDepth || proto.Size(m.Interface()) == 0
	one := func(f protoreflect.FieldDescriptor, v protoreflect.Value) {
		switch f.Kind() {
		case protoreflect.StringKind:
			good = good && !strings.Contains(v.String(), "\x00")
		case protoreflect.DoubleKind, protoreflect.FloatKind:
			good = good && !math.IsNaN(v.Float()) && !math.IsInf(v.Float(), 0)
		case protoreflect.MessageKind:
			good = good && bearable(v.Message(), depth+1)
		}
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.IsList():
			for i := range v.List().Len() {
				one(f, v.List().Get(i))
			}
		case f.IsMap():
			v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
				one(f.MapKey(), k.Value())
				one(f.MapValue(), v)
				return good
			})
		default:
			one(f, v)
		}
		return good
	})
	return good
}

// FuzzCheck holds the check against the reference. Whatever the bytes, what passes can be decoded and is bearable. And a
// message that an encoder has written passes exactly if it is bearable.
func FuzzCheck(f *testing.F) {
	types := []proto.Message{
		&scoringv1.ScoreLeadRequest{}, &scoringv1.UpdateReferenceListRequest{}, &playbookv1.EngagementRule{},
		&structpb.Value{}, &eventv1.Event{},
	}
	for i, seed := range []proto.Message{
		whatIf(),
		&scoringv1.UpdateReferenceListRequest{ReferenceList: &scoringv1.ReferenceList{Accounts: map[string]string{"a": "\x00"}}},
		&playbookv1.EngagementRule{Points: math.Inf(1), Bonus: map[string]float64{"x": math.NaN()}},
		nest(20),
		&eventv1.Event{Payload: &eventv1.Event_ClockMet{ClockMet: &eventv1.ClockMet{Elapsed: &durationpb.Duration{Seconds: 1, Nanos: -1}}}},
	} {
		wire, err := proto.Marshal(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), wire)
	}
	var checker wellformed.Checker
	f.Fuzz(func(t *testing.T, which uint8, wire []byte) {
		m := proto.Clone(types[int(which)%len(types)])
		descriptor := m.ProtoReflect().Descriptor()
		violations, err := checker.Check(descriptor, wire)
		if err != nil {
			t.Fatal(err)
		}
		decodable := proto.Unmarshal(wire, m) == nil
		if violations == nil && (!decodable || !bearable(m.ProtoReflect(), 1)) {
			t.Fatalf("let through: decodable %v, %v", decodable, m)
		}
		if !decodable {
			return
		}
		written, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if violations, _ = checker.Check(descriptor, written); (violations == nil) != bearable(m.ProtoReflect(), 1) {
			t.Fatalf("got %v for %v", texts(violations), m)
		}
	})
}
