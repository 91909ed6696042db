# Two commands on a fresh machine: `make demo` and `make test`. Both set everything up first.
.DEFAULT_GOAL := help
# Without their bytecode the daemons of the tests would compile every module again at every start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test test-all soak check format bench lock clean
BIN := .venv/bin

help:
	@echo "make demo      watch leadbot work on a simulated X (no credentials, no network)"
	@echo "make test      all tests (needs only a package registry)"
	@echo "make test-all  the tests, and those that take many minutes"
	@echo "make soak      4 minutes: a town, several brands, X failing at random, kills"
	@echo "make check     format, lint, types, import contract"
	@echo "make bench     speed and memory on this machine, as a table and JSON"
	@echo "make setup     .venv with .venv/bin/leadbot"
	@echo "make format    write the format that make check asks for"

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml tools/setup.sh
	@sh tools/setup.sh

demo: setup
	@$(BIN)/leadbot demo

test: setup
	@$(BIN)/python -m pytest -n 2

test-all: setup
	@sh tools/tryton.sh
	@sh tools/browser.sh
	@$(BIN)/python -m pytest -n 2 -m ""

soak: setup
	@$(BIN)/python -m tests.soak

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup
	@$(BIN)/python -m bench

lock:
	uv pip compile pyproject.toml --extra train --extra keyring --extra hubspot --extra salesforce --extra dev --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --output-file requirements.lock
	printf 'axe-playwright-python>=0.1.4\nplaywright>=1.49\n' | uv pip compile - --constraint requirements.lock --universal --python-version 3.11 \
	    --generate-hashes --no-header --no-annotate --output-file requirements-browser.lock

clean:
	rm -rf .venv .tryton build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
