# `make demo` and `make test` set everything up on a fresh machine.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto

.PHONY: help demo test laws lint check fix bench docs lock clean

help: ## what there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(VENV)/.ready: pyproject.toml requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(VENV)/.ready ## tell the real night of Southampton, 5 May 2016
	@$(BIN)/seatledger demo

test: $(VENV)/.ready ## every test, on SQLite and on a PostgreSQL started for the run
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

laws: $(VENV)/.ready ## the laws over at least 10,000 random nights
	HYPOTHESIS_PROFILE=long $(BIN)/pytest -n $(WORKERS) tests/test_laws.py

lint: $(VENV)/.ready ## format, lint, types, imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

check: lint test ## the gate: lint, then every test (docs run among them)

fix: $(VENV)/.ready ## mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.ready ## figures, each a ratio to a baseline of the same run
	$(BIN)/python -m bench

docs: $(VENV)/.ready ## write the generated reference again
	$(BIN)/python docs/generate.py

lock: $(VENV)/.ready ## write requirements-dev.txt again
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --no-emit-find-links --universal --python-version 3.11 --all-extras --group dev pyproject.toml -o requirements-dev.txt

clean: ## remove what was made
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
