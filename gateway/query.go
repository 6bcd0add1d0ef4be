package gateway

import (
	"net/url"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// known refuses a query with a name that is no field of the request: a misspelt filter must not give everything.
// grpc-gateway reads what it knows and passes over the rest.
func known(query url.Values, of protoreflect.MessageDescriptor) error {
	for name := range query {
		if !names(of, strings.Split(name, ".")) {
			return status.Errorf(codes.InvalidArgument, "unknown query parameter %q", name)
		}
	}
	return nil
}

// names says whether a way of names, as JSON or the proto spells them, leads to a field.
func names(of protoreflect.MessageDescriptor, way []string) bool {
	name, _, _ := strings.Cut(way[0], "[") // an entry of a map
	field := of.Fields().ByTextName(name)
	if field == nil {
		field = of.Fields().ByJSONName(name)
	}
	switch {
	case field == nil:
		return false
	case len(way) == 1:
		return true
	}
	return field.Message() != nil && names(field.Message(), way[1:])
}
