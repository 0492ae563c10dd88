"""Rasa's own commands work without TensorFlow: real processes on a tiny assistant of our components."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from lamoon.settings import PROJECT

SECONDS = 60.0
CONFIG = """\
recipe: default.v1
assistant_id: tiny
language: en
pipeline:
  - name: lamoon.nlu.preprocessing.FreeText
  - name: lamoon.nlu.preprocessing.SpellingRepairComponent
  - name: lamoon.nlu.sentence_encoder.SentenceEncoderComponent
  - name: lamoon.nlu.hybrid_classifier.HybridIntentClassifier
    min_count: 1
  - name: FallbackClassifier
    threshold: 0.3
policies:
  - name: RulePolicy
  - name: MemoizationPolicy
"""
DOMAIN = """\
version: "3.1"
intents: [greet, thank, faq]
responses:
  utter_greet: [{text: "Hello to you!"}]
  utter_thank: [{text: "You are welcome."}]
  utter_faq/does_it_hurt: [{text: "It may be a good hurt."}]
  utter_faq/how_soon: [{text: "Often after the first session."}]
"""
NLU = r"""
version: "3.1"
nlu:
  - {intent: greet, examples: "- hello\n- hi there\n- good morning\n"}
  - {intent: thank, examples: "- thanks\n- thank you so much\n- cheers\n"}
  - {intent: faq/does_it_hurt, examples: "- does it hurt\n- is it painful\n- will I be in pain\n"}
  - {intent: faq/how_soon, examples: "- how soon does it work\n- how many sessions\n- when will I feel it\n"}
"""
FLOWS = """
version: "3.1"
rules:
  - rule: greet
    steps: [{intent: greet}, {action: utter_greet}]
  - rule: answer
    steps: [{intent: faq}, {action: utter_faq}]
stories:
  - story: thanks
    steps: [{intent: greet}, {action: utter_greet}, {intent: thank}, {action: utter_thank}]
"""
TEST_STORY = """
version: "3.1"
stories:
  - story: a question
    steps:
      - {user: hello, intent: greet}
      - action: utter_greet
      - {user: does it hurt, intent: faq/does_it_hurt}
      - action: utter_faq
"""
Rasa = Callable[..., "subprocess.CompletedProcess[str]"]


def environment() -> dict[str, str]:
    """This machine's variables, and what `make` sets."""
    return os.environ | {
        "PYTHONPATH": str(PROJECT),
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "PYTHONHASHSEED": "0",
        "SANIC_HOST": "127.0.0.1",
        "COLUMNS": "200",
    }


def words(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "rasa", *arguments]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny assistant, not trained."""
    folder = tmp_path_factory.mktemp("tiny")
    files = {"config.yml": CONFIG, "domain.yml": DOMAIN, "data/nlu.yml": NLU, "data/flows.yml": FLOWS}
    files |= {"tests/test_stories.yml": TEST_STORY}
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def rasa(project: Path) -> Rasa:
    """Run `rasa ...` in the tiny assistant's folder to its end."""

    def run(*arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words(*arguments),
            cwd=project,
            env=environment(),
            input=said,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )

    return run


@pytest.fixture(scope="session")
def trained(rasa: Rasa) -> subprocess.CompletedProcess[str]:
    """The result of `rasa train`."""
    return rasa("train", "--quiet", "--fixed-model-name", "tiny")


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def output(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout + done.stderr


def test_train(trained: subprocess.CompletedProcess[str], project: Path) -> None:
    assert trained.returncode == 0, output(trained)
    assert (project / "models" / "tiny.tar.gz").is_file()


def test_data_validate(rasa: Rasa) -> None:
    done = rasa("data", "validate")
    assert done.returncode == 0, output(done)
    assert "No story structure conflicts found" in output(done)


def test_visualize(rasa: Rasa, project: Path) -> None:
    done = rasa("visualize", "--out", "graph.html")
    assert done.returncode == 0, output(done)
    assert "utter_greet" in (project / "graph.html").read_text(encoding="utf-8")


def test_test_nlu(rasa: Rasa, trained: subprocess.CompletedProcess[str], project: Path) -> None:
    done = rasa("test", "nlu", "--nlu", "data/nlu.yml", "--out", "results/nlu")
    assert done.returncode == 0, output(done)
    report = json.loads((project / "results/nlu/intent_report.json").read_text(encoding="utf-8"))
    assert report["accuracy"] == 1.0
    assert (project / "results/nlu/intent_confusion_matrix.png").is_file()
    selection = json.loads((project / "results/nlu/response_selection_report.json").read_text(encoding="utf-8"))
    assert selection["accuracy"] == 1.0


def test_test_core(rasa: Rasa, trained: subprocess.CompletedProcess[str], project: Path) -> None:
    done = rasa("test", "core", "--e2e", "--stories", "tests", "--out", "results/core", "--fail-on-prediction-errors")
    assert done.returncode == 0, output(done)
    report = json.loads((project / "results/core/story_report.json").read_text(encoding="utf-8"))
    assert report["conversation_accuracy"]["correct"] == 1


def test_shell(rasa: Rasa, trained: subprocess.CompletedProcess[str]) -> None:
    done = rasa("shell", "--port", free_port(), "-i", "127.0.0.1", said="how many sessions\n/stop\n")
    assert done.returncode == 0, output(done)
    assert "Often after the first session." in done.stdout


@pytest.fixture
def server(trained: subprocess.CompletedProcess[str], project: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`rasa run` and its address."""
    port = free_port()
    arguments = ("run", "-i", "127.0.0.1", "-p", port, "--enable-api")
    (project / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    with (project / "run.log").open("wb") as log:
        process = subprocess.Popen(
            words(*arguments), cwd=project, env=environment(), stdout=log, stderr=log, start_new_session=True
        )
    yield f"http://127.0.0.1:{port}", process
    process.kill()
    process.wait()


def test_run(server: tuple[str, subprocess.Popen[bytes]], project: Path) -> None:
    address, process = server
    with httpx.Client(base_url=address, trust_env=False, timeout=SECONDS) as client:
        end = time.monotonic() + SECONDS
        while not answers(client):
            log = (project / "run.log").read_text(encoding="utf-8")
            assert process.poll() is None, log
            assert time.monotonic() < end, log
            time.sleep(0.1)
        assert client.get("/status").json()["model_file"] == "tiny.tar.gz"
        parsed = client.post("/model/parse", json={"text": "is it painful"}).json()
        assert parsed["response_selector"]["faq"]["response"]["intent_response_key"] == "faq/does_it_hurt"
        replies = client.post("/webhooks/rest/webhook", json={"sender": "a", "message": "hello"}).json()
        assert [reply["text"] for reply in replies] == ["Hello to you!"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/status").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def test_a_component_of_tensorflow_fails_the_training_by_name(rasa: Rasa, project: Path) -> None:
    pipeline = "pipeline:\n  - name: WhitespaceTokenizer\n  - name: CountVectorsFeaturizer\n  - name: DIETClassifier\n"
    text = f"recipe: default.v1\nassistant_id: tiny\nlanguage: en\n{pipeline}policies:\n  - name: RulePolicy\n"
    (project / "diet.yml").write_text(text, encoding="utf-8")
    done = rasa("train", "nlu", "--config", "diet.yml", "--out", "diet_models")
    assert done.returncode != 0
    assert "DIETClassifier needs TensorFlow" in output(done)
    assert not list(project.glob("diet_models/*.tar.gz"))
