package apisuite

import (
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// refusals are masks that cannot be followed.
func (w *trial) refusals() {
	w.t.Helper()
	before := w.now()
	for _, path := range []string{"no_such_field", "name.x", string(w.holder.Name()) + ".name", "*.name"} {
		w.refuses("the path "+path, w.update(w.like(w.change), path), "update_mask")
	}
	w.refuses("* beside others", w.update(w.like(w.change), "*", "name"), "update_mask")
	w.gives("nothing of that", w.update(w.blank()), before)
}

// changes are what is set, without a mask and with one.
func (w *trial) changes() {
	w.t.Helper()
	w.gives("nothing set, no mask", w.update(w.blank()), w.now())
	before, want, change := w.now(), w.now(), w.like(w.change)
	var names []string
	change.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if field.Name() != "name" {
			want.Set(field, value)
			names = append(names, string(field.Name()))
		}
		return true
	})
	w.gives("a change, no mask", w.update(change), want)
	before.Clear(before.Descriptor().Fields().ByName("etag"))
	w.gives("it is undone by its mask", w.update(before, names...), before)
	w.gives("a mask that names another field", w.update(change, "name"), before)
}

// ours are what only the service writes.
func (w *trial) ours() {
	w.t.Helper()
	all, to := []string{"name", "etag"}, w.blank()
	for _, field := range w.fields(annotations.FieldBehavior_OUTPUT_ONLY) {
		all = append(all, string(field.Name()))
		w.gives("the mask "+string(field.Name()), w.update(w.blank(), string(field.Name())), w.now())
		if value, ok := other(field, to); ok {
			to.Set(field, value)
		}
	}
	w.gives("what only the service writes, set", w.update(to), w.now())
	w.gives("what only the service writes, named and set", w.update(to, all...), w.now())
}

// fixed are what never changes.
func (w *trial) fixed() {
	w.t.Helper()
	for _, field := range w.fields(annotations.FieldBehavior_IMMUTABLE) {
		name := string(field.Name())
		w.gives(name+" as it is", w.update(w.now(), name), w.now())
		to, path := w.blank(), string(w.holder.Name())+"."+name
		w.refuses(name+" cleared", w.update(to, name), path)
		to.Set(field, protoreflect.ValueOfString("other"))
		w.refuses(name+" changed", w.update(to), path)
		w.refuses(name+" changed by its mask", w.update(to, name), path)
	}
}

// required are what the resource cannot do without.
func (w *trial) required() {
	w.t.Helper()
	for _, field := range w.fields(annotations.FieldBehavior_REQUIRED) {
		w.refuses(string(field.Name())+" cleared", w.update(w.blank(), string(field.Name())), string(w.holder.Name())+"."+string(field.Name()))
	}
}

// everything is the mask that stands for all fields.
func (w *trial) everything() {
	w.t.Helper()
	w.gives("* with all that was read", w.update(w.now(), "*"), w.now())
	if w.spare == "" {
		return
	}
	before := w.now()
	spare := before.Descriptor().Fields().ByTextName(w.spare)
	got := w.update(w.like(w.least), "*")
	if after := w.read(got).ProtoReflect(); after.Has(spare) {
		w.t.Errorf("%s: * leaves %s in %s", w.transport, w.spare, got)
	}
}

// other is some value of a field; not ok if it is of a kind that needs none to be tried.
func other(field protoreflect.FieldDescriptor, in protoreflect.Message) (value protoreflect.Value, ok bool) {
	switch {
	case field.IsList() || field.IsMap():
		return value, false
	case field.Message() != nil:
		return in.NewField(field), true
	}
	switch field.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString("other"), true
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(!in.Get(field).Bool()), true
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(7), true
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(1), true
	}
	return value, false
}
