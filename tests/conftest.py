"""What tests of several folders share: the trained model, and settings that are nobody's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Rasa takes seconds to import: only the fixtures that need it do so, and folders without it stay fast.
if TYPE_CHECKING:
    from scenarios.assistant import Assistant

    from lamoon.understanding.encoder import SentenceEncoder
    from tools.evaluation.parser import Parse

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks as `slow` whatever starts processes or servers or needs a model; `make test-fast` leaves it out."""
    for item in items:
        if isinstance(item, pytest.Function) and (
            SLOW_IMPORTS & vars(item.module).keys() or SLOW_FIXTURES & {*item.fixturenames}
        ):
            item.add_marker(pytest.mark.slow)


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
def encoder() -> SentenceEncoder:
    """The sentence encoder, loaded once."""
    from lamoon.understanding.encoder import SentenceEncoder

    return SentenceEncoder()


@pytest.fixture(scope="session")
def set_settings() -> SetSettings:
    """Sets only these settings: an empty data folder, and a studio.yml that is filled in. Returns the data folder."""

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
    """The settings of one test; studio.yml lies beside the data folder that is returned."""
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
        variables = settings_of(folder / "data", mailbox.port, STUDIO_OF_SCENARIOS)
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
    """The running assistant with its action server up, whatever a test before did to it."""
    running.switch_actions(up=True)
    return running
