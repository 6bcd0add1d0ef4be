// Package deploycheck holds the files of deploy/ against the libraries of the programs that read them: BuildKit, Compose,
// Kustomize and Kubernetes, Prometheus, the OpenTelemetry collector. It needs neither these programs nor a network, and it
// is nothing but tests: `make deploy-check` runs them.
//
// These libraries are many and heavy, which is why this is a module of its own. What the files say of the suite itself, its
// settings and its metrics, is tested beside the command.
package deploycheck
