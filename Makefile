# One entry for everything; `make help` lists it. `make run` and `make test` need Go alone. Tools are pinned Go modules
# under gen/tools, built into bin/ when a target needs them.
SHELL := /bin/bash -o pipefail
.DEFAULT_GOAL := help
GO := go
BIN := $(CURDIR)/bin
RACE ?=
# SQLite's C, translated to Go, keeps its own locks: watching each of its memory accesses finds nothing, and is 3 times as slow.
RACE_FLAGS := -race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false
ROUNDS ?= 3

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{split($$1, t, ":"); printf "  make %-12s %s\n", t[1], $$2}'

.PHONY: build
build: ## Build the handoff command into bin/
	$(GO) build -trimpath -o $(BIN)/handoff ./services/cmd/handoff

.PHONY: run
run: build ## Play a month of a made-up company on SQLite, and stay up for looking around
	$(BIN)/handoff demo

.PHONY: test
test: ## Run every test; RACE=1 adds the race detector, which needs a C compiler
	$(GO) vet work # all of it, and once: the tests need not look again
	$(GO) test -vet=off $(if $(RACE),$(RACE_FLAGS)) -timeout 60m work

.PHONY: lint
lint: $(BIN)/buf $(BIN)/golangci-lint ## Lint protos and Go code
	$(BIN)/buf lint
	$(BIN)/buf format --diff --exit-code --path proto/handoff
	cd gateway && GOWORK=off $(BIN)/golangci-lint run ./...
	cd services && GOWORK=off $(BIN)/golangci-lint run ./...
	cd services/bench && GOWORK=off $(BIN)/golangci-lint run ./...
	cd services/browsertest && GOWORK=off $(BIN)/golangci-lint run ./...

.PHONY: breaking
breaking: $(BIN)/buf ## Refuse API changes that break callers, against AGAINST (default: the last release, or HEAD where there is none)
	$(BIN)/buf breaking --against ".git#ref=$(or $(AGAINST),$$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null || git rev-parse HEAD))"

.PHONY: generate
generate: $(BIN)/buf ## Generate code and the OpenAPI description from the protos
	cd gen/tools/protodeps && GOWORK=off $(GO) run . $(CURDIR)/proto/third_party
	$(BIN)/buf generate
	cd gen/tools/openapi && GOWORK=off $(GO) run . $(CURDIR)/gen/swagger/handoff.swagger.json $(CURDIR)/gen/openapi/handoff.openapi.json

.PHONY: deploy-check
deploy-check: ## Hold the files of deploy/ against the libraries of the programs that read them
	cd gen/tools/deploycheck && GOWORK=off $(GO) vet ./... && GOWORK=off $(GO) test -count=1 ./...

.PHONY: browser-test
browser-test: ## Look at the pages in a real browser; needs Chromium
	cd services/browsertest && GOWORK=off $(GO) vet ./... && GOWORK=off $(GO) test -count=1 ./...

.PHONY: bench
bench: ## Measure the suite beside references, about a quarter of an hour; ONLY="P1 P11" and ROUNDS=1 make it shorter
	cd services/bench && GOWORK=off $(GO) run . --rounds=$(ROUNDS) $(ONLY)

$(BIN)/buf: gen/tools/buf/go.sum
	cd gen/tools/buf && GOWORK=off $(GO) build -o $@ github.com/bufbuild/buf/cmd/buf

$(BIN)/golangci-lint: gen/tools/lint/go.sum
	cd gen/tools/lint && GOWORK=off $(GO) build -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
