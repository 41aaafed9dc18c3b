# What a newcomer types. `make help` prints these lines.
.PHONY: help install demo test test-long bench bench-env bench-vpdq format clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: ## make .venv and the command .venv/bin/clew
	@bin/set-up product

demo: install ## everything at once: database, demo world, server, worker; Ctrl-C stops it
	@.venv/bin/clew demo

test: ## style, types, imports, all tests, coverage
	@bin/set-up develop
	@bin/install-for-tests
	@bin/test -m "not long"

test-long: ## the same with the long forms
	@bin/set-up develop
	@bin/install-for-tests
	@bin/test

bench-env: ## the peers we measure against, in an environment of their own
	@test -x .venv-bench/bin/pip || python3 -m venv .venv-bench
	@.venv-bench/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/bench.txt

bench-vpdq: bench-env ## the vPDQ package as well, built from source: needs a compiler and FFmpeg's headers
	@.venv-bench/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench-vpdq.txt

bench: install bench-env ## every benchmark in its quick form
	@for script in bench/*.py; do echo "== $$script"; .venv/bin/python $$script --quick; done

format: ## put the code into its one form
	@bin/set-up develop
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

clean: ## remove what was built here; data in CLEW_HOME stays
	rm -rf .venv .venv-bench build .coverage .coverage.* .mypy_cache .ruff_cache .import_linter_cache
