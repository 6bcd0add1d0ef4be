package gateway

import (
	"errors"
	"io"
	"reflect"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// strictJSON is protobuf's JSON, strictly read: unknown and repeated fields are refused, and so is anything behind the
// value. It writes fields that are zero, and leaves out messages that are missing.
type strictJSON struct {
	runtime.JSONPb
}

func newJSON() runtime.Marshaler {
	return &strictJSON{runtime.JSONPb{
		MarshalOptions:   protojson.MarshalOptions{EmitDefaultValues: true},
		UnmarshalOptions: protojson.UnmarshalOptions{DiscardUnknown: false},
	}}
}

// NewDecoder implements runtime.Marshaler. The decoder takes the whole body as one value.
func (j *strictJSON) NewDecoder(r io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(v any) error {
		body, err := io.ReadAll(r)
		switch {
		case err != nil:
			return err
		case len(body) == 0:
			return io.EOF
		}
		if m, ok := target(v); ok {
			return readable(j.UnmarshalOptions.Unmarshal(body, m))
		}
		return readable(j.Unmarshal(body, v))
	})
}

// target is the message to read into. A body that is one field of a request comes as a pointer to the field, which is
// itself a pointer, and nil so far.
func target(v any) (m proto.Message, ok bool) {
	if m, ok = v.(proto.Message); ok {
		return m, true
	}
	field := reflect.ValueOf(v).Elem()
	if field.Kind() != reflect.Pointer {
		return nil, false
	}
	field.Set(reflect.New(field.Type().Elem()))
	m, ok = field.Interface().(proto.Message)
	return m, ok
}

// readable keeps only what the caller needs of a JSON error.
func readable(err error) error {
	if err == nil {
		return nil
	}
	return errors.New("the body is not what the API takes: " + err.Error())
}
