# What there is to do: make help

ARGS     ?=
TAGS     ?=
PARALLEL ?= 2
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# go.mod asks for a toolchain with a fix that the minimum lacks; when it cannot
# be had, the installed one serves, if it is not older than the minimum.
export GOTOOLCHAIN := $(shell GOTOOLCHAIN=auto go version >/dev/null 2>&1 && echo auto || echo local)
export CGO_ENABLED := 1

# The version comes from git describe above; go's own stamp would refuse a
# checkout that belongs to somebody else.
LDFLAGS := -s -w -X main.version=$(VERSION)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo build test campaign fuzz bench lint deps

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: build ## build emne and run the whole system, without an account or configuration; ARGS="--quiet"
	./bin/emne demo $(ARGS)

build: ## ./bin/emne
	@mkdir -p bin
	go build -buildvcs=false -trimpath -tags '$(TAGS)' -ldflags '$(LDFLAGS)' -o bin/emne ./cmd/emne

test: deps lint ## install what the tests need, then run all of them
	go test -race -tags '$(TAGS)' -p $(PARALLEL) -timeout 9m ./...

campaign: deps ## the fault campaigns in full; prints counts and seeds
	EMNE_CAMPAIGN=full go test -tags '$(TAGS)' -p 1 -count 1 -timeout 12h -v -run '^TestCampaign' ./...

fuzz: ## every parser of foreign bytes for SECONDS of one processor each (36), two at once
	packaging/fuzz.sh $(or $(SECONDS),36)

bench: deps ## ratios against peers and limits, measured side by side
	cd cmd/emne-bench && go run -buildvcs=false -mod=mod -tags '$(TAGS)' . $(ARGS)

lint: ## gofmt and go vet
	@unformatted=$$(gofmt -l $$(find . -name '*.go' -not -path './bin/*')); \
	if [ -n "$$unformatted" ]; then echo "gofmt -w these files:"; echo "$$unformatted"; exit 1; fi
	go vet -tags '$(TAGS)' ./...
	@if [ -f cmd/emne-bench/go.mod ]; then echo "cd cmd/emne-bench && go vet ./..."; cd cmd/emne-bench && go vet -mod=mod -tags '$(TAGS)' ./...; fi

deps: ## what the tests need besides Go: says what is missing, installs it on Debian as root
	@packaging/deps.sh
