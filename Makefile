# Everything a contributor does has a name here. Stamp files make a second call cost nothing;
# a step runs again when what it was made from has changed.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
made_from := tools/bootstrap.py tools/assets.py pyproject.toml src/leeway/version.py
pages := src/leeway/server/pages
drawn_from := package.json package-lock.json tools/assets.py $(shell find web $(pages) -name '*.ts' -o -name '*.css' -o -name '*.mjs' -o -name '*.html' -o -name '*.py')
assets := src/leeway/server/assets/manifest.json
peers := tests/server/access/provider

.venv/.run: requirements.lock $(made_from)
	@$(PYTHON) tools/bootstrap.py run && touch $@

.venv/.dev: requirements-dev.lock $(made_from)
	@$(PYTHON) tools/bootstrap.py dev && touch .venv/.run $@

$(assets): .venv/.run $(drawn_from)
	@$(BIN)/python tools/assets.py && touch $@

node_modules/.leeway-dev: .venv/.dev package-lock.json
	@$(BIN)/python tools/assets.py dev && touch $@

$(peers)/node_modules/.leeway: .venv/.dev $(peers)/package-lock.json
	@$(BIN)/python tools/assets.py peers && touch $@

.tools/.test: requirements-dev.lock $(made_from)
	@$(PYTHON) tools/bootstrap.py test && mkdir -p .tools && touch .venv/.run .venv/.dev $@

.PHONY: help install demo test check soak bench screenshots api docs lock clean
.PHONY: check-format check-lint check-types check-web check-layers check-dependencies check-house

help: ## this list
	@echo "Leeway: how much unreliability can you still afford?"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "A fresh machine needs git, make and python3 (3.11 or newer); the rest is fetched, into this folder."
	@echo "Options go in ARGS: make test ARGS='-k window', make lock ARGS=--upgrade; make -k check shows all that is wrong"

install: .venv/.run $(assets) ## .venv with the command .venv/bin/leeway

demo: install ## a small real service, 90 days of history and their error budgets, on this machine alone
	@$(BIN)/leeway demo $(ARGS)

test: .tools/.test $(assets) node_modules/.leeway-dev $(peers)/node_modules/.leeway ## every test that this machine can run, in random order; says what it could not run and why
	@$(BIN)/python -m pytest -n 2 -q $(ARGS)

check: check-format check-lint check-types check-web check-layers check-dependencies check-house docs ## format, lint, types, browser code, layers, dependencies, the rules of the house, documentation
check-format: .venv/.dev
	$(BIN)/ruff format --check .
check-lint: .venv/.dev
	$(BIN)/ruff check .
check-types: .venv/.dev
	$(BIN)/mypy
check-web: node_modules/.leeway-dev
	$(BIN)/python tools/assets.py check
check-layers: .venv/.dev
	$(BIN)/lint-imports --no-logo
check-dependencies: .venv/.dev
	$(BIN)/deptry .
check-house: .venv/.dev
	$(BIN)/python -m pytest -q tests/arch

soak: .tools/.test $(assets) node_modules/.leeway-dev $(peers)/node_modules/.leeway ## the long tests at full length: hundreds of kills, long loads (make test runs a tenth of them)
	@$(BIN)/python -m pytest --soak --timeout=0 -q $(ARGS)

bench: .venv/.dev $(assets) ## measured figures, medians and ratios, in a table
	@$(BIN)/python -m bench $(ARGS)

screenshots: .tools/.test $(assets) ## pictures of every page of a demo, light, dark and on a phone, into build/screenshots; the README's two anew
	@$(BIN)/python -m tools.screenshots $(ARGS)

api: .venv/.dev ## the description of the API with an answer to every example, as docs/reference/openapi.json
	@$(BIN)/python -m tests.server.example_book

docs: .venv/.dev ## the documentation, into docs/_build/html; a warning is an error
	$(BIN)/sphinx-build -q -E -W --keep-going -b html docs docs/_build/html

compile := $(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate
lock: .venv/.dev ## write both lock files anew from pyproject.toml (pins stay; ARGS=--upgrade lifts them)
	$(compile) $(ARGS) --extra kit --extra pdf --group install --group dev pyproject.toml -o requirements-dev.lock
	$(compile) $(ARGS) --group install -c requirements-dev.lock pyproject.toml -o requirements.lock

clean: ## remove all that make made, .venv and .tools too
	rm -rf .venv .tools node_modules $(peers)/node_modules src/leeway/server/assets build dist docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
