package auth

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
)

const (
	rolePrefix = "ROLE_"
	kindPrefix = "ACTOR_KIND_"
)

// ParseRole reads a role as a token spells it, such as `sales_rep`.
func ParseRole(name string) (accessv1.Role, error) {
	number, ok := enumNumber(accessv1.Role(0).Descriptor(), rolePrefix, name)
	if !ok {
		return 0, fmt.Errorf("parse role: %q is unknown", name)
	}
	return accessv1.Role(number), nil
}

// RoleName is a role as a token spells it; empty for what is not a role.
func RoleName(role accessv1.Role) string {
	return enumName(role.Descriptor(), rolePrefix, role.Number())
}

// ParseKind reads the kind of an actor as a token spells it: `person`, `platform` or `ai`.
func ParseKind(name string) (accessv1.ActorKind, error) {
	number, ok := enumNumber(accessv1.ActorKind(0).Descriptor(), kindPrefix, name)
	if !ok {
		return 0, fmt.Errorf("parse kind: %q is unknown", name)
	}
	return accessv1.ActorKind(number), nil
}

// KindName is the kind of an actor as a token spells it; empty for what is not a kind.
func KindName(kind accessv1.ActorKind) string {
	return enumName(kind.Descriptor(), kindPrefix, kind.Number())
}

// enumNumber finds the value whose name without its prefix, in lower case, is exactly name. Number 0 is never meant.
func enumNumber(enum protoreflect.EnumDescriptor, prefix, name string) (protoreflect.EnumNumber, bool) {
	value := enum.Values().ByName(protoreflect.Name(prefix + strings.ToUpper(name)))
	if value == nil || enumName(enum, prefix, value.Number()) != name {
		return 0, false
	}
	return value.Number(), true
}

func enumName(enum protoreflect.EnumDescriptor, prefix string, number protoreflect.EnumNumber) string {
	value := enum.Values().ByNumber(number)
	if value == nil || number == 0 {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(string(value.Name()), prefix))
}
