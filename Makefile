# Everything is set up in .venv by the targets themselves; Python 3.11 or newer is all that must be there.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
TESTS  ?= tests

.PHONY: demo test lint types imports unit bench docs screenshots clean format lock

demo: $(VENV)/.runtime
	$(BIN)/promptbeam demo

test: lint types imports unit

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports --no-cache

unit: $(VENV)/.dev
	@test -x /usr/bin/chromium || echo "=== NOTE: no /usr/bin/chromium: the browser tests are SKIPPED (Debian: apt-get install chromium) ==="
	@command -v npx >/dev/null || echo "=== NOTE: no npx: the bot is NOT TESTED on an independent Slack (Debian: apt-get install npm) ==="
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || echo "=== NOTE: no PostgreSQL: the tests of workers and the shared database are SKIPPED (Debian: apt-get install postgresql) ==="
	@test -d ../shared/data || echo "=== NOTE: no ../shared/data: the tests on LIAR and ETHOS are SKIPPED ==="
	@# More workers than cores: much of the suite waits for servers and processes of its own.
	$(BIN)/pytest -n 5 --dist loadgroup $(TESTS)

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

docs: $(VENV)/.dev
	$(BIN)/python -m bot.cli.manual > docs/commands.md

screenshots: $(VENV)/.dev
	SCREENSHOTS=docs/images $(BIN)/pytest tests/demo

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Pins every package for all platforms; the file names no download address.
lock: $(VENV)/.dev
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --extra dev --no-header \
	    --no-annotate --no-emit-index-url pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .promptbeam

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Promptbeam needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: pyproject.toml requirements.lock | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml requirements.lock | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[dev]'
	@touch $@ $(VENV)/.runtime
