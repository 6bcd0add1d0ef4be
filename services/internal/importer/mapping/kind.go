package mapping

import (
	"slices"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// Kind is a kind of resource that rows can become.
type Kind string

// The kinds.
const (
	Rep         Kind = "rep"
	Campaign    Kind = "campaign"
	Spend       Kind = "spend"
	Account     Kind = "account"
	Lead        Kind = "lead"
	Engagement  Kind = "engagement"
	Opportunity Kind = "opportunity"
)

// Kinds are all kinds, in the order in which one can refer to another.
func Kinds() []Kind {
	return []Kind{Rep, Campaign, Spend, Account, Lead, Engagement, Opportunity}
}

// Chosen reports whether the importer chooses the names of the kind; the suite makes those of the others.
func (k Kind) Chosen() bool { return k == Rep || k == Campaign }

// Collection is the collection that the names of the kind begin with, such as `leads`.
func (k Kind) Collection() string {
	if k == Opportunity {
		return "opportunities"
	}
	return string(k) + "s"
}

// idKey is the key of a rule that gives the id of a kind whose names are chosen.
const idKey = "id"

// keyField is the field that, with the source, names the resource for ever.
func (k Kind) keyField() string {
	switch {
	case k.Chosen():
		return idKey
	case k == Engagement:
		return "source_event_id"
	default:
		return "source_id"
	}
}

// blank is an empty message of the kind; nil for what is no kind.
func (k Kind) blank() proto.Message {
	switch k {
	case Rep:
		return &routingv1.Rep{}
	case Campaign:
		return &attributionv1.Campaign{}
	case Spend:
		return &attributionv1.Spend{}
	case Account:
		return &scoringv1.Account{}
	case Lead:
		return &scoringv1.Lead{}
	case Engagement:
		return &scoringv1.Engagement{}
	case Opportunity:
		return &attributionv1.Opportunity{}
	default:
		return nil
	}
}

// sourceField names the system that a resource comes from. A mapping gives it once, for all.
const sourceField protoreflect.Name = "source"

// fields are the fields of the kind that a mapping can give, by name.
func (k Kind) fields() map[string]protoreflect.FieldDescriptor {
	out := map[string]protoreflect.FieldDescriptor{}
	all := k.blank().ProtoReflect().Descriptor().Fields()
	for i := range all.Len() {
		f := all.Get(i)
		if writable(f) && f.Name() != sourceField && f.Name() != "etag" {
			out[string(f.Name())] = f
		}
	}
	return out
}

func writable(f protoreflect.FieldDescriptor) bool {
	behaviour, _ := proto.GetExtension(f.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
	return !slices.Contains(behaviour, annotations.FieldBehavior_OUTPUT_ONLY) && !slices.Contains(behaviour, annotations.FieldBehavior_IDENTIFIER)
}

// refersTo is the kind that a field names resources of; empty if it names none that a mapping can make.
func refersTo(f protoreflect.FieldDescriptor) Kind {
	if isContact(f) {
		return Lead
	}
	ref, _ := proto.GetExtension(f.Options(), annotations.E_ResourceReference).(*annotations.ResourceReference)
	switch ref.GetType() {
	case "handoff.dev/Rep":
		return Rep
	case "handoff.dev/Campaign":
		return Campaign
	case "handoff.dev/Account":
		return Account
	case "handoff.dev/Lead":
		return Lead
	default:
		return ""
	}
}

// isContact reports whether a field holds people with a part in a deal. A mapping says who they are.
func isContact(f protoreflect.FieldDescriptor) bool {
	return f.Kind() == protoreflect.MessageKind && f.Message().FullName() == "handoff.attribution.v1.Contact"
}
