# One entry for everything. `make help` lists it. Only Go and make are needed, except where a target says so.
SHELL := /bin/bash -o pipefail
.DEFAULT_GOAL := help
BIN := bin
GO := go
RACE ?=
RACEFLAG := $(if $(RACE),-race,)
TOOL = GOWORK=off $(GO) -C gen/tools/$(1) tool

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: build
build: ## Build the handoff command into bin/
	$(GO) build -trimpath -o $(BIN)/handoff ./services/cmd/handoff

.PHONY: run
run: build ## Run everything on embedded SQLite with sample data, and print the link to it
	$(BIN)/handoff demo

.PHONY: test
test: ## Run every test; RACE=1 adds the race detector (needs a C compiler)
	$(GO) vet work
	$(GO) test $(RACEFLAG) -timeout 20m work

.PHONY: lint
lint: ## Lint Go code and protos
	$(call TOOL,buf) buf lint $(CURDIR)
	$(call TOOL,buf) buf format --diff --exit-code $(CURDIR)
	for m in gateway services; do (cd $$m && $(CURDIR)/$(BIN)/golangci-lint run ./...) || exit 1; done

.PHONY: tools
tools: ## Build the pinned tools into bin/
	mkdir -p $(BIN)
	GOWORK=off $(GO) -C gen/tools/buf build -o $(CURDIR)/$(BIN)/buf github.com/bufbuild/buf/cmd/buf
	GOWORK=off $(GO) -C gen/tools/lint build -o $(CURDIR)/$(BIN)/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

.PHONY: generate
generate: ## Generate code and OpenAPI from the protos
	GOWORK=off $(GO) -C gen/tools/protodeps run . $(CURDIR)/proto/third_party
	$(call TOOL,buf) buf generate $(CURDIR)

.PHONY: bench
bench: ## Run the benchmarks, each beside its reference
	$(GO) test -run '^$$' -bench . -benchmem ./services/...
