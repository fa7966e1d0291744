# Every target that a person runs says what it does: `make help`.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check bench format migration words frontend lock clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/installed ## Run the service on the demo year of Global Fest, at http://localhost:8000 (PORT=… for another)
	@sh scripts/demo.sh $(BIN) $(PORT)

test: $(VENV)/installed-dev ## Run the whole test suite, on SQLite and on a PostgreSQL that it starts itself
	@sh scripts/find_chromium.sh
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(TESTS)

check: $(VENV)/installed-dev ## Check format, lint, types, floors, migrations, words and built scripts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_words.py
	@sh scripts/check_frontend.sh

bench: $(VENV)/installed-dev ## Measure claims, scans, feeds and pages beside the limits of the same run
	$(BIN)/python -m bench.claims
	$(BIN)/python -m bench.scans
	$(BIN)/python -m bench.feeds
	$(BIN)/python -m bench.pages

format: $(VENV)/installed-dev ## Format the code and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

migration: $(VENV)/installed-dev ## Write a migration for changed models: make migration NAME=what_changed
	$(BIN)/python -m tortoise -c festival.database.models_config.CONFIG makemigrations --name $(NAME)
	$(BIN)/ruff format festival/database/migrations

words: $(VENV)/installed-dev ## Gather the interface's words into every catalogue
	$(BIN)/python scripts/gather_words.py

frontend: ## Build the scanner's scripts from frontend/ (needs Node)
	cd frontend && npm ci --no-audit --no-fund && npm run build

lock: $(VENV)/installed-dev ## Pin every dependency with its hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --generate-hashes --universal --python-version 3.11 --no-header --no-annotate -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --generate-hashes --universal --python-version 3.11 --no-header --no-annotate -q -o requirements-dev.lock

clean: ## Remove the environment and the demo's data
	rm -rf $(VENV) var

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python cannot make a virtual environment here. On Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what the service needs…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	@echo "Installing what the tests need…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
