package rpc

import (
	"encoding/json"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// serviceConfig is gRPC's configuration of a connection: calls go round the addresses, and reads are tried three times when
// the service cannot be reached. A write is not: its caller retries it with the same request id. The throttle stops retries
// when more than about every tenth call fails, so that they do not keep a weak service down.
func serviceConfig(services []protoreflect.ServiceDescriptor) (string, error) {
	type name struct {
		Service string `json:"service"`
		Method  string `json:"method"`
	}
	reads := []name{}
	for _, service := range services {
		for i := range service.Methods().Len() {
			if method := service.Methods().Get(i); isRead(method) {
				reads = append(reads, name{string(service.FullName()), string(method.Name())})
			}
		}
	}
	config := map[string]any{
		"loadBalancingConfig": []any{map[string]any{"round_robin": struct{}{}}},
		"retryThrottling":     map[string]any{"maxTokens": 10, "tokenRatio": 0.1},
	}
	if len(reads) > 0 {
		config["methodConfig"] = []any{map[string]any{
			"name": reads,
			"retryPolicy": map[string]any{
				"maxAttempts": 3, "initialBackoff": "0.05s", "maxBackoff": "0.5s", "backoffMultiplier": 2,
				"retryableStatusCodes": []string{"UNAVAILABLE"},
			},
		}}
	}
	text, err := json.Marshal(config)
	return string(text), err
}

func isRead(method protoreflect.MethodDescriptor) bool {
	name := string(method.Name())
	return !method.IsStreamingClient() && !method.IsStreamingServer() &&
		(strings.HasPrefix(name, "Get") || strings.HasPrefix(name, "List"))
}
