"""`python -m lamoon.launch`: what is wrong is said with the way out; what is right runs until it is told to stop."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from lamoon.settings import PROJECT

SECONDS = 90.0
TINY_CONFIG = """\
recipe: default.v1
assistant_id: tiny
language: en
pipeline:
  - name: KeywordIntentClassifier
policies:
  - name: RulePolicy
"""
TINY_DOMAIN = """\
version: "3.1"
intents: [greet, thank]
responses:
  utter_greet: [{text: "Hello from {studio_name}!"}]
"""
TINY_DATA = """\
version: "3.1"
nlu:
  - {intent: greet, examples: "- hello"}
  - {intent: thank, examples: "- thanks"}
rules:
  - rule: greet
    steps: [{intent: greet}, {action: utter_greet}]
"""
Verb = Callable[..., "subprocess.CompletedProcess[str]"]


def copy_project(folder: Path) -> Path:
    """The project with a tiny assistant and no model: a copy, because it finds its files beside its code."""
    for name in ("lamoon", "actions"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "data").mkdir()
    for name in ("studio.yml", "endpoints.yml", "credentials.yml", "data/topics.yml"):
        shutil.copy(PROJECT / name, folder / name)
    (folder / "config.yml").write_text(TINY_CONFIG, encoding="utf-8")
    (folder / "domain.yml").write_text(TINY_DOMAIN, encoding="utf-8")
    (folder / "data" / "nlu.yml").write_text(TINY_DATA, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that no test changes for good."""
    return copy_project(tmp_path_factory.mktemp("project"))


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """This machine's variables without our settings, and these."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LAMOON_")}
    return clean | {"PYTHONPATH": str(folder), "LAMOON_DATA": str(folder / "var")} | settings


def launch(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs `python -m lamoon.launch` of the copy in `folder` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "lamoon.launch", *words],
        cwd=folder.parent,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


@pytest.fixture
def verb(project: Path) -> Verb:
    """Runs one verb in the copy that no test changes."""
    return partial(launch, project)


@pytest.fixture
def some_model(project: Path) -> Iterator[None]:
    """A file that looks like a model."""
    models = project / "models"
    models.mkdir()
    (models / "some.tar.gz").touch()
    yield
    shutil.rmtree(models)


@pytest.mark.parametrize("words", [(), ("fly",), ("run", "api")])
def test_another_verb_is_told_the_right_ones(verb: Verb, words: tuple[str, ...]) -> None:
    done = verb(*words)
    assert done.returncode == 2
    assert "Expected one of: run, api, shell, train." in done.stderr


@pytest.mark.parametrize("name", ["run", "api", "shell"])
def test_without_a_model_it_says_make_train(verb: Verb, project: Path, name: str) -> None:
    done = verb(name)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"There is no trained model in {project / 'models'}" in done.stderr
    assert "make train" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_studio_file_is_named_with_line_expected_and_example(verb: Verb, tmp_path: Path) -> None:
    studio = tmp_path / "studio.yml"
    text = (PROJECT / "studio.yml").read_text(encoding="utf-8")
    studio.write_text(text.replace("\nphone:", "\nphone: call me"), encoding="utf-8")
    line = studio.read_text(encoding="utf-8").splitlines().index("phone: call me") + 1
    done = verb("run", LAMOON_STUDIO=str(studio))
    assert done.returncode == 2
    first, expected, example = done.stderr.splitlines()
    assert first.startswith(f"{studio}, line {line}: phone")
    assert expected.startswith("  expected: a phone number")
    assert example.startswith("  example:")


def test_wrong_settings_are_told_all_at_once(verb: Verb) -> None:
    done = verb("train", LAMOON_RASA_PORT="x", LAMOON_SMTP_SECURITY="tls")
    assert done.returncode == 2
    assert "LAMOON_RASA_PORT (is: x)" in done.stderr
    assert "LAMOON_SMTP_SECURITY (is: tls)" in done.stderr


@pytest.mark.parametrize(
    ("name", "variable"),
    [("run", "LAMOON_RASA_PORT"), ("api", "LAMOON_ACTIONS_PORT"), ("shell", "LAMOON_ACTIONS_PORT")],
)
def test_a_taken_port_is_named_with_its_variable(verb: Verb, some_model: None, name: str, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        done = verb(name, **{"LAMOON_RASA_PORT": "39081", "LAMOON_ACTIONS_PORT": "39082", variable: str(port)})
    assert done.returncode == 2
    assert f"Port {port} for the " in done.stderr
    assert f"{variable}={port + 100} make run" in done.stderr


def test_a_training_that_makes_nothing_is_a_failure(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    (project / "data" / "nlu.yml").write_text("version: '3.1'\n", encoding="utf-8")
    done = launch(project, "train")
    assert done.returncode == 2
    assert "Training failed" in done.stderr
    assert "Expected a new model in models/" in done.stderr


def free_ports() -> tuple[str, str]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        return str(one.getsockname()[1]), str(two.getsockname()[1])


def test_it_trains_then_runs_all_until_it_is_told_to_stop(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    old = project / "models" / "old.tar.gz"
    old.parent.mkdir()
    old.touch()
    trained = launch(project, "train")
    assert trained.returncode == 0, trained.stderr
    assert len(list(old.parent.iterdir())) == 1
    assert not old.exists()

    rasa, actions = free_ports()
    said = project / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "lamoon.launch", "run"],
            cwd=project.parent,
            env=environment(project, LAMOON_RASA_PORT=rasa, LAMOON_ACTIONS_PORT=actions),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{rasa}/webhooks/rest/webhook"
    try:
        end = time.monotonic() + SECONDS
        while b"Ready." not in said.read_bytes():
            assert process.poll() is None, said.read_text(encoding="utf-8")
            assert time.monotonic() < end, said.read_text(encoding="utf-8")
            time.sleep(0.05)
        answer = httpx.post(address, json={"sender": "a", "message": "hello"}, trust_env=False, timeout=30)
        assert [reply["text"] for reply in answer.json()] == ["Hello from La Moon Massage and Facial!"]
        status = httpx.get(f"http://127.0.0.1:{rasa}/status", trust_env=False, timeout=30)
        assert status.status_code == 404, "`run` opens no HTTP API"
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(SECONDS)
    text = said.read_text(encoding="utf-8")
    assert code == 0, text
    assert f"Ready. Talk to it at {address}" in text
    assert "Note: studio.yml has no notify_email" in text
    for port in (rasa, actions):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(port))) != 0, "nothing is left running"
