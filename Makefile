# Everything here needs python3 (3.11 or newer), make and a package index, and nothing else. Where tmux is
# there too, the tests look at the command line's screens in it.
# Each target makes the environment it needs on first use; a second run goes straight to work.
#
#   VENV    the environment          (default .venv)
#   PYTHON  what it is made with     (default python3)
#   ARGS    more words for the tool  (make test ARGS="-x -k sse")
#   COVERAGE=1 lets `test` count branches too, as CI does; `make coverage` is the same

VENV   ?= .venv
PYTHON ?= python3
ARGS   ?=

PY  := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo web test coverage crashes lint types docs bench bench-quick fuzz mutants ray only-ray

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r a b; do \
		printf '%-14s %s\n' "$$a" "$$b"; done

demo: $(VENV)/.stamp-cli  ## four providers' models answer one question at once, on this machine
	@$(PY) -m lionpride_trio demo $(ARGS)

web: $(VENV)/.stamp-cli  ## a page that asks several models at once, in the browser
	@$(PY) -m lionpride_trio web $(ARGS)

test: $(VENV)/.stamp-test  ## run the tests, on all cores
ifndef COVERAGE
	@$(PY) -m pytest -q -n auto --dist loadfile $(ARGS)
else
# Counting slows some code more than other, so that the ratios of processor times are tested without it;
# and a test that hangs is given up later.
	@$(PY) -m pytest -q tests/performance
	@rm -rf build/coverage && mkdir -p build/coverage
	@$(PY) -m coverage run -m pytest -q -n auto --dist loadfile --ignore tests/performance \
		-o faulthandler_timeout=600 $(ARGS)
	@$(PY) -m coverage combine -q
	@$(PY) -m coverage report
endif

coverage:  ## the same, and count the branches that they take: under 98 % is a failure
	@$(MAKE) --no-print-directory test COVERAGE=1

crashes: $(VENV)/.stamp-test  ## kill a flow with a journal 200 times, and the writers of durable streams 40 times
	@$(PY) -m pytest -q tests/durable/test_journal_crashes.py --crashes 200 -o faulthandler_timeout=3600 $(ARGS)
	@$(PY) -m pytest -q tests/durable/test_crashes.py --crashes 40 -o faulthandler_timeout=3600 $(ARGS)

ray:  ## run the tests that start Ray, in an environment of their own: it is large
	@$(MAKE) --no-print-directory VENV=$(VENV)-ray only-ray

only-ray: $(VENV)/.stamp-test $(VENV)/.stamp-ray
	@$(PY) -m pytest -q -m ray tests/distributed $(ARGS)

lint: $(VENV)/.stamp-lint  ## ruff, its formatter, and flake8-async
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m flake8 lionpride_trio tests docs

types: $(VENV)/.stamp-test $(VENV)/.stamp-lint  ## mypy and pyright, both strict
	@$(PY) -m mypy
	@$(PY) -m pyright --pythonpath $(PY)

docs: $(VENV)/.stamp-docs  ## build the site into docs/_build/html
	@$(PY) -m sphinx -n -W --keep-going -q -b html docs docs/_build/html
	@$(PY) -m towncrier build --draft --version next > docs/_build/next.md
	@echo "docs/_build/html/index.html"

bench: $(VENV)/.stamp-bench  ## run the benchmarks; figures in build/bench.json and .svg
	@$(PY) -m benchmarks --json build/bench.json --svg build/bench.svg $(ARGS)

bench-quick: $(VENV)/.stamp-bench  ## the same with fewer items and rounds, and no files
	@$(PY) -m benchmarks --quick $(ARGS)

fuzz: $(VENV)/.stamp-test  ## feed every decoder, parser and stage mutated streams for a minute
	@$(PY) -m tests.fuzzing $(ARGS)

mutants: $(VENV)/.stamp-test  ## put mistakes into copies of the package: do the tests notice?
	@$(PY) -m tests.mutants $(ARGS)

# The environment. A stamp says that its extra is installed; a newer pyproject.toml outdates it.

$(VENV)/.stamp-venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "lionpride_trio needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name a newer one: make PYTHON=python3.12 …" >&2; exit 1; }
	@echo "making $(VENV) with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv $(VENV) || { \
		echo "$(PYTHON) cannot make environments; on Debian or Ubuntu: apt install python3-venv" >&2; \
		exit 1; }
	@touch $@

$(VENV)/.stamp-%: pyproject.toml | $(VENV)/.stamp-venv
	@echo "installing lionpride_trio[$*] into $(VENV) …"
	@$(PIP) install --editable '.[$*]'
	@touch $@

# What the benchmarks compare with: one that cannot be installed is named, and left out of them.
$(VENV)/.stamp-bench: pyproject.toml benchmarks/_install.py | $(VENV)/.stamp-venv
	@echo "installing lionpride_trio and, one by one, the benchmarks' peers into $(VENV) …"
	@$(PIP) install --editable .
	@$(PY) -m benchmarks._install
	@touch $@

# Kept: make would otherwise take them for intermediate files.
.SECONDARY:
