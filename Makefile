# Two commands do everything: `make demo` and `make test`. What they need is installed on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SNAPSHOTS := tests/snapshots
# A file's tests run in one process, and files in the order of tests/harness/plugin.py, the longest first. `make test` has
# one process more than CI has cores, because deploys spend most of their time waiting for the provider.
PYTEST := $(BIN)/pytest --dist loadfile --no-loadscope-reorder
export CHECKPOINT_DISABLE := 1
# Bytecode is written: without it every synth compiles the bindings anew.
unexport PYTHONDONTWRITEBYTECODE
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20

.DEFAULT_GOAL := help
.PHONY: help demo test check bench speed matrix lint format snapshots serde faults mutants startup lock wheel clean install
PICTURE :=
.PHONY: lab lab-test differential second-opinions docs fuzz quiet report day load

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

install: $(VENV)/.installed node_modules/.installed ## the virtual environment and the cdktf command line

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("northsouth needs Python 3.11 or newer, found " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "==> installing Python packages into $(VENV) (a minute or two, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q -x 'cdktf_cdktf_provider_aws|/tests?/' $(VENV)/lib || true
	@touch $@

node_modules/.installed: package-lock.json
	@command -v npm >/dev/null || { echo "northsouth needs Node.js 22 or newer (20 works, but has ended): https://nodejs.org"; exit 1; }
	@echo "==> installing the cdktf command line into node_modules (half a minute, once)"
	@npm ci --ignore-scripts --loglevel=error
	@touch $@

demo: install ## synth the example, deploy it to an embedded AWS emulator, show what was made
	@$(BIN)/python -m tests.harness.demo

test: install lint ## everything CI runs: lint, types, all tests, snapshots, packaging, deploys to the emulator
	$(PYTEST) -n 3
	@$(MAKE) --no-print-directory speed

check: lint ## the inner loop, under a minute: lint, types, unit tests, snapshots
	$(PYTEST) -n 2 --quiet --hypothesis-profile quick -m "not deploy and not packaging and not slow"

bench: install ## every speed figure, ours against its peers, into benchmarks/ (half an hour)
	$(BIN)/python -m benchmarks --write

speed: $(VENV)/.installed ## ours against stock and an empty app; fails when 1.4 times worse than the target
	$(BIN)/python -m benchmarks --light

lint: $(VENV)/.installed ## lint and types only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.installed ## format, and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

matrix: install ## the same stacks on every CDK and version of the bindings: cdktf, the newest bindings, cdktn
	$(PYTEST) -n 2 $(SNAPSHOTS) tests/packaging/test_newest_bindings.py tests/packaging/test_cdktn.py

snapshots: $(VENV)/.installed ## accept the declared state of today as the new snapshots
	$(BIN)/pytest $(SNAPSHOTS) --snapshot-update

lab: $(VENV)/.installed ## Prometheus, Alertmanager and our rules at work, an hour in a minute; keys make trouble; SCRIPT=1: without keys
	@$(BIN)/python -m tests.lab $(if $(SCRIPT),--script)

lab-test: $(VENV)/.installed ## the lab by its script and by keys, as tests, the page in a browser (four minutes)
	$(BIN)/pytest -q -m lab tests/lab

serde: $(VENV)/.installed ## log expressions in Hive's own RegexSerDe, the Glue script in Spark (PySpark, needs Java 17)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group serde
	$(BIN)/pytest tests/logs/test_hive_serde.py tests/logs/test_archive_serde.py tests/logs/test_index_export_serde.py

faults: $(VENV)/.installed ## faults at any call of a deploy, and lost answers (half an hour; FAULTS_EXAMPLES=10)
	$(BIN)/pytest tests/faults/test_every_call.py

mutants: $(VENV)/.installed ## break a pure module in many small ways, its quick tests must notice: MODULE=dns.layout; all without (hours)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group mutants
	$(BIN)/python -m tests.mutants $(MODULE)
	@test -n "$(MODULE)" || $(BIN)/pytest -q -m mutants

second-opinions: install ## what programs that are not ours say of what we declare; one alone with OPINION=policies
	@$(BIN)/python -m tests.second_opinions $(OPINION)

differential: $(VENV)/.installed ## the resolver against a second evaluator of AWS's text, on 20,000 random rule sets
	RULE_SETS=20000 $(BIN)/pytest -q tests/dns/test_differential.py

fuzz: $(VENV)/.installed ## the DNS server against 200,000 random messages, upstreams and connections
	MESSAGES=200000 $(BIN)/pytest -q tests/dns/test_server_fuzz.py

day: $(VENV)/.installed ## the deployed example lives a day of incidents, held against the replay (minutes); the picture: build/day/day.html
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group day
	@$(BIN)/python -m tests.day

load: $(VENV)/.installed ## 10,000 alarm changes, receivers that are down, killed runs, on deployed routes and an archive (a quarter of an hour; CHANGES=1000 makes it smaller)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group day
	@$(BIN)/python -m tests.load

quiet: $(VENV)/.installed ## a whole quiet week for every Prometheus rule pack: no alert fires (minutes; `make test` tries three days)
	QUIET_DAYS=7 $(BIN)/pytest -q tests/alerts/prometheus/packs/test_quiet.py

report: $(VENV)/.installed ## the reviewers' page of an example change, into build/report; PICTURE=FILE.png takes a picture of it
	@$(BIN)/python examples/report/build.py
	@test -z "$(PICTURE)" || chromium --headless --no-sandbox --hide-scrollbars --window-size=1000,1180 \
	  --screenshot=$(abspath $(PICTURE)) file://$(CURDIR)/build/report/report.html 2>/dev/null

docs: $(VENV)/.installed ## the documentation as a site with search and reference, into build/docs/html; warnings are errors
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group docs
	@$(BIN)/python -m docs.site.build
	@echo "==> build/docs/html/index.html"

startup: $(VENV)/.installed ## the bindings on versions of jsii and Node, on empty, shared and read-only caches (a quarter of an hour)
	$(BIN)/pytest -rP tests/startup/test_versions.py

lock: $(VENV)/.installed ## resolve requirements.lock again from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --output-file requirements.lock
	$(BIN)/uv pip compile --group security --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --output-file requirements-security.lock

wheel: $(VENV)/.installed ## build the wheels of both distributions into dist/
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .
	$(BIN)/python -m build --wheel --no-isolation --outdir dist constructs/distribution

clean: ## remove what was built, keep what was installed
	rm -rf cdktf.out dist .demo .lab/run .pytest_cache .mypy_cache .ruff_cache .hypothesis
