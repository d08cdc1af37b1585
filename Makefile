# What a person types. `make help` lists it; every target that needs .venv makes it first.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo serve cluster test test-javascript chaos fuzz check bench clean

PYTHON ?=
TESTS ?=
SEED ?=
ARGS ?=

# The stamp's name holds the checkout's path: an editable install points there, so a moved checkout installs anew.
STAMP := .venv/installed-$(shell pwd | cksum | cut -d ' ' -f 1)
RUN := .venv/bin/python -m

# One more than there are cores, since many tests wait for processes that they have started.
AT_ONCE := $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))

help: ## list what can be typed
	@echo 'make ...'
	@sed -n 's/^\([a-z-]*\):.*## /  \1|/p' Makefile | awk -F '|' '{ printf "%-18s %s\n", $$1, $$2 }'
	@echo
	@echo "  make clean install PYTHON=python3.12        another Python than the first fit one"
	@echo "  make test TESTS=cancel                      the tests whose names hold 'cancel' (a path works, too)"
	@echo "  make serve ARGS='--port 9000'               options for fleet-audit serve (or for fleet-audit demo)"

install: $(STAMP) ## make .venv with the pinned versions (Python 3.11 or newer; no root, no Docker)

$(STAMP): pyproject.toml .ci/constraints.txt .ci/make-venv
	@.ci/make-venv $@ '$(PYTHON)'
	@touch $@

demo: install ## audit a demonstration fleet, from import to findings, in a temporary directory
	@.venv/bin/fleet-audit demo $(ARGS)

serve: install ## serve the Audit API on 127.0.0.1:8080 (data in ./fleet-audit-data)
	@.venv/bin/fleet-audit serve $(ARGS)

cluster: install ## run every role as a process of its own, on a PostgreSQL and a Redis that come along (no Docker)
	@$(RUN) tests.support.run_cluster $(ARGS)

test: install ## run every test (TESTS=pattern or path: only these)
	@case '$(TESTS)' in \
	  '') $(RUN) pytest --numprocesses $(AT_ONCE) --dist loadfile ;; \
	  */*|*.py) $(RUN) pytest $(TESTS) ;; \
	  *) $(RUN) pytest -k '$(TESTS)' ;; \
	esac

test-javascript: install ## fetch the JavaScript SDK (Node and npm needed) and run what needs it
	@cd tests/e2e/javascript && npm install --no-package-lock --no-audit --no-fund --silent
	@$(RUN) pytest tests/e2e/test_javascript_sdk.py

chaos: install ## let 210 faults befall a cluster at work, then see whether anything is lost (SEED=number: those again)
	@$(RUN) tests.faults.siege $(if $(SEED),--seed $(SEED)) $(ARGS)

fuzz: install ## send everything that reads what strangers write nearly right input (SEED=number, ARGS='--seconds 60')
	@$(RUN) tests.fuzz $(if $(SEED),--seed $(SEED)) $(ARGS)

check: install ## look at style, types, the direction of imports, and advisories of what is pinned
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) mypy
	@.venv/bin/lint-imports
	@$(RUN) tests.support.advisories

bench: install ## measure speed and memory, each against its limit
	@$(RUN) tests.benchmarks

clean: ## remove .venv and what tools leave behind (never a data directory)
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
