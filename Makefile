# One command for each thing; `make check` is what a change has to pass.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

# Heavy parts, built or downloaded once, stay outside the tree.
cache := $(or $(AI_LSP_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ai-lsp-e2e)

# The linter is compiled once for each set of pinned versions and each Go: one
# that was built by an older Go refuses code for a newer.
linter := $(cache)/tools/$(shell cksum <tools/go.sum | cut -d' ' -f1)-$(shell go env GOVERSION)/golangci-lint

FUZZTIME ?= 30s
BENCH ?= .

.PHONY: build test race lint fmt fuzz bench replay fixes e2e docs check clean

build: ## the program, as ./ai-lsp
	go build -trimpath -o ai-lsp ./cmd/ai-lsp

test: ## every test; editors that are not installed are skipped
	go test ./...

race: ## the tests of our own code under the race detector
	go test -race $$(go list ./... | grep -v /editors/)

lint: $(linter) ## linters and formatting
	$(linter) run

fmt: $(linter) ## puts every Go file into form
	$(linter) fmt

fuzz: ## each fuzz target for FUZZTIME
	go test -list '^Fuzz' ./... \
		| awk '/^Fuzz/ { name[++n] = $$1 } /^ok/ { for (i = 1; i <= n; i++) print $$2, name[i]; n = 0 }' \
		| while read -r package target; do \
			echo "== $$package $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package" </dev/null; \
		done

bench: ## the figures; BENCH names the benchmarks
	go test -run '^$$' -bench '$(BENCH)' -benchmem ./...

replay: ## what the history of REPO says of units, tokens and anchors; FLAGS go along
	go run ./internal/bench/replay $(FLAGS) '$(REPO)'

fixes: ## 10,000 generated fixes over the source files in CORPUS, folders with colons between
	go test ./review -run TestGeneratedFixes -v -timeout 1h -fixes 10000 -fixes.corpus '$(CORPUS)'

e2e: build ## installs real editors (Debian 12) and drives the program with them
	editors/e2e/install.sh all
	editors/e2e/vscode/install.sh
	CI=true go test -count=1 ./editors/...
	cd editors/vscode && npm ci --no-fund --no-audit && npm run package
	node editors/e2e/vscode/run.mjs ai-lsp editors/vscode/ai-lsp.vsix dist/pictures

docs: ## everything that is generated from the settings
	go test -count=1 ./internal/settings -update

check: lint ## what a change has to pass
	go vet ./...
	$(MAKE) --no-print-directory test race

clean: ## what the other targets left in the tree
	rm -rf ai-lsp dist coverage.out editors/vscode/out editors/vscode/*.vsix

$(linter):
	go build -C tools -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
