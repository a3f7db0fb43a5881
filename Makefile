# make demo    evaluates the flagship network on the flagship accelerator
# make test    runs all tests
# make check   style, types and tests
# make docs    the documentation as a site, in site/
#
# Needs python3 >= 3.11 with venv and pip, and make. Everything goes into .venv; nothing has to be activated.
# EXTRAS=test installs what the tests need and no more: no tools of the site, no linters. For an environment of its own (VENV=...).

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
EXTRAS ?= dev
PYTEST_ARGS ?=

.PHONY: demo test check docs wheel venv clean

demo: $(STAMP)
	$(BIN)/snnhw evaluate --arch arch/eyeriss_snn.yaml --stats workloads/tcja_dvs_gesture/w8.json -o out/demo

test: $(STAMP)
	$(BIN)/python -m pytest -q $(PYTEST_ARGS)

check: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m pytest -q $(PYTEST_ARGS)

# Warnings are errors. The variable turns off a banner of the theme's, which is none.
docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

wheel: $(STAMP)
	$(BIN)/python -m build --outdir dist .

# Installed again only when pyproject.toml has changed. The stamp is written last, so a broken install is tried again.
$(STAMP): pyproject.toml
	@$(MAKE) --no-print-directory venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(EXTRAS)]'
	@touch $@

# An environment with pip. Where python3 comes without ensurepip (Debian without python3-venv), its own pip puts one in.
venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "snnhw needs python3 >= 3.11; '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo not there)." >&2; \
	  echo "Name another one, for instance: make demo PYTHON=python3.12" >&2; exit 2; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || \
	  { $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; } || { \
	  echo "'$(PYTHON)' could not make an environment in $(VENV); on Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }

clean:
	rm -rf build dist out site .pytest_cache .mypy_cache .ruff_cache *.egg-info
