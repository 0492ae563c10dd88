"""LAMOON_DATA is accessible to its owner only, whichever program creates it, under any umask."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from scenarios.servers import free_port

from actions.guided_form import GIVEN
from lamoon.data_folder import open_data_folder
from lamoon.errors import SettingsError
from lamoon.launch.commands import LOOPBACK, action_server, gateway, notification_worker, rasa_server
from lamoon.settings import PROJECT, Settings, load_settings

SECONDS = 90.0
FULL = bool(os.environ.get("LAMOON_TEST_FULL"))
USUAL_UMASK = 0o022
DATABASE = ("lamoon.db", "lamoon.db-shm", "lamoon.db-wal")
CONVERSATIONS = ("conversations.db", "conversations.db-shm", "conversations.db-wal")


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    """Each test has the usual umask, and the process its own afterwards."""
    before = os.umask(USUAL_UMASK)
    yield
    os.umask(before)


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """Settings with a data folder that is not there yet, and other than the ordinary ports."""
    ports = {name: str(free_port()) for name in ("LAMOON_RASA_PORT", "LAMOON_ACTIONS_PORT", "LAMOON_GATEWAY_PORT")}
    return ports | {"LAMOON_DATA": str(tmp_path / "data")}


def open_to_others(folder: Path) -> list[str]:
    """Return what another user may read, write or enter, with its mode."""
    return [
        f"{path.relative_to(folder)} {stat.S_IMODE(path.lstat().st_mode):o}"
        for path in (folder, *folder.rglob("*"))
        if path.lstat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]


@contextmanager
def process(words: tuple[str, ...], variables: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program of ours with the usual umask; it is ended afterwards."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LAMOON_")}
    with log.open("wb") as output:
        started = subprocess.Popen(
            words,
            cwd=PROJECT,
            env=clean | variables | {"PYTHONPATH": str(PROJECT)},
            stdout=output,
            stderr=subprocess.STDOUT,
            umask=USUAL_UMASK,
        )
    try:
        yield started
    finally:
        started.terminate()
        started.wait(SECONDS)


def until(so: Callable[[], bool], running: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS
    while not so():
        assert running.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        assert time.monotonic() < end, log.read_text(encoding="utf-8", errors="replace")
        time.sleep(0.05)


def answers(url: str, method: str = "GET", **content: object) -> Callable[[], bool]:
    def ask() -> bool:
        try:
            return httpx.request(method, url, trust_env=False, timeout=20, **content).is_success  # type: ignore[arg-type]
        except httpx.HTTPError:
            return False

    return ask


def begin_a_conversation(settings: Settings) -> tuple[tuple[str, ...], Callable[[], bool]]:
    begin = answers(f"http://{LOOPBACK}:{settings.gateway_port}/chat/conversations", "POST", json={})
    return gateway(settings).words, begin


def talk_to_rasa(settings: Settings) -> tuple[tuple[str, ...], Callable[[], bool]]:
    said = {"sender": "a", "message": "hi"}
    talk = answers(f"http://{LOOPBACK}:{settings.rasa_port}/webhooks/rest/webhook", "POST", json=said)
    return rasa_server(settings, with_api=False).words, talk


@pytest.mark.parametrize(
    ("program", "files", "ordinary_port"),
    [
        (begin_a_conversation, (*DATABASE, "secret_key"), True),
        (begin_a_conversation, (*DATABASE, "secret_key"), False),
        # web/test_observed.py starts Rasa too
        *([(talk_to_rasa, CONVERSATIONS, True), (talk_to_rasa, CONVERSATIONS, False)] if FULL else []),
    ],
)
def test_what_a_server_makes_is_for_its_owner_only(
    variables: dict[str, str],
    tmp_path: Path,
    program: Callable[[Settings], tuple[tuple[str, ...], Callable[[], bool]]],
    files: tuple[str, ...],
    ordinary_port: bool,
) -> None:
    if ordinary_port:  # nobody listens there: the action server is not needed for this
        del variables["LAMOON_ACTIONS_PORT"]
    words, done = program(load_settings(variables))
    with process(words, variables, tmp_path / "log") as running:
        until(done, running, tmp_path / "log")
        data = tmp_path / "data"
        assert set(files) <= {path.name for path in data.iterdir()}
        assert open_to_others(data) == []


def test_what_the_worker_makes_is_for_its_owner_only(variables: dict[str, str], tmp_path: Path) -> None:
    data = tmp_path / "data"
    with process(notification_worker().words, variables, tmp_path / "log") as running:
        until(lambda: (data / "lamoon.db-wal").exists(), running, tmp_path / "log")
        assert open_to_others(data) == []


def test_what_the_action_server_makes_is_for_its_owner_only(variables: dict[str, str], tmp_path: Path) -> None:
    """The first request to the studio makes its database."""
    settings = load_settings(variables)
    url = f"http://{LOOPBACK}:{settings.actions_port}"
    slots = {"handoff_question": "Is there parking?", "contact": "+1 212-555-0155", "handoff_consent": GIVEN}
    tracker = {"sender_id": "a", "slots": slots, "events": [], "latest_message": {}, "active_loop": {}}
    body = {"next_action": "action_hand_off_question", "sender_id": "a", "tracker": tracker, "domain": {}}
    with process(action_server(settings).words, variables, tmp_path / "log") as running:
        until(answers(f"{url}/health"), running, tmp_path / "log")
        assert httpx.post(f"{url}/webhook", json=body, trust_env=False, timeout=20).status_code == 200
        assert set(DATABASE) <= {path.name for path in (tmp_path / "data").iterdir()}
        assert open_to_others(tmp_path / "data") == []


@pytest.mark.parametrize("command", [("-m", "lamoon.desk", "list"), ("-m", "lamoon.booking", "list")])
def test_what_a_command_makes_is_for_its_owner_only(
    variables: dict[str, str], tmp_path: Path, command: tuple[str, ...]
) -> None:
    with process((sys.executable, *command), variables, tmp_path / "log") as running:
        assert running.wait(SECONDS) == 0
    assert (tmp_path / "data" / "lamoon.db").exists()
    assert open_to_others(tmp_path / "data") == []


def test_what_an_older_version_left_open_is_closed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "markers").mkdir(mode=0o755, parents=True)
    for name in ("conversations.db", "conversations.db-wal", "markers/stats.csv"):
        (data / name).touch(mode=0o644)
    (data / "script").touch(mode=0o755)
    assert len(open_to_others(data)) == 6
    open_data_folder(load_settings({"LAMOON_DATA": str(data)}))
    assert open_to_others(data) == []
    assert stat.S_IMODE((data / "script").stat().st_mode) == 0o700, "its owner may still do what he could"


def test_where_a_link_leads_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "link").symlink_to(tmp_path / "elsewhere")
    open_data_folder(load_settings({"LAMOON_DATA": str(tmp_path / "data")}))
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o755


@pytest.mark.parametrize("shared", [PROJECT, PROJECT.parent, Path("/tmp")])
def test_a_folder_that_holds_other_things_is_refused(shared: Path) -> None:
    with pytest.raises(SettingsError, match="holds other things too"):
        load_settings({"LAMOON_DATA": str(shared)})
