package scoring

import (
	"slices"
	"strings"

	"go.einride.tech/aip/fieldmask"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/handoffhq/handoff/services/internal/fault"
)

// maskedFields are the fields of a message that an update changes, each as a whole: those that the mask names, all of them
// for `*`, or without a mask those that are set.
func maskedFields(mask *fieldmaskpb.FieldMask, wanted proto.Message) ([]string, error) {
	if err := fieldmask.Validate(mask, wanted); err != nil {
		return nil, fault.Field("update_mask", "names a field that does not exist, or * beside others")
	}
	var names []string
	m := wanted.ProtoReflect()
	if fieldmask.IsFullReplacement(mask) {
		for i := range m.Descriptor().Fields().Len() {
			names = append(names, string(m.Descriptor().Fields().Get(i).Name()))
		}
		return names, nil
	}
	for _, path := range mask.GetPaths() {
		field, _, _ := strings.Cut(path, ".")
		names = append(names, field)
	}
	if len(mask.GetPaths()) == 0 {
		m.Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
			names = append(names, string(field.Name()))
			return true
		})
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// overlay is a message with some fields as they are in another one.
func overlay[T proto.Message](fields []string, current, wanted T) T {
	merged := proto.CloneOf(current)
	if len(fields) > 0 {
		fieldmask.Update(&fieldmaskpb.FieldMask{Paths: fields}, merged, wanted)
	}
	return merged
}
