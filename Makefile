# `make run` and `make test` do all of their own set-up; a machine needs Python 3.11, 3.12 or 3.13 with venv, and make.
# PORT=8001 make run: another port.

PORT ?= 8000
PYTHON ?= $(shell for python in python3.12 python3.11 python3.13 python3; do \
	"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo "$$python" && break; done)
FOUND = $(or $(PYTHON),$(shell command -v python3))
VENV = .venv/bin
TESTS ?= tests
# One more than there are processors: many tests wait for a browser, a worker or a clock.
JOBS ?= 3

export TECHFINDER_DEBUG = 1
# Packages come with their compiled files; ours are compiled at first use, and kept: a run of the tests starts hundreds
# of processes.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := run
.PHONY: setup environment setup-dev run test lint faults bench clean

define bootstrap
@test -n "$(FOUND)" || { echo "Techfinder needs Python 3.11, 3.12 or 3.13, and finds none." >&2; exit 1; }
@$(FOUND) tools/bootstrap.py $(1)
endef

setup: environment
	@$(VENV)/python -m techfinder.local.prepare

environment:
	$(call bootstrap,local)

setup-dev:
	$(call bootstrap,dev)

run: environment
	@exec $(VENV)/python -m techfinder.local.supervisor --port $(PORT)

lint: setup-dev
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/djlint --lint templates --quiet
	$(VENV)/python tools/messages.py check
	$(VENV)/python manage.py check --fail-level WARNING
	$(VENV)/python manage.py makemigrations --check --dry-run

test: lint
	$(VENV)/python -m pytest $(TESTS) --numprocesses $(JOBS) --dist loadgroup --durations 10

# Kills, restarts and a mail server that misbehaves, under load: docs/reliability.md has the table.
faults: setup-dev
	RUN_FAULTS=1 $(VENV)/python -m pytest tests/faults/test_cells.py --numprocesses 2 --durations 0
	$(VENV)/python -m tests.faults.table

bench: setup-dev
	$(VENV)/python -m pytest tests/benchmarks -p no:xdist -s

clean:
	rm -rf .venv node_modules .local .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
