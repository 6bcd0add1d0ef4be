package criteria

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// List is a set of texts for expressions to look things up in, which takes one
// step whatever its length. It is immutable and safe for concurrent use.
type List struct {
	traits.Lister
	members map[string]struct{}
}

// NewList returns a list of the texts. The slice is kept and must not change.
func NewList(texts []string) *List {
	list := &List{
		Lister:  types.NewStringList(types.DefaultTypeAdapter, texts),
		members: make(map[string]struct{}, len(texts)),
	}
	for _, text := range texts {
		list.members[text] = struct{}{}
	}
	return list
}

// Contains reports whether a text is in the list; it is what `in` calls.
func (l *List) Contains(value ref.Val) ref.Val {
	text, ok := value.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(value)
	}
	_, found := l.members[string(text)]
	return types.Bool(found)
}
