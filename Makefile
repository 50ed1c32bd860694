# Each target does everything it needs, from a fresh clone: `make demo`, `make test`.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
BENCH := .venv/.bench
WEB := .venv/.web
# In the order of tests/conftest.py; else files with few tests come last, however long these take.
SIDE_BY_SIDE := --numprocesses auto --dist loadfile --no-loadscope-reorder
DEMO := [border_never_opened,greece_admits,open_to_idlib_quota,ceasefire_fails,sochi_honoured,winter_camps]

.PHONY: help install demo test test-all test-web test-class bench lint clean

help:
	@echo "make demo      install, then compare six scenarios with what happened, every household, three replicates"
	@echo "make test      install, then run the quick tests; some six minutes on two cores"
	@echo "make test-all  install, then run every test; some ten minutes on two cores"
	@echo "make test-web  install, then test the class app and its pages in a Chromium browser"
	@echo "make test-class  install, then let thirty simulated students use the class app for five minutes"
	@echo "make bench     install, then measure how fast it all is, beside others; some minutes, on an idle machine"
	@echo "make lint      check the style"
	@echo "make install   only make .venv"
	@echo "make clean     remove .venv, caches and the demo's results"

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(INSTALLED)
	$(BIN)/sim compare scenarios=$(DEMO) baseline=as_it_happened replicates=3 out=results/demo

test: $(INSTALLED)
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not slow"

test-all: $(INSTALLED)
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)

$(BENCH): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,bench]'
	@touch $@

bench: $(BENCH)
	$(BIN)/python -m pytest -q tests/test_benchmarks.py
	$(BIN)/python -m pytest -q tests/benchmarks/bench_table.py --benchmark-quiet --benchmark-json=results/benchmarks.json
	@PYTHONPATH=tests $(BIN)/python -m benchmarks.page results/benchmarks.json

$(WEB): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,web,webtest]'
	@touch $@

test-web: $(WEB)
	@$(BIN)/python tests/web/chromium.py
	$(BIN)/python -m pytest -q tests/web

test-class: $(WEB)
	$(BIN)/python tests/web/students.py

lint: $(INSTALLED)
	$(BIN)/ruff check .

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis results/demo
	find sim tests -name __pycache__ -type d -prune -exec rm -rf {} +
