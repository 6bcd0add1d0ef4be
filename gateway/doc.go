// Package gateway speaks REST for the suite.
//
//	HTTP ─▶ health, documents             no credentials
//	    ─▶ credentials ─▶ body limit ─▶ grpc-gateway ─▶ gRPC ─▶ services
//
// It translates and decides nothing: each request becomes the gRPC call that the protos name, with the caller's own
// token, and passes the same chain of checks as any other call.
//
// Header and field:
//
//	Authorization    passed on as it is
//	Idempotency-Key  becomes request_id; a key that is no UUID becomes one, always the same
//	If-Match         becomes etag, of the request or of its resource
//	ETag             is the etag of the answer
//	traceparent      continues the caller's trace as a link
//
// No other header reaches a service. Unknown and repeated JSON fields, anything behind the JSON, and query parameters that
// are no fields, are refused. Errors are google.rpc.Status as JSON.
//
// The update_mask of a PATCH names fields as JSON or the proto spells them; without one the body's fields are meant, also
// those that are null or empty.
//
// A stream comes as lines: `{"result": …}` for each message, and `{"error": …}` where it ends otherwise than well.
package gateway
