# Two commands on a fresh machine: `make demo` and `make test`. Python 3.11 or newer is all they need.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
STAMP = $(VENV)/.installed

.PHONY: audit demo serve test tests check bench soak golden format clean

demo: $(STAMP) ## load the sample catalogue, fit, show results and serve them
	$(BIN)/zhiying --home zhiying-data/demo demo

serve: $(STAMP) ## serve what is in zhiying-data
	$(BIN)/zhiying serve

test: $(STAMP) ## lint, types, layers, all tests
	$(MAKE) --jobs=2 check tests

tests: $(STAMP)
	$(BIN)/pytest -q -n auto --dist worksteal

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(STAMP) ## speed and memory, printed as tables; how a fit grows, in bench-svd.svg
	$(BIN)/python -m benchmarks

soak: $(STAMP) ## ten thousand faults and bad requests against a real server, a summary at the end
	$(BIN)/python -m benchmarks.faults

audit: $(STAMP) ## known holes in what is installed; needs the network
	$(PYTHON) -m venv $(VENV)-audit
	$(VENV)-audit/bin/python -m pip install --quiet pip-audit
	$(VENV)-audit/bin/pip-audit --strict --requirement .ci/constraints.txt --no-deps --disable-pip

golden: $(STAMP) ## renew the golden files; read the diff
	ZHIYING_GOLDEN=renew $(BIN)/pytest -q tests/golden

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) zhiying-data

$(STAMP): pyproject.toml .ci/constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c .ci/constraints.txt -e '.[dev,postgres,otel]'
	touch $(STAMP)
