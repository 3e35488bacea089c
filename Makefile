# A fresh machine needs Python 3.11 or newer and make, nothing else.
# `make run PYTHON=/path/to/python3.12` chooses a Python, `make test ARGS="-k desk"` some tests.

PYTHON ?=
ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: run install test check lint format bench lock

run: install
	@exec $(BIN)/python -m bot

install: .venv/.embedded

# One more than there are cores, four at most: a dialogue waits about as much as it computes.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 4 ? n + 1 : 4)))

test: .venv/.dev
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

# The tests come last, so that their closing line does.
check: lint
	@$(MAKE) --no-print-directory test

lint: .venv/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv/.dev
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: .venv/.dev
	@$(BIN)/python -m bench $(ARGS)

# `make lock ARGS=--upgrade` takes the newest versions. The other two follow dev.txt, so that
# what is tested is what runs.
COMPILE = uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --custom-compile-command "make lock"

lock:
	@command -v uv > /dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	@$(COMPILE) --extra embedded --extra dev --output-file requirements/dev.txt $(ARGS)
	@$(COMPILE) --extra embedded --constraint requirements/dev.txt --no-annotate \
		--output-file requirements/embedded.txt
	@$(COMPILE) --constraint requirements/dev.txt --no-annotate \
		--output-file requirements/base.txt

# Stamps: the second call is instant, and a changed lock installs again.
.venv/.embedded: requirements/embedded.txt | .venv/bin/pip
	@echo "Installing what the program needs…" >&2
	@$(PIP) -r $<
	@touch $@

# Everything in embedded.txt is in dev.txt, at the same versions.
.venv/.dev: requirements/dev.txt | .venv/bin/pip
	@echo "Installing what the program and its tests need…" >&2
	@$(PIP) -r $<
	@touch $@ .venv/.embedded

.venv/bin/pip:
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null && break; \
		python=; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Python 3.11 or newer is needed and was not found: install it, or name it:" \
			"make run PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2> /dev/null; then \
		echo "$$python cannot make a virtual environment: install its venv module" \
			"(on Debian and Ubuntu: apt-get install python3-venv)" >&2; \
		exit 1; \
	fi; \
	"$$python" -m venv .venv
