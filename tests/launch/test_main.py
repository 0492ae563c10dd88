"""`python -m lamoon.launch`: what is wrong is said with the way out; what is right runs until it is told to stop."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from lamoon.launch.__main__ import main
from lamoon.settings import PROJECT
from launch.test_model_file import write_model

SECONDS = 90.0
MOST_MEGABYTES = 40
"""What the launcher may hold: it does nothing but wait."""
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
slots:
  forget_conversation: {type: bool, influence_conversation: false, mappings: [{type: custom}]}
"""
TINY_DATA = """\
version: "3.1"
nlu:
  - {intent: greet, examples: "- hello\\n- hi"}
  - {intent: thank, examples: "- thanks"}
rules:
  - rule: greet
    steps: [{intent: greet}, {action: utter_greet}]
"""


def copy_project(folder: Path) -> Path:
    """The project with a tiny assistant and no model: a copy, because it finds its files beside its code."""
    for name in ("lamoon", "actions"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "data" / "responses").mkdir(parents=True)
    for name in (
        "studio.yml",
        "endpoints.yml",
        "credentials.yml",
        "data/topics.yml",
        "data/responses/notices.yml",
        "data/responses/conversation.yml",
        "data/responses/health_form.yml",
    ):
        shutil.copy(PROJECT / name, folder / name)
    (folder / "config.yml").write_text(TINY_CONFIG, encoding="utf-8")
    (folder / "domain.yml").write_text(TINY_DOMAIN, encoding="utf-8")
    (folder / "data" / "nlu.yml").write_text(TINY_DATA, encoding="utf-8")
    return folder


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """This machine's variables without our settings, and these."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LAMOON_")}
    return clean | {"PYTHONPATH": str(folder), "LAMOON_DATA": str(folder / "var")} | settings


def launch(
    folder: Path, *words: str, module: str = "lamoon.launch", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Runs `python -m lamoon.launch`, or another module, of the copy in `folder` to its end."""
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=folder.parent,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


@pytest.fixture
def models(settings_of_test: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of models/, for verbs that end before they start anything."""
    monkeypatch.chdir(tmp_path)  # main() goes to the project's folder; this takes the test back
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setattr("lamoon.launch.model_file.MODELS", folder)
    return folder


@pytest.mark.parametrize("words", [[], ["fly"], ["run", "api"]])
def test_another_verb_is_told_the_right_ones(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "Expected one of: run, api, rasa, actions, shell, train, validate, markers." in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["run", "api", "shell"])
def test_without_a_model_it_says_make_train(models: Path, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    assert main([verb]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"There is no trained model in {models}. Expected a .tar.gz file; run: make train\n"


@pytest.mark.parametrize("verb", ["run", "api", "shell"])
def test_with_a_damaged_model_nothing_is_started(models: Path, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    (models / "cut.tar.gz").write_bytes(write_model(models / "whole.tar.gz").read_bytes()[:100])
    (models / "whole.tar.gz").unlink()
    assert main([verb]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"The model {models / 'cut.tar.gz'} is damaged: it cannot be unpacked")
    assert said.err.endswith("run: make train\n")


@pytest.mark.parametrize("verb", ["run", "api", "shell", "train"])
def test_a_broken_studio_file_is_named_with_line_expected_and_example(
    models: Path, settings_of_test: Path, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    studio = settings_of_test.parent / "studio.yml"
    text = studio.read_text(encoding="utf-8")
    studio.write_text(text.replace("(212) 555-0147", "call me"), encoding="utf-8")
    assert main([verb]) == 2
    first, expected, example = capsys.readouterr().err.splitlines()
    assert first.startswith(f"{studio}, line 2: phone")
    assert expected.startswith("  expected: a phone number")
    assert example.startswith("  example:")


def test_wrong_settings_are_told_all_at_once(
    models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAMOON_RASA_PORT", "x")
    monkeypatch.setenv("LAMOON_SMTP_SECURITY", "tls")
    assert main(["train"]) == 2
    said = capsys.readouterr().err
    assert "LAMOON_RASA_PORT (is: x)" in said
    assert "LAMOON_SMTP_SECURITY (is: tls)" in said


@pytest.mark.parametrize(
    ("verb", "variable"),
    [
        ("run", "LAMOON_RASA_PORT"),
        ("run", "LAMOON_ACTIONS_PORT"),
        ("run", "LAMOON_GATEWAY_PORT"),
        ("api", "LAMOON_RASA_PORT"),
        ("shell", "LAMOON_ACTIONS_PORT"),
    ],
)
def test_a_taken_port_is_named_with_its_variable(
    models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: str, variable: str
) -> None:
    write_model(models / "some.tar.gz")
    for name, free in zip(("RASA", "ACTIONS", "GATEWAY"), free_ports(), strict=True):
        monkeypatch.setenv(f"LAMOON_{name}_PORT", free)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        monkeypatch.setenv(variable, str(port))
        assert main([verb]) == 2
    said = capsys.readouterr().err
    assert f"Port {port} for the " in said
    assert f"{variable}={port + 100} make run" in said


def test_the_exit_code_is_the_process_own(tmp_path: Path) -> None:
    done = launch(copy_project(tmp_path), "api")
    assert done.returncode == 2
    assert "make train" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("module", "words"), [("lamoon.launch", ["run"]), ("lamoon.web", [])])
def test_broken_topics_are_named_with_their_line(tmp_path: Path, module: str, words: list[str]) -> None:
    project = copy_project(tmp_path)
    topics = project / "data" / "topics.yml"
    lines = topics.read_text(encoding="utf-8").splitlines(keepends=True)
    broken = next(number for number, line in enumerate(lines, 1) if "section:" in line)
    lines[broken - 1] = lines[broken - 1].replace("section:", "sektion:")
    topics.write_text("".join(lines), encoding="utf-8")
    done = launch(project, *words, module=module)
    assert done.returncode == 2
    said, expected, example = done.stderr.splitlines()
    assert said == f"{topics}, line {broken}: topics[1].sektion: is not a field here"
    assert expected == "  expected: one of id, title, section, related"
    assert example.startswith("  example:")


def test_a_training_that_makes_nothing_is_a_failure(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    (project / "data" / "nlu.yml").write_text("version: '3.1'\n", encoding="utf-8")
    done = launch(project, "train")
    assert done.returncode == 2
    assert "Training failed" in done.stderr
    assert "Expected a new model in models/" in done.stderr


def resident_megabytes(pid: int) -> float:
    """What the process itself holds, without its children."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_the_launcher_loads_the_standard_library_only() -> None:
    script = "import sys, lamoon.cli, lamoon.launch.__main__; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True, timeout=SECONDS
    )
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(*{name.split('.')[0] for name in sys.modules})"],
        cwd=PROJECT, capture_output=True, text=True, check=True, timeout=SECONDS,
    )  # fmt: skip
    foreign = set(done.stdout.split()) - set(bare.stdout.split()) - sys.stdlib_module_names
    assert foreign == {"lamoon"}


def free_ports() -> tuple[str, str, str]:
    with ExitStack() as stack:
        listening = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        one, two, three = (str(server.getsockname()[1]) for server in listening)
        return one, two, three


def test_it_trains_then_runs_all_until_it_is_told_to_stop(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    old = project / "models" / "old.tar.gz"
    old.parent.mkdir()
    old.touch()
    trained = launch(project, "train")
    assert trained.returncode == 0, trained.stderr
    assert len(list(old.parent.glob("*.tar.gz"))) == 1
    assert not old.exists()

    rasa, actions, gateway = free_ports()
    ports = {"LAMOON_RASA_PORT": rasa, "LAMOON_ACTIONS_PORT": actions, "LAMOON_GATEWAY_PORT": gateway}
    said = project / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "lamoon.launch", "run"],
            cwd=project.parent,
            env=environment(project, **ports),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{rasa}/webhooks/rest/webhook"
    page = f"http://127.0.0.1:{gateway}/"
    try:
        end = time.monotonic() + SECONDS
        while b"Ready." not in said.read_bytes():
            assert process.poll() is None, said.read_text(encoding="utf-8")
            assert time.monotonic() < end, said.read_text(encoding="utf-8")
            time.sleep(0.05)
        answer = httpx.post(address, json={"sender": "a", "message": "hello"}, trust_env=False, timeout=30)
        (reply,) = answer.json()
        assert reply["text"].startswith("Hello, and welcome to La Moon Massage and Facial!")
        chat, desk, *_ = said.read_text(encoding="utf-8").partition("Ready.")[2].splitlines()[1:]
        assert chat == f"The page with the chat: {page}"
        assert desk == f"The desk of the team:  {page}desk"
        assert resident_megabytes(process.pid) <= MOST_MEGABYTES
        assert "<html" in httpx.get(page, trust_env=False, timeout=30).text
        assert "<html" in httpx.get(f"{page}desk", trust_env=False, timeout=30, follow_redirects=True).text
        status = httpx.get(f"http://127.0.0.1:{rasa}/status", trust_env=False, timeout=30)
        assert status.status_code == 404, "`run` opens no HTTP API"
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(SECONDS)
    text = said.read_text(encoding="utf-8")
    assert code == 0, text
    assert "Note: studio.yml has no notify_email" in text
    assert "Warning" not in text, "warnings of other people's code help nobody here"
    for port in (rasa, actions, gateway):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(port))) != 0, "nothing is left running"
