# Two commands matter: `make chat` and `make test`. The rest is for those who change the code.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: chat test check soak clean

## chat: the chat in the browser; PAPERS=file... answers from your papers, else from the sample library
chat: $(VENV)/installed
	@$(BIN)/paperchat serve $(if $(PAPERS),$(PAPERS),--library sample)

## test: everything that must hold, in under fifteen minutes; FAST=1 leaves out the real weights
# two at a time, each with one thread for matrices: with more they wait for each other
test: check
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not soak and not browser and not model$(if $(FAST), and not weights)" -n 2 --dist loadfile
	$(BIN)/python -m pytest -m "(browser or model)$(if $(FAST), and not weights)"

## check: lint, types and the direction of imports
check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

## soak: a writer killed twenty times while it adds papers, memory over two hundred conversations (about five minutes)
soak: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m soak

$(VENV)/created:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'paperchat needs Python 3.11 or newer; name one with PYTHON=...')"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/created pyproject.toml constraints.txt
	@echo "Installing paperchat into $(VENV): two minutes and 2 GB, once."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV)
