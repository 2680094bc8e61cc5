# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

# The few verbs. Each is a short command that also works when typed by hand.

.DEFAULT_GOAL := build
.PHONY: build test lint run generate bench bench-match bench-decode soak

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# Pages are not inlined into each other: that would make the program 2 MB larger, and no page faster.
build: ## one static binary in bin/
	CGO_ENABLED=0 go build -trimpath -ldflags=-s -gcflags=tocsin/internal/console/...=-l -o bin/tocsin ./cmd/tocsin

test: ## what a machine with only Go can check; tests of absent services skip and say so
	go test ./...

lint: ## formatting, vet, staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...

run: ## the demonstration, left running with its console links
	go run ./cmd/tocsin demo --serve

generate: ## templates and generated pages; their results are committed
	go generate ./...
	go run github.com/a-h/templ/cmd/templ@$$(go list -m -f '{{.Version}}' github.com/a-h/templ) generate -path internal/console

bench: ## measure, and rewrite docs/performance.md
	go run ./bench -o docs/performance.md

bench-match: ## measure matching beside FAISS and pytx, and rewrite that section; MATCH="-sizes 1000000" is shorter
	go run ./bench -match $(MATCH) -o docs/performance.md

bench-decode: ## measure decoding beside coregx/ahocorasick and Vectorscan, and rewrite that section
	go run ./bench -decode -o docs/performance.md

soak: ## a thousand kills and cut connections; about half an hour
	TOCSIN_SOAK=1000 go test -count=1 -v -run 'TestSoak$$' -timeout 3h ./internal/node
