package fieldrule

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	_ "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1" // the API: its requests are looked up below
	_ "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	_ "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	_ "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	_ "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

// requests are the messages that the methods of the API take.
func requests() []protoreflect.MessageDescriptor {
	var all []protoreflect.MessageDescriptor
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if !strings.HasPrefix(string(file.Package()), "handoff.") {
			return true
		}
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				all = append(all, methods.Get(j).Input())
			}
		}
		return true
	})
	return all
}

// fill draws a message of any type from values near the limits.
func fill(t *rapid.T, m protoreflect.Message, depth int) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if rapid.IntRange(0, 2).Draw(t, "absent") == 0 || depth == 0 && field.Message() != nil {
			continue
		}
		switch {
		case field.IsList():
			list := m.Mutable(field).List()
			for range rapid.SampledFrom([]int{1, 2, 60}).Draw(t, "items") {
				v := list.NewElement()
				if field.Message() != nil {
					fill(t, v.Message(), depth-1)
				} else {
					v = scalar(t, field)
				}
				list.Append(v)
			}
		case field.IsMap():
			pairs := m.Mutable(field).Map()
			v := pairs.NewValue()
			if field.MapValue().Message() != nil {
				fill(t, v.Message(), depth-1)
			} else {
				v = scalar(t, field.MapValue())
			}
			pairs.Set(scalar(t, field.MapKey()).MapKey(), v)
		case field.Message() != nil:
			fill(t, m.Mutable(field).Message(), depth-1)
		default:
			m.Set(field, scalar(t, field))
		}
	}
}

func scalar(t *rapid.T, field protoreflect.FieldDescriptor) protoreflect.Value {
	number := rapid.SampledFrom([]int64{0, 1, -1, 5, 100, 100_000_000, 100_000_001}).Draw(t, "number")
	switch field.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(rapid.SampledFrom([]string{"", "a", "website", "Ä", "/a?b", "jane@example.com", strings.Repeat("a", 63), strings.Repeat("a", 64),
			strings.Repeat("ä", 200), strings.Repeat("ä", 201), "leads/" + strings.Repeat("0", 32), "reps/jane", "campaigns/q4", "accounts/" + strings.Repeat("f", 32)}).Draw(t, "text"))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(number > 0)
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte("x"))
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(float64(number))
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(float32(number))
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(number % 7))
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(int32(number))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(uint32(number))
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(uint64(number))
	default:
		return protoreflect.ValueOfInt64(number)
	}
}

func TestWhatPassesAtAGlanceBreaksNoRule(t *testing.T) {
	t.Parallel()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	all := requests()
	rapid.Check(t, func(t *rapid.T) {
		m := dynamicpb.NewMessage(rapid.SampledFrom(all).Draw(t, "type"))
		fill(t, m, 3)
		if c.glance(m) {
			if err := c.examine(m); err != nil {
				t.Fatalf("%v passes at a glance, and breaks a rule: %v", m, err)
			}
		}
	})
}

func TestAnOrdinaryWhatIfPassesAtAGlance(t *testing.T) {
	t.Parallel()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	usual := func() *scoringv1.ScoreLeadRequest {
		return &scoringv1.ScoreLeadRequest{
			Lead: &scoringv1.Lead{Source: "website", SourceId: "1", Email: "ann@example.com", Title: "VP Ventes à l'étranger", Country: "FR",
				Attributes: map[string]string{"seats": "20"}, Campaign: "campaigns/q4"},
			Account: &scoringv1.Account{Domains: []string{"example.com"}, Employees: proto.Int64(900), Owner: "reps/jane"},
			Engagements: []*scoringv1.Engagement{{Source: "website", SourceEventId: "1", Type: "page_view", Page: "/pricing", Channel: "paid_search",
				OccurTime: timestamppb.New(time.Unix(1_790_000_000, 0))}},
		}
	}
	if !c.glance(usual().ProtoReflect()) {
		t.Error("it does not pass")
	}
	for name, spoil := range map[string]func(*scoringv1.ScoreLeadRequest){
		"no lead":             func(r *scoringv1.ScoreLeadRequest) { r.Lead = nil },
		"no source":           func(r *scoringv1.ScoreLeadRequest) { r.Engagements[0].Source = "" },
		"no time":             func(r *scoringv1.ScoreLeadRequest) { r.Engagements[0].OccurTime = nil },
		"a query":             func(r *scoringv1.ScoreLeadRequest) { r.Engagements[0].Page = "/?a=b" },
		"a long title":        func(r *scoringv1.ScoreLeadRequest) { r.Lead.Title = strings.Repeat("ä", 201) },
		"too many employees":  func(r *scoringv1.ScoreLeadRequest) { r.Account.Employees = proto.Int64(100_000_001) },
		"too many events":     func(r *scoringv1.ScoreLeadRequest) { r.Engagements = make([]*scoringv1.Engagement, 1001) },
		"a wrong attribute":   func(r *scoringv1.ScoreLeadRequest) { r.Lead.Attributes = map[string]string{"A": ""} },
		"a wrong owner":       func(r *scoringv1.ScoreLeadRequest) { r.Account.Owner = "jane" },
		"an empty technology": func(r *scoringv1.ScoreLeadRequest) { r.Account.Technologies = []string{""} },
	} {
		r := usual()
		spoil(r)
		if c.glance(r.ProtoReflect()) || c.Check(r) == nil {
			t.Errorf("%s: at a glance %v, in the end %v", name, c.glance(r.ProtoReflect()), c.Check(r))
		}
	}
}

// patterns are those of the API, and some that a table must refuse to read.
var patterns = []string{
	`^[a-z0-9]([a-z0-9_.-]{0,61}[a-z0-9])?$`, `^leads/[0-9a-f]{32}$`, `^([a-z][a-z0-9_]{0,62})?$`, `^a*$`, `^(a|ab)(c|bcd)$`, `^[^a]b?$`, `^(?i)ab$`,
	`a`, `^a`, `a$`, `^a|b$`, `^(a|)$`, `\bab`, `(?m)^a$`, `^\z`, `^$`, `^.$`, `^a.c$`,
}

func FuzzTableReadsAsTheExpressionDoes(f *testing.F) {
	for i := range patterns {
		f.Add(uint8(i), "ab")
		f.Add(uint8(i), "website.form-1")
		f.Add(uint8(i), "a\n")
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		pattern := patterns[int(which)%len(patterns)]
		read := newTable(pattern)
		if read == nil {
			return
		}
		if got, want := read.matches(text), regexp.MustCompile(pattern).MatchString(text); got && !want || !got && want && isASCII(text) {
			t.Errorf("%s on %q: got %v, want %v", pattern, text, got, want)
		}
	})
}

func isASCII(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r >= 128 }) < 0 }

func TestPatternsOfTheAPIAreTables(t *testing.T) {
	t.Parallel()
	for _, pattern := range patterns[:5] {
		if newTable(pattern) == nil {
			t.Errorf("%s is not", pattern)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	c, err := New()
	if err != nil {
		b.Fatal(err)
	}
	request := &scoringv1.ScoreLeadRequest{Lead: &scoringv1.Lead{Source: "website", Email: "ann@example.com"}}
	for range 10 {
		request.Engagements = append(request.Engagements, &scoringv1.Engagement{Source: "website", SourceEventId: "1", Type: "page_view", Page: "/pricing",
			Channel: "paid_search", OccurTime: timestamppb.New(time.Unix(1_790_000_000, 0))})
	}
	b.Run("glance", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if !c.glance(request.ProtoReflect()) {
				b.Fatal("does not pass")
			}
		}
	})
	b.Run("examine", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := c.examine(request); err != nil {
				b.Fatal(err)
			}
		}
	})
}
