# Everything runs in .venv, made from the locked dependencies by the first command that needs it.
PYTHON ?= python3
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-emit-index-url --no-header --quiet

.PHONY: demo test check crash acks bench chaos quarter serve browser lock migration clean

demo: .venv/ready  ## set up the sample company and talk to it
	@$(BIN)/crm demo

test: .venv/ready browser check  ## all checks and tests
	$(BIN)/python -m pytest -n 2

check: .venv/ready  ## style, types, architecture, schema and locks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_project.py

crash: .venv/ready  ## kill the process 200 times while 2,000 Telegram updates arrive; time a take-over
	$(BIN)/python -m tests.adapters.telegram_crash
	$(BIN)/python -m tests.adapters.telegram_takeover

acks: .venv/ready  ## how soon Slack's events are acknowledged while the database is locked
	$(BIN)/python -m tests.adapters.slack_acks

bench: .venv/ready  ## the benchmarks that need no data from elsewhere
	for script in benchmarks/[a-z]*.py; do $(BIN)/python $$script || exit 1; done

chaos: .venv/ready  ## three processes on one database, killed at random for two minutes
	CRM_CHAOS_SECONDS=120 $(BIN)/python -m pytest -q -s tests/processes

quarter: .venv/ready  ## the simulated quarter with every hour, every job and a score every night
	CRM_QUARTER=whole $(BIN)/python -m pytest -q tests/test_quarter.py

spark: .venv/ready  ## the same features on Apache Spark as on DuckDB; needs Java
	$(BIN)/uv pip install --quiet --python $(BIN)/python "ibis-framework[pyspark]>=12"
	$(BIN)/python -m pytest tests/crm_core/analytics/test_spark.py

serve: .venv/ready  ## everything that is configured, in one process
	$(BIN)/crm serve

browser:  ## Chromium for the web chat's tests, where it may be installed
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
		|| echo "Chromium is not installed and can't be: the browser tests are skipped."

lock: .venv/ready  ## pin the dependencies of pyproject.toml anew
	$(COMPILE) -o requirements.txt
	$(COMPILE) --extra dev --extra bench -c requirements.txt -o requirements-dev.txt

migration: .venv/ready  ## write the next schema revision: make migration what="Add a thing"
	$(BIN)/python -m crm_core.migrations "$(what)"
	$(BIN)/ruff format --quiet crm_core/migrations

.venv/ready: requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes --requirement requirements-dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

clean:  ## what can be made anew
	rm -rf .venv build *.egg-info var/cache var/demo.db*
