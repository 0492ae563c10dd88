"""`lamoon model`: another trained model while visitors write. Nothing fails, is lost, or is answered twice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from storage.conftest import postgres_url  # noqa: F401  a fixture
from web.layout import Layout
from web.visitor import Visitor

from lamoon.project import PROJECT

QUESTIONS = ("does it hurt?", "what is fascia?", "how soon will i feel better?", "what are trigger points?", "hi")
VISITORS = 6 if os.environ.get("LAMOON_TEST_FULL") else 3
PAUSE_SECONDS = 0.0 if os.environ.get("LAMOON_TEST_FULL") else 1.0
"""Between two messages of a visitor. Without a pause they take both cores, and a model loads for minutes."""
MOST_SECONDS = 10.0
"""No turn may take longer while models load on a busy machine; without a change most take a tenth of a second."""


@dataclass
class House:
    """A project with models of its own, its Rasa servers, and one gateway before them."""

    project: Path
    layout: Layout

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs `lamoon model`."""
        machines = self.layout.machines
        addresses = {"LAMOON_RASA_URL": ",".join(machine.rasa for machine in machines)}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LAMOON_")}
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "lamoon.launch.models", *words],
            cwd=PROJECT,
            env=clean | machines[0].variables | addresses | {"LAMOON_PROJECT": str(self.project)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def loaded(self) -> set[str]:
        """What the servers say that they use."""
        return {
            httpx.get(f"{machine.rasa}/webhooks/rest/model", trust_env=False).json()["model"]
            for machine in self.layout.machines
        }


def project_with(folder: Path, model: Path, *names: str) -> Path:
    """The project by links, with copies of one model under these names, the last one newest."""
    folder.mkdir()
    for entry in PROJECT.iterdir():
        if entry.name not in ("models", ".git", "var"):
            (folder / entry.name).symlink_to(entry)
    (folder / "models").mkdir()
    for moment, name in enumerate(names, 1):
        shutil.copy(model, folder / "models" / name)
        os.utime(folder / "models" / name, (moment, moment))
    return folder


@pytest.fixture
def house(
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    postgres_url: str,  # noqa: F811
) -> Iterator[House]:
    """A house with two Rasa servers."""
    project = project_with(tmp_path / "project", model, "b.tar.gz", "a.tar.gz")
    monkeypatch.setattr("lamoon.launch.model_file.MODELS", project / "models")
    with Layout(tmp_path, postgres_url, machines=2, gateways=1) as layout:
        yield House(project, layout)


def talk(visitor: Visitor, over: threading.Event) -> list[float]:
    """Asks one question after the other until it is over. Returns how long each answer took."""
    seconds = []
    while not over.is_set():
        begun = time.monotonic()
        visitor.ask(QUESTIONS[len(seconds) % len(QUESTIONS)])
        seconds.append(time.monotonic() - begun)
        over.wait(PAUSE_SECONDS)
    return seconds


def while_visitors_write(house: House, change: Callable[[], None]) -> list[float]:
    """Makes the change while visitors write, and looks at each of their turns. Returns how long they took."""
    visitors = [house.layout.visitor() for _ in range(VISITORS)]
    over = threading.Event()
    with ThreadPoolExecutor(VISITORS) as threads:
        talks = [threads.submit(talk, visitor, over) for visitor in visitors]
        try:
            time.sleep(1)
            change()
            time.sleep(1)
        finally:
            over.set()
        seconds = [taken for one in talks for taken in one.result()]
    for visitor in visitors:
        assert_answered_once(house, visitor)
    return seconds


def assert_answered_once(house: House, visitor: Visitor) -> None:
    """Every message was heard once, in order, and has one answer that is no apology and no "please wait"."""
    messages: list[dict[str, Any]] = []
    while page := visitor.messages(messages[-1]["id"] if messages else 0):
        messages += page
    asked = [message["id"] for message in messages if message["from"] == "visitor"]
    replies = [message for message in messages if message["from"] == "bot"]
    assert {message["kind"] for message in replies} <= {"answer", "question", "text", "offer"}, messages
    for message, after in zip(asked, [*asked[1:], float("inf")], strict=True):
        assert [reply for reply in replies if message < reply["id"] < after], (message, messages)
    assert house.layout.heard(visitor.conversation) == asked


def change(house: House, *words: str) -> str:
    """Changes the model with one command while visitors write. Returns what it printed."""
    done: list[subprocess.CompletedProcess[str]] = []
    seconds = while_visitors_write(house, lambda: done.append(house.command(*words)))
    print(f"{len(seconds)} turns, longest {max(seconds):.2f} s, median {sorted(seconds)[len(seconds) // 2]:.3f} s")
    assert max(seconds) < MOST_SECONDS
    assert done[0].returncode == 0, done[0].stderr
    return done[0].stdout


def test_two_servers_change_one_after_the_other_and_the_one_that_is_left_changes_back(house: House) -> None:
    change(house, "use", "b")
    assert house.loaded() == {"b.tar.gz"}
    left, gone = house.layout.machines
    gone.kill("rasa")
    assert f"{gone.rasa} is not running" in change(house, "back")
    house.layout.machines.remove(gone)
    assert house.loaded() == {"a.tar.gz"}

    listed = house.command("list").stdout.splitlines()
    assert listed == ["a.tar.gz  in use", "b.tar.gz  before"]
    (house.project / "models" / "c.tar.gz").write_bytes(b"no model")
    done = house.command("use", "c.tar.gz")
    assert done.returncode == 1
    assert "The model c.tar.gz is damaged" in done.stderr
    address = f"{left.rasa}/webhooks/rest/model"
    for name, status in {"c.tar.gz": 409, "gone.tar.gz": 404, "../a.tar.gz": 400, 7: 400}.items():
        assert httpx.put(address, json={"model": name}, trust_env=False, timeout=60).status_code == status
    assert house.loaded() == {"a.tar.gz"}
    assert house.layout.visitor().ask("does it hurt?")
