package auth

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
)

// ErrNoRoles means that a method does not say who may call it.
var ErrNoRoles = errors.New("the method does not say which roles may call it")

// Policy says which roles may call which method. Methods are spelt as gRPC does: `/package.Service/Method`.
type Policy map[string]roleSet

// roleSet has the bit of each role's number. The bit of no role marks a method that only other services may call.
type roleSet uint64

const onlyServices roleSet = 1 << accessv1.Role_ROLE_UNSPECIFIED

func (s roleSet) has(role accessv1.Role) bool { return role > 0 && role < 64 && s&(1<<role) != 0 }

// Methods reads the policy from the option that each method carries. A method without it, or with a role that does not
// exist, is an error that names the method; all of them are reported.
func Methods(services ...protoreflect.ServiceDescriptor) (Policy, error) {
	policy := make(Policy)
	var problems []error
	for _, service := range services {
		for i := range service.Methods().Len() {
			method := service.Methods().Get(i)
			roles, err := rolesOf(method)
			if err != nil {
				problems = append(problems, fmt.Errorf("%s: %w", method.FullName(), err))
			}
			policy[fmt.Sprintf("/%s/%s", service.FullName(), method.Name())] = roles
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	return policy, nil
}

func rolesOf(method protoreflect.MethodDescriptor) (roleSet, error) {
	access, _ := proto.GetExtension(method.Options(), accessv1.E_Access).(*accessv1.Access)
	var set roleSet
	for _, role := range access.GetRoles() {
		if RoleName(role) == "" {
			return 0, fmt.Errorf("role %d does not exist", role)
		}
		set |= 1 << role
	}
	if set == 0 {
		return 0, ErrNoRoles
	}
	if access.GetInternal() {
		set |= onlyServices
	}
	return set, nil
}

// Knows says whether the policy has the method.
func (p Policy) Knows(method string) bool {
	_, ok := p[method]
	return ok
}

// Internal says whether only other services may call the method, on behalf of a caller with one of its roles.
func (p Policy) Internal(method string) bool { return p[method]&onlyServices != 0 }

// Allows says whether the actor may call the method. Nobody may call a method that the policy does not have.
func (p Policy) Allows(method string, actor *Actor) bool {
	set := p[method]
	for _, role := range actor.GetRoles() {
		if set.has(role) {
			return true
		}
	}
	return false
}
