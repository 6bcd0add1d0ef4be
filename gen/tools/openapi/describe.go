package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

const statusSchema = "#/components/schemas/google.rpc.Status"

// refusal is an answer that says what was wrong.
type refusal struct {
	name, description string
	grpc              int // the code in the body
	reason, message   string
}

// refusals are the answers that say what was wrong, by HTTP code. The names are those of the gRPC codes.
var refusals = map[string]refusal{
	"400": {"InvalidArgument", "The request is wrong, or the state of the resource does not allow it: the reason says which, and a `BadRequest` names each field.",
		3, "FIELD_INVALID", "email: must be at most 254 bytes"},
	"401": {"Unauthenticated", "No credentials, or credentials that cannot be verified.", 16, "CREDENTIALS_INVALID", "the credentials are missing or not valid"},
	"403": {"PermissionDenied", "The caller's roles do not allow it.", 7, "ROLE_MISSING", "the caller has none of the roles that this needs"},
	"404": {"NotFound", "It does not exist, or the caller may not know that it does.", 5, "RESOURCE_NOT_FOUND", "there is no leads/0192f0c1a2b37c4d8e5f60718293a4b5"},
	"409": {"Conflict", "Somebody was faster (read again), or it exists already. Nothing was changed.", 10, "ETAG_MISMATCH", "the etag is not the current one"},
	"413": {"TooLarge", "The body is larger than 1 MiB.", 8, "LIMIT_EXCEEDED", "the body is larger than 1 MiB"},
	"429": {"ResourceExhausted", "Too many requests; a `RetryInfo` says when to try again.", 8, "LIMIT_EXCEEDED", "too many requests"},
	"503": {"Unavailable", "Nothing is known about the outcome: retry with the same `Idempotency-Key`. 500 and 504 mean the same.", 14, "UNAVAILABLE", "the service cannot answer now"},
}

// describe says what the Swagger document leaves out: the answers that say what was wrong, the headers, the masks of
// changes and examples.
func describe(doc *openapi3.T) {
	doc.Components.Responses = openapi3.ResponseBodies{}
	for code, r := range refusals {
		doc.Components.Responses[r.name] = &openapi3.ResponseRef{Value: r.response(code)}
	}
	for _, template := range slices.Collect(maps.Keys(doc.Paths.Map())) {
		item := doc.Paths.Value(template)
		for method, operation := range item.Operations() {
			describeOperation(operation, method, template, fields(doc, operation))
		}
		if fixed := mend(template); fixed != template {
			doc.Paths.Delete(template)
			doc.Paths.Set(fixed, item)
		}
	}
}

func (r refusal) response(code string) *openapi3.Response {
	content := openapi3.NewContentWithJSONSchemaRef(openapi3.NewSchemaRef(statusSchema, nil))
	content["application/json"].Example = map[string]any{"code": r.grpc, "message": r.message, "details": []any{map[string]any{
		"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": r.reason, "domain": "handoff.dev"}}}
	return openapi3.NewResponse().WithDescription(r.description).WithContent(content)
}

func describeOperation(o *openapi3.Operation, method, template string, given map[string]bool) {
	o.Summary, o.Description = split(o.Summary, o.Description)
	for _, p := range o.Parameters {
		if p.Value.In == openapi3.ParameterInPath {
			p.Value.Name = singular(p.Value.Name)
		}
	}
	codes := []string{"400", "401", "403", "429", "503"}
	if strings.Contains(template, "{") || method != http.MethodGet {
		codes = append(codes, "404") // of the resource, or of one that the body names
	}
	if method != http.MethodGet {
		codes = append(codes, "413")
	}
	if given["requestId"] { // it changes something
		codes = append(codes, "409")
		o.Parameters = append(o.Parameters, header("Idempotency-Key", "Makes a retry safe for seven days, as `requestId` does: any text of at most 255 characters. Default: none."))
	}
	if given["etag"] && (method == http.MethodPatch || strings.Contains(template, "}:")) {
		o.Parameters = append(o.Parameters, header("If-Match", "The etag that was read, instead of `etag` in the body. Default: no check."))
	}
	if method == http.MethodPatch {
		o.Parameters = append(o.Parameters, mask())
		o.RequestBody.Value.Content["application/json"].Schema.Value.Required = nil // a change holds what it changes
	}
	for _, code := range codes {
		o.Responses.Set(code, &openapi3.ResponseRef{Ref: "#/components/responses/" + refusals[code].name})
	}
	o.Responses.Value("default").Value.Description = text("Any other failure.")
	o.Responses.Value("200").Value.Description = text("It was done.")
	if body := examples[o.OperationID]; body != nil {
		o.RequestBody.Value.Content["application/json"].Example = body
	}
}

// fields are the names of what an operation takes, in its query and at the top of its body.
func fields(doc *openapi3.T, o *openapi3.Operation) map[string]bool {
	names := map[string]bool{}
	for _, p := range o.Parameters {
		names[p.Value.Name] = true
	}
	if o.RequestBody == nil {
		return names
	}
	body := o.RequestBody.Value.Content["application/json"].Schema
	if component, ok := strings.CutPrefix(body.Ref, "#/components/schemas/"); ok {
		body = doc.Components.Schemas[component]
	}
	for name := range body.Value.Properties {
		names[name] = true
	}
	return names
}

func header(name, description string) *openapi3.ParameterRef {
	return &openapi3.ParameterRef{Value: openapi3.NewHeaderParameter(name).WithDescription(description).WithSchema(openapi3.NewStringSchema())}
}

func mask() *openapi3.ParameterRef {
	return &openapi3.ParameterRef{Value: openapi3.NewQueryParameter("updateMask").WithSchema(openapi3.NewStringSchema()).
		WithDescription("The fields to change, joined by commas, such as `displayName,active`. Default: every field that the body has.")}
}

// split takes the first sentence as the summary, and all of it as the description if there is more.
func split(summary, description string) (first, all string) {
	all = strings.Join(strings.Fields(summary+" "+description), " ")
	if end := strings.Index(all, ". "); end >= 0 {
		return all[:end], all
	}
	return strings.TrimSuffix(all, "."), ""
}

// mend gives the variables of a path their names.
func mend(template string) string {
	parts := strings.Split(template, "/")
	for i, part := range parts {
		if name, rest, ok := strings.Cut(strings.TrimPrefix(part, "{"), "}"); ok {
			parts[i] = "{" + singular(name) + "}" + rest
		}
	}
	return strings.Join(parts, "/")
}

// singular mends what a generator makes of a collection that ends in `ies` by taking off its last letter.
func singular(name string) string {
	if stem, ok := strings.CutSuffix(name, "ie"); ok {
		return stem + "y"
	}
	return name
}

func text(s string) *string { return &s }
