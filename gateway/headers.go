package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// maxKey is how long an Idempotency-Key may be.
const maxKey = 255

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// conditions are what a request says in headers that gRPC says in fields, and what it asks for in its query.
type conditions struct {
	requestID string
	etag      string
	query     url.Values
}

type conditionsKey struct{}

// withHeaders reads Idempotency-Key and If-Match, and keeps the query for a closer look.
func withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := conditions{requestID: requestID(r.Header.Get("Idempotency-Key")), etag: r.Header.Get("If-Match"), query: r.URL.Query()}
		if c.etag == "*" { // any version
			c.etag = ""
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), conditionsKey{}, c)))
	})
}

// requestID turns a key into a UUID. A key that is none becomes a UUID of its own (version 8, RFC 9562).
func requestID(key string) string {
	key = strings.Trim(key, `"`)
	if key == "" || len(key) > maxKey || uuid.MatchString(key) {
		return key[:min(len(key), maxKey)]
	}
	sum := sha256.Sum256([]byte(key))
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// filling is a connection that carries the conditions of the HTTP request into the fields of the gRPC request, where these
// are empty.
type filling struct {
	grpc.ClientConnInterface
}

// Invoke implements grpc.ClientConnInterface.
func (f filling) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	if err := apply(ctx, args); err != nil {
		return err
	}
	return f.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

// NewStream implements grpc.ClientConnInterface.
func (f filling) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	stream, err := f.ClientConnInterface.NewStream(ctx, desc, method, opts...)
	if err != nil {
		return nil, err
	}
	return fillingStream{stream, ctx}, nil
}

// fillingStream does to the messages of a stream what filling does to requests.
type fillingStream struct {
	grpc.ClientStream
	ctx context.Context
}

// SendMsg implements grpc.ClientStream.
func (s fillingStream) SendMsg(message any) error {
	if err := apply(s.ctx, message); err != nil {
		return err
	}
	return s.ClientStream.SendMsg(message)
}

// apply carries the conditions of the HTTP request into a message, names the fields of its masks, and refuses a query that the message has no place for.
func apply(ctx context.Context, message any) error {
	c, _ := ctx.Value(conditionsKey{}).(conditions)
	m, ok := message.(proto.Message)
	if !ok {
		return nil
	}
	if err := known(c.query, m.ProtoReflect().Descriptor()); err != nil {
		return err
	}
	c.fill(m.ProtoReflect())
	nameFields(m.ProtoReflect())
	return nil
}

// fill sets request_id and etag; the etag of a resource is in the resource.
func (c conditions) fill(request protoreflect.Message) {
	set(request, "request_id", c.requestID)
	if set(request, "etag", c.etag) {
		return
	}
	fields := request.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if f.Kind() == protoreflect.MessageKind && !f.IsList() && !f.IsMap() && request.Has(f) {
			set(request.Mutable(f).Message(), "etag", c.etag)
		}
	}
}

// set sets an empty text field and reports whether the message has the field.
func set(m protoreflect.Message, name protoreflect.Name, value string) bool {
	f := m.Descriptor().Fields().ByName(name)
	if f == nil || f.Kind() != protoreflect.StringKind || f.IsList() {
		return false
	}
	if value != "" && !m.Has(f) {
		m.Set(f, protoreflect.ValueOfString(value))
	}
	return true
}

// writeETag answers with the etag of the resource. A stream begins without a message.
func writeETag(_ context.Context, w http.ResponseWriter, m proto.Message) error {
	if m == nil {
		return nil
	}
	f := m.ProtoReflect().Descriptor().Fields().ByName("etag")
	if f != nil && f.Kind() == protoreflect.StringKind && m.ProtoReflect().Has(f) {
		w.Header().Set("ETag", m.ProtoReflect().Get(f).String())
	}
	return nil
}

// confine keeps a browser from making more of a document than it is: it runs no script, loads nothing, and is taken as what
// it says it is.
func confine(_ context.Context, w http.ResponseWriter, m proto.Message) error {
	if _, document := m.(*httpbody.HttpBody); document {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
	}
	return nil
}
