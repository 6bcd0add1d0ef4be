package routing

import (
	"slices"
	"strings"

	"go.einride.tech/aip/fieldbehavior"
	"go.einride.tech/aip/fieldmask"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/handoffhq/handoff/services/internal/fault"
)

// masked is a resource with the fields of the mask as they are in wanted; without a mask, with every field that is set.
// What only the service writes stays as it is.
func masked[T proto.Message](mask *fieldmaskpb.FieldMask, stored, wanted T) (T, error) {
	nested := func(path string) bool { return strings.Contains(path, ".") }
	if fieldmask.Validate(mask, stored) != nil || slices.ContainsFunc(mask.GetPaths(), nested) {
		return stored, fault.Field("update_mask", "names fields of the resource as a whole, or * alone")
	}
	changed := proto.CloneOf(stored)
	fieldmask.Update(mask, changed, wanted)
	fieldbehavior.CopyFields(changed, stored, annotations.FieldBehavior_OUTPUT_ONLY, annotations.FieldBehavior_IDENTIFIER)
	return changed, nil
}

// checkName refuses a resource without the name that people know. A change may leave it out and a resource may not.
func checkName(field, name string) error {
	if name == "" {
		return fault.Field(field, "is required")
	}
	return nil
}
