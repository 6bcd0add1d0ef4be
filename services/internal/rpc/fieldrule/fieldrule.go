package fieldrule

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/rpc/wellformed"
)

// maxViolations and maxTextBytes bound an error: it travels in the headers of the answer.
const (
	maxViolations = 10
	maxTextBytes  = 200
)

// Checker applies the rules. It is safe for concurrent use.
type Checker struct {
	validator protovalidate.Validator
	glances   sync.Map // protoreflect.FullName -> *glance
}

// New makes a checker.
func New() (*Checker, error) {
	validator, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("fieldrule: %w", err)
	}
	return &Checker{validator: validator}, nil
}

// Check returns nil, or a fault that names the fields that break a rule.
func (c *Checker) Check(message proto.Message) error {
	if c.glance(message.ProtoReflect()) {
		return nil
	}
	return c.examine(message)
}

// glance reports whether a message is right at first sight.
func (c *Checker) glance(m protoreflect.Message) bool {
	name := m.Descriptor().FullName()
	known, ok := c.glances.Load(name)
	if !ok {
		known, _ = c.glances.LoadOrStore(name, glances{}.of(m.Descriptor()))
	}
	return known.(*glance).passes(m)
}

func (c *Checker) examine(message proto.Message) error {
	err := c.validator.Validate(message)
	if err == nil {
		return nil
	}
	var invalid *protovalidate.ValidationError
	if !errors.As(err, &invalid) {
		return fmt.Errorf("validate: %w", err) // a rule that cannot be compiled or evaluated: ours
	}
	var violations []fault.Violation
	for _, v := range invalid.Violations[:min(len(invalid.Violations), maxViolations)] {
		violations = append(violations, fault.Violation{Field: path(v.Proto.GetField()), Message: clip(v.Proto.GetMessage())})
	}
	return fault.Fields(violations...)
}

// path spells the way to a field, such as `lead.attributes["size"]`.
func path(of *validate.FieldPath) string {
	var b strings.Builder
	for i, step := range of.GetElements() {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(step.GetFieldName())
		switch step.WhichSubscript() {
		case validate.FieldPathElement_Index_case:
			b.WriteString("[" + strconv.FormatUint(step.GetIndex(), 10) + "]")
		case validate.FieldPathElement_StringKey_case:
			b.WriteString(wellformed.Subscript(step.GetStringKey()))
		case validate.FieldPathElement_IntKey_case:
			b.WriteString("[" + strconv.FormatInt(step.GetIntKey(), 10) + "]")
		case validate.FieldPathElement_UintKey_case:
			b.WriteString("[" + strconv.FormatUint(step.GetUintKey(), 10) + "]")
		case validate.FieldPathElement_BoolKey_case:
			b.WriteString("[" + strconv.FormatBool(step.GetBoolKey()) + "]")
		}
	}
	return clip(b.String())
}

func clip(text string) string {
	if len(text) <= maxTextBytes {
		return text
	}
	return strings.ToValidUTF8(text[:maxTextBytes], "") + "…"
}
