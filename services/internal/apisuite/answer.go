package apisuite

import (
	"bytes"
	"encoding/json"
	"fmt"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// answer is what came back, the same over gRPC and over REST.
type answer struct {
	Code       codes.Code
	Reason     string            `json:",omitempty"`
	Message    string            `json:",omitempty"`
	Metadata   map[string]string `json:",omitempty"`
	Violations []violation       `json:",omitempty"`
	Response   any               `json:",omitempty"` // protobuf JSON with the field names of the protos, as Go reads it

	http int // the HTTP status; 0 over gRPC
}

type violation struct{ Field, Description string }

// String is the whole answer as JSON. The same answer is always spelt the same.
func (a answer) String() string {
	text, err := json.MarshalIndent(a, "", "  ")
	if err != nil { // it was read from JSON
		return err.Error()
	}
	return string(text)
}

// responded is the answer that a response makes.
func responded(response proto.Message) (answer, error) {
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(response)
	if err != nil {
		return answer{}, fmt.Errorf("spell response: %w", err)
	}
	value, err := readJSON(text)
	return answer{Response: value}, err
}

// readJSON reads JSON. Numbers stay as they are spelt.
func readJSON(text []byte) (value any, err error) {
	from := json.NewDecoder(bytes.NewReader(text))
	from.UseNumber()
	err = from.Decode(&value)
	return value, err
}

// refused is the answer that an error makes.
func refused(st *status.Status) answer {
	a := answer{Code: st.Code(), Message: st.Message()}
	for _, detail := range st.Details() {
		switch d := detail.(type) {
		case *errdetails.ErrorInfo:
			a.Reason, a.Metadata = d.GetReason(), d.GetMetadata()
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				a.Violations = append(a.Violations, violation{v.GetField(), v.GetDescription()})
			}
		}
	}
	return a
}

// httpStatus is the HTTP status that stands for a code, as google.rpc.Code documents it.
func httpStatus(code codes.Code) int {
	switch code {
	case codes.OK:
		return 200
	case codes.InvalidArgument, codes.FailedPrecondition, codes.OutOfRange:
		return 400
	case codes.Unauthenticated:
		return 401
	case codes.PermissionDenied:
		return 403
	case codes.NotFound:
		return 404
	case codes.AlreadyExists, codes.Aborted:
		return 409
	case codes.ResourceExhausted:
		return 429
	case codes.Canceled:
		return 499
	case codes.Unimplemented:
		return 501
	case codes.Unavailable:
		return 503
	case codes.DeadlineExceeded:
		return 504
	}
	return 500
}
