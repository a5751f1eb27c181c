# Oddsdesk needs Python 3.11 or newer and make; everything else is installed into .venv.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
WORKERS ?= auto
ARGS ?=
ARTICLE ?=

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
LOCKS := base production test dev

# Complete, so that production's settings load; nothing is connected to.
AS_IN_PRODUCTION := DJANGO_SETTINGS_MODULE=config.settings.production \
	DATABASE_URL=postgresql:///unused VALKEY_URL=redis://unused \
	ALLOWED_HOSTS=odds.example.org BASE_URL=https://odds.example.org \
	DJANGO_SECRET_KEY=checked-with-this-key-and-never-served-with-it-0123456789

##@ Use it
.PHONY: help run demo stop

help: ## Show what make can do
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@printf '\nWith PYTHON=python3.12 another Python makes .venv; ARGS="..." goes to the command.\n'

run: $(INSTALLED) ## Serve Oddsdesk on this computer, with its own PostgreSQL and Valkey
	@exec $(BIN)/python manage.py stack run $(ARGS)

demo: $(INSTALLED) ## Show the way from an article to paid and scored odds (ARTICLE=file for your own)
	@exec $(BIN)/python manage.py stack do --fresh -- demo $(if $(ARTICLE),--article '$(ARTICLE)') $(ARGS)

stop: ## Stop what `make run` started, or left behind
	@if test -x $(BIN)/python; then $(BIN)/python manage.py stack down; fi

##@ Change it
.PHONY: test browser bench faults check format secrets lock clean

test: $(INSTALLED) ## Run the tests (ARGS="-k odds" for some, WORKERS=4 for more at once)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --ignore tests/browser $(ARGS)

browser: $(INSTALLED) ## Run the journeys through the pages, in a headless Chromium
	$(BIN)/python -m pytest tests/browser $(ARGS)

bench: $(INSTALLED) ## Measure speed as ratios to yardsticks (ARGS="hot --seconds 5" for a part)
	@exec $(BIN)/python -m tests.bench $(ARGS)

faults: $(INSTALLED) ## Kill, crowd and retry at length (ARGS="postgres --kills 5" for a part)
	@exec $(BIN)/python -m tests.faults $(ARGS)

check: $(INSTALLED) ## Check style, types, layers, dependencies, migrations and settings
	@failed=; \
	check() { echo "== $$*"; "$$@" || failed=1; }; \
	check $(BIN)/ruff check .; \
	check $(BIN)/ruff format --check .; \
	check $(BIN)/mypy; \
	check $(BIN)/lint-imports; \
	check $(BIN)/deptry .; \
	check $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run; \
	export $(AS_IN_PRODUCTION); \
	check $(BIN)/python manage.py check --deploy --fail-level WARNING; \
	test -z "$$failed"

format: $(INSTALLED) ## Format the code and repair what can be repaired
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

secrets: ## Write the passwords and keys that docker-compose.yml reads (never over old ones)
	@$(PYTHON) -I config/stack/compose_secrets.py

lock: $(INSTALLED) ## Lock requirements/*.in with hashes (ARGS="--upgrade" for newer versions)
	cd requirements && for name in $(LOCKS); do \
		../$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links $(ARGS) -o $$name.txt $$name.in || exit 1; \
	done

clean: stop ## Remove .venv, .local with all that it holds, and caches
	@if test -x $(BIN)/python; then $(BIN)/python manage.py stack down --erase; fi
	rm -rf $(VENV) .local .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis \
		htmlcov .coverage staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Oddsdesk needs Python 3.11 or newer, which $(PYTHON) is not. Name one that is:" \
			"make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment." \
			"On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing the locked requirements into $(VENV); this takes a minute."
	@# The lock is complete: --no-deps, or pip would look up anew what it asks for with extras.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --require-hashes -r requirements/dev.txt
	@touch $@
