// Package openapi holds the OpenAPI description of Handoff's REST API, generated from the protos.
package openapi

import _ "embed"

// JSON is the description in OpenAPI 3.
//
//go:embed handoff.openapi.json
var JSON []byte
