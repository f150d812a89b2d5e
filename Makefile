# make test | test-all | coverage | bench | demo | lint | types | wheel | clean; see `make help`.
#
# PYTHON=... names another interpreter (3.11 or newer).
# The CPU build of torch saves gigabytes: point pip at it (PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS).

.DEFAULT_GOAL := help
.PHONY: help venv test test-all coverage bench demo lint types wheel clean
SHELL := /bin/sh
# Nothing is compiled when it is installed (see PIP_INSTALL): it has to be when it is imported.
unexport PYTHONDONTWRITEBYTECODE

RECENT := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c '$(RECENT)' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
READY := .venv/ready
PYTHON_CODE := hei_nw_tasks generators postprocess testing tests benchmarks training
# Tests of one file share costly fixtures, such as a run of lm_eval. Files keep their order, in
# which those with slow tests come first (tests/conftest.py): no process ends long after the other.
# A process that dies ends the run: pytest-xdist would start another, and never end.
PYTEST := $(BIN)/python -m pytest -n 2 --max-worker-restart 0 --dist loadfile --no-loadscope-reorder
# Cues in the words of the log, and stores and transcripts of a size, that the reader was trained for.
DEMO_N := 150
DEMO_SETTINGS := {"cue_overlap": "lexical", "store_sizes": [32, 48, 64], \
	"collision_groups": [1, 4, 16], "lengths": [1000, 1500, 2000]}
# Python compiles what it imports; compiling all that is installed takes a minute more.
PIP_INSTALL := $(BIN)/python -m pip --disable-pip-version-check -qq install --no-compile -c constraints.txt

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 18

venv: $(READY) ## set up .venv with the tested versions of constraints.txt

$(BIN)/python:
	@$(or $(PYTHON),false) -c '$(RECENT)' 2>/dev/null || { \
		echo "$(or $(PYTHON),python3): is not Python 3.11 or newer → install one, or name one: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

$(READY): pyproject.toml constraints.txt $(wildcard startup/*) | $(BIN)/python
	@echo "Setting up .venv (minutes the first time) ..."
	@# torch alone first: its build is the one that pip's settings ask for, not what others pull in.
	@$(PIP_INSTALL) torch
	@$(PIP_INSTALL) -e '.[dev]'
	@# Its validator needs neither the Python nor the huggingface_hub that the package asks for.
	@$(PIP_INSTALL) --no-deps --ignore-requires-python every-eval-ever
	@touch $@

test: $(READY) ## run the fast tests
	@$(PYTEST) -m "not slow"

test-all: $(READY) ## run all tests
	@$(PYTEST)

coverage: $(READY) ## run all tests, and list what the beginning of each fast one misses
	@$(PYTEST) --cov

bench: $(READY) ## measure time and memory (BENCH_ARGS=--quick only proves that it runs)
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

demo: $(READY) ## run the whole experiment with the embedded reader, and write the report
	@rm -rf .demo
	LMEVAL_LOG_LEVEL=ERROR $(BIN)/python -m hei_nw_tasks --scenario all --n $(DEMO_N) \
		--baseline none,oracle,long-context,rag \
		--model_args pretrained=heinw-reader,retriever=bm25,k=5 --metadata '$(DEMO_SETTINGS)' \
		--device cpu --batch_size 16 --outdir .demo/reports
	@echo "The report (of our small reader, a test instrument):"
	@find .demo/reports -maxdepth 1 -name 'index.*'

lint: $(READY) ## check style and formatting, and that nothing is left unfinished
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@! grep -rnE 'TO[D]O|FIX[M]E|raise NotImplemented[E]rror|pass +# stub' --include='*.py' $(PYTHON_CODE) || { \
		echo "unfinished code, see above → finish it or take it out" >&2; exit 1; }
	@echo "No stubs."

types: $(READY) ## check types
	@$(BIN)/mypy

wheel: $(READY) ## build the wheel into dist/
	@rm -rf dist
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist >/dev/null
	@ls dist/*.whl

clean: ## remove everything that the other targets made
	@rm -rf .venv .demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.*
