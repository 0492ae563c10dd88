"""Fixtures of several folders: the trained model, and neutral settings."""

from __future__ import annotations

import functools
import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx._transports.default
import pytest

# Rasa takes seconds to import: only the fixtures that need it do so, and folders without it stay fast.
if TYPE_CHECKING:
    from scenarios.assistant import Assistant

    from lamoon.screening import Screener
    from lamoon.understanding.encoder import SentenceEncoder
    from tools.evaluation.parser import Parse

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
# Tests without their own settings encrypt with this; it creates no key file in the project.
os.environ.setdefault("LAMOON_SECRET_KEY", "the-key-of-tests-that-set-none-0123456789")

# Many images of containers tell Python not to keep what it compiles. Then each process compiles all tests and our code.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A client reads all certificates of the world first, 15 ms each time; these are made by the thousand and talk to loopback.
httpx._transports.default.create_ssl_context = functools.cache(httpx._transports.default.create_ssl_context)

SLOW_FIXTURES = frozenset(
    # the trained model, the sentence model, and servers
    ("model", "trained_parser", "encoder", "running", "behind", "lonely", "platform", "front_door", "desk_door", "node")
)

SLOW_IMPORTS = frozenset(
    # processes, servers, the whole project read and checked, policies trained
    ("subprocess", "multiprocessing", "Serving", "GatewayProcess", "load_project", "load_data")
)

SetSettings = Callable[[pytest.MonkeyPatch, Path], Path]
pytest_plugins = ("web.fixtures",)

STUDIO_OF_SCENARIOS = Path(__file__).parent / "scenarios" / "studio.yml"
STUDIO = """\
name: La Moon
phone: (212) 555-0147
email: hello@lamoon.example
address: 12 Garden Lane, Springfield
hours:
  monday: 09:00-17:00
services:
  - name: Myofascial release
    minutes: 60
    price: from $110
emergency:
  country: US
  numbers:
    US: {emergency: "911", crisis: "988", crisis_name: Suicide and Crisis Lifeline}
"""


LONGEST_FIRST = (
    # the files that wait most, compute most, and start their own servers; then those shared by the next longest files
    *("faults", "nlu/test_screening_quality.py", "stories", "test_rasa_commands.py", "launch", "test_extending.py"),
    *(
        "scenarios",
        "web/test_scaled_layout.py",
        "chat/test_no_trace.py",
        "web/test_kills.py",
        "test_data_folder.py",
        "widget",
    ),
    *("channels/test_over_the_limit.py", "test_packaging.py", "channels/test_scenarios_by_phone.py"),
    *("chat", "web", "desk", "channels", "nlu"),
)
TOGETHER = ("faults/test_hold", "faults/test_chaos", "faults/test_planted", "faults/test_rasa")
"""Files that share two separate assistants, which only one process should start."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """Collect tests without looking for garbage, and leave them alone from then on.

    Thousands of tests and the modules they import are millions of objects, none of them garbage. Python would walk
    through all of them again and again, here and in every test.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in its own hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, so that no process is left alone with one, and mark what is slow.

    A test is slow if it starts processes or servers or needs a model; `make test-fast` leaves it out.
    """
    items.sort(key=lambda item: _rank(_file(item)))
    for item in items:
        file = _file(item)
        item.add_marker(pytest.mark.xdist_group("faults" if file.startswith(TOGETHER) else file))
        if isinstance(item, pytest.Function) and (
            SLOW_IMPORTS & vars(item.module).keys() or SLOW_FIXTURES & {*item.fixturenames}
        ):
            item.add_marker(pytest.mark.slow)


def _file(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).as_posix()


def _rank(file: str) -> int:
    return next(
        (rank for rank, beginning in enumerate(LONGEST_FIRST) if file.startswith(beginning)), len(LONGEST_FIRST)
    )


@pytest.fixture(scope="session")
def model() -> Path:
    """The model that was trained last; a failure that says what to do where there is none."""
    from lamoon.launch.model_file import newest_model

    try:
        return newest_model()
    except FileNotFoundError as problem:
        pytest.fail(str(problem))


@pytest.fixture(scope="session")
def trained_parser(model: Path) -> Parse:
    """From a text to what the trained model reads in it."""
    from tools.evaluation.parser import load_parser

    return load_parser(model)


@pytest.fixture(scope="session")
def screener() -> Screener:
    """One screener for all tests: loading it takes seconds. The year is fixed, for what is "long ago"."""
    from lamoon.screening import Screener

    return Screener.load(year=2026)


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    """The sentence encoder, loaded once."""
    from lamoon.understanding.encoder import SentenceEncoder

    return SentenceEncoder()


@pytest.fixture(scope="session")
def set_settings() -> SetSettings:
    """Set only these settings: an empty data folder, and a studio.yml that is filled in. Returns the data folder."""

    def set_all(patch: pytest.MonkeyPatch, folder: Path) -> Path:
        for name in [name for name in os.environ if name.startswith("LAMOON_")]:
            patch.delenv(name)
        studio = folder / "studio.yml"
        studio.write_text(STUDIO, encoding="utf-8")
        patch.setenv("LAMOON_STUDIO", str(studio))
        patch.setenv("LAMOON_DATA", str(folder / "data"))
        return folder / "data"

    return set_all


@pytest.fixture
def settings_of_test(set_settings: SetSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of one test; studio.yml is next to the returned data folder."""
    return set_settings(monkeypatch, tmp_path)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Rasa, action server, notification worker and mail server, on free ports of this machine."""
    from scenarios.assistant import Assistant
    from scenarios.mailbox import Mailbox
    from scenarios.servers import Servers, StartError, free_port, settings_of

    folder = tmp_path_factory.mktemp("assistant")
    mailbox = Mailbox(free_port())
    mailbox.open()
    try:
        studio = folder / "studio.yml"  # a separate copy, because the desk may change it
        shutil.copyfile(STUDIO_OF_SCENARIOS, studio)
        variables = settings_of(folder / "data", mailbox.port, studio)
        servers = Servers(variables, folder)
    except FileNotFoundError as problem:
        mailbox.close()
        pytest.fail(str(problem), pytrace=False)
    try:
        servers.start()
        assistant = Assistant(servers, mailbox)
        yield assistant
        assistant.close()
    except StartError as problem:
        pytest.fail(str(problem), pytrace=False)
    finally:
        servers.stop()
        mailbox.close()


@pytest.fixture
def assistant(running: Assistant) -> Assistant:
    """The running assistant with its action server up, regardless of earlier tests."""
    running.switch_actions(up=True)
    return running
