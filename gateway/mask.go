package gateway

import (
	"strings"
	"unicode"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// nameFields turns the paths of a request's masks into the names of fields. JSON spells them in camel case, such as
// `displayName`, and grpc-gateway hands a mask on as it stands in the query. Names as the proto spells them stay.
func nameFields(request protoreflect.Message) {
	request.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if field.Message() == nil || field.IsList() || field.IsMap() {
			return true
		}
		if mask, ok := value.Message().Interface().(*fieldmaskpb.FieldMask); ok {
			for i, path := range mask.GetPaths() {
				mask.Paths[i] = snake(path)
			}
		}
		return true
	})
}

// snake is a name in camel case as the proto spells it.
func snake(camel string) string {
	var b strings.Builder
	for _, letter := range camel {
		if unicode.IsUpper(letter) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(letter))
	}
	return b.String()
}
