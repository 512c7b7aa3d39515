# Each target makes its own virtual environment in .venv; the system Python is never touched.
# Another interpreter: make PYTHON=python3.12 verify. More arguments: make verify ARGS="-v bifurcation".

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help verify test proofs lint figures tex report certificates mutate bench clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

verify: $(INSTALLED) ## run the ledger of claims (quick tier)
	$(BIN)/oddsigmoid verify $(ARGS)

test: $(INSTALLED) ## run the tests
	$(BIN)/python -m pytest --numprocesses 2 $(ARGS)

proofs: $(INSTALLED) ## compile the formal proofs (needs Coq) and have them checked again
	$(BIN)/oddsigmoid proofs $(ARGS)

lint: $(INSTALLED) ## ruff and mypy
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

figures: $(INSTALLED) ## draw the figures into build/figures
	$(BIN)/oddsigmoid figures $(ARGS)

tex: $(INSTALLED) ## write TeX macros and a table of claims into build/tex (after make verify)
	$(BIN)/oddsigmoid tex $(ARGS)

report: $(INSTALLED) ## write the last ledger and the figures as a page, build/report.html
	$(BIN)/oddsigmoid report $(ARGS)

certificates: $(INSTALLED) ## write a certificate for what is proved by enclosure, and check them all
	$(BIN)/oddsigmoid certify $(ARGS)
	$(BIN)/oddsigmoid check build/certificates

mutate: $(INSTALLED) ## change the code in small ways and see whether the tests notice (40 minutes on two cores)
	$(BIN)/python tests/mutation $(ARGS)

bench: $(INSTALLED) ## measure the speed ratios of benchmarks/
	$(BIN)/python benchmarks/ratios.py $(ARGS)
	$(BIN)/python benchmarks/simulation.py
	$(BIN)/python benchmarks/training.py

clean: ## remove everything that was built, and .venv
	rm -rf .venv build *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "oddsigmoid needs Python 3.11 or newer, and $(PYTHON) is older; try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@
