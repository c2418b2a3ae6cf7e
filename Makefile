# `make run` and `make test` are all that most people need; `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help run admin check-records demo benchmark benchmark-import benchmark-reading benchmark-admin test test-long format screenshots lighthouse lock clean

python := .venv/bin/python

help: ## Show this list
	@echo "make <target>, where <target> is one of:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 18
	@echo "PYTHON=python3.12 chooses the Python; PORT, DATA_DIR, DATABASE_URL and others: docs/operations.md"

run: ## Prepare the catalogue and serve it on http://localhost:8000 (PORT=8001 for another port)
	@tools/install.sh
	@$(python) -m tools.run

admin: ## Make an administrator, who may edit at /admin/
	@tools/install.sh
	@$(python) manage.py prepare
	@$(python) manage.py createsuperuser

check-records: ## Read every registry record below a folder and account for each: RECORDS=DIR
	@test -n "$(RECORDS)" || { echo "Say which folder: make check-records RECORDS=DIR" >&2; exit 2; }
	@tools/install.sh
	@$(python) manage.py check_records "$(RECORDS)"

demo: ## Build the demo catalogue, fixtures/demo.json.gz, anew from registry records: RECORDS=DIR
	@test -n "$(RECORDS)" || { echo "Say which folder: make demo RECORDS=DIR" >&2; exit 2; }
	@tools/install.sh
	@$(python) -m tools.demo "$(RECORDS)"

benchmark: ## Measure the search beside its peers: SIZES=1000,10000,100000 (up to 1000000) FOLDER=where to keep WRITE=FILE
	@tools/install.sh dev
	@$(python) -m benchmarks.search $(SIZES) $(if $(FOLDER),--folder "$(FOLDER)") $(if $(WRITE),--write "$(WRITE)") $(if $(DATABASE),--database $(DATABASE))

test: ## Run every check: lint, types, tests on SQLite and PostgreSQL, browser tests
	@tools/install.sh dev
	@$(python) -m tools.test

test-long: ## The same with what takes long, and on the other Pythons of this machine
	@tools/install.sh dev
	@$(python) -m tools.test --long

benchmark-import: ## Measure how fast records come in (RECORDS=50000 for more; MEMORY=1 for memory instead)
	@tools/install.sh dev
	@$(python) -m benchmarks.importing $(if $(RECORDS),--records $(RECORDS)) $(if $(MEMORY),--memory)

benchmark-reading: ## Measure how many records a second the readers of cell products read (RECORDS=5000 for more)
	@tools/install.sh dev
	@$(python) -m benchmarks.reading $(RECORDS)

benchmark-admin: ## Measure the editors' pages: SIZE=100000 for more trials than 10,000, FOLDER=where to keep them
	@tools/install.sh dev
	@$(python) -m benchmarks.admin $(SIZE) $(if $(FOLDER),--folder "$(FOLDER)")

format: ## Put the code into shape
	@tools/install.sh dev
	@$(python) -m ruff check --fix .
	@$(python) -m ruff format .

screenshots: ## Take the pictures of docs/img/ anew from the running program
	@tools/install.sh dev
	@$(python) -m tools.screenshots

lighthouse: ## Score the pages with Lighthouse (needs Node 18 or newer with npm)
	@tools/install.sh dev
	@$(python) -m tools.lighthouse

lock: ## Write both requirements files anew from pyproject.toml (UPGRADE=1 takes newer versions)
	@tools/lock.sh

clean: ## Remove .venv and caches; var/, which holds your data, stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
