// Command openapi turns the Swagger 2 document that the gateway's generator writes into OpenAPI 3.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: openapi SWAGGER.json OPENAPI.json")
		os.Exit(2)
	}
	if err := convert(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func convert(from, to string) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var v2 openapi2.T
	if err := json.Unmarshal(raw, &v2); err != nil {
		return fmt.Errorf("read %s: %w", from, err)
	}
	v3, err := openapi2conv.ToV3(&v2)
	if err != nil {
		return fmt.Errorf("convert %s: %w", from, err)
	}
	v3.Info = &openapi3.Info{
		Title:       "Handoff",
		Version:     "v1",
		Description: "The passage of a lead from marketing to sales: playbook, scoring, routing, clocks, feedback, attribution and the journey of each handoff.\n\nEvery call needs a bearer token. A change that carries an `Idempotency-Key` can be retried safely; an `If-Match` with the etag that was read makes sure that nobody was faster. Errors are `google.rpc.Status`, with the reason in an `ErrorInfo`. Unknown fields are refused.",
	}
	describe(v3)
	v3.Tags = used(v3)
	v3.Servers = openapi3.Servers{{URL: "/"}}
	v3.Components.SecuritySchemes = openapi3.SecuritySchemes{"token": &openapi3.SecuritySchemeRef{
		Value: openapi3.NewSecurityScheme().WithType("http").WithScheme("bearer").WithBearerFormat("JWT")}}
	v3.Security = openapi3.SecurityRequirements{openapi3.NewSecurityRequirement().Authenticate("token")}
	out, err := json.Marshal(v3)
	if err != nil {
		return err
	}
	if err := check(out); err != nil {
		return fmt.Errorf("check %s: %w", to, err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, out, "", " "); err != nil {
		return err
	}
	pretty.WriteByte('\n')
	return os.WriteFile(to, pretty.Bytes(), 0o644) //nolint:gosec // a generated file that is committed
}

// used are the tags under which there are operations: a service that is served inside alone has none.
func used(doc *openapi3.T) openapi3.Tags {
	var tags openapi3.Tags
	for _, path := range doc.Paths.Map() {
		for _, operation := range path.Operations() {
			for _, name := range operation.Tags {
				if tag := doc.Tags.Get(name); tag != nil && tags.Get(name) == nil {
					tags = append(tags, tag)
				}
			}
		}
	}
	slices.SortFunc(tags, func(a, b *openapi3.Tag) int { return strings.Compare(a.Name, b.Name) })
	return tags
}

// check refuses a document that is not OpenAPI, and an example that its schema does not allow.
func check(raw []byte) error {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(raw)
	if err != nil {
		return err
	}
	return doc.Validate(loader.Context, openapi3.EnableExamplesValidation())
}
