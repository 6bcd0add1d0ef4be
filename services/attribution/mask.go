package attribution

import (
	"strings"

	"go.einride.tech/aip/fieldmask"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/handoffhq/handoff/services/internal/fault"
)

// masked is current with the fields of the mask as they are in wanted. Without a mask that is every field that is set. A
// field changes as a whole: half an amount of money, or the seconds of an instant without its nanoseconds, would mix two
// values into one that nobody meant.
func masked[T proto.Message](mask *fieldmaskpb.FieldMask, current, wanted T) (T, error) {
	if err := fieldmask.Validate(mask, wanted); err != nil {
		return current, fault.Field("update_mask", "names a field that does not exist, or * beside others")
	}
	merged := proto.CloneOf(current)
	if fields := topFields(mask, wanted); len(fields.GetPaths()) > 0 {
		fieldmask.Update(fields, merged, wanted)
	}
	return merged, nil
}

// topFields is the mask with each path cut to its first field, or the fields that are set.
func topFields(mask *fieldmaskpb.FieldMask, wanted proto.Message) *fieldmaskpb.FieldMask {
	top := &fieldmaskpb.FieldMask{}
	for _, path := range mask.GetPaths() {
		field, _, _ := strings.Cut(path, ".")
		top.Paths = append(top.Paths, field)
	}
	if len(top.GetPaths()) > 0 {
		return top
	}
	wanted.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		top.Paths = append(top.Paths, string(field.Name()))
		return true
	})
	return top
}
