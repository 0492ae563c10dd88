"""Gateways: one over a scripted Rasa, and one over the real assistant."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from scenarios.assistant import Assistant
from scenarios.servers import free_port
from starlette.applications import Starlette

from lamoon.channels.service import ChannelService
from lamoon.chat.services import Services
from lamoon.desk.request import Desk
from lamoon.settings import Settings, load_settings
from lamoon.web.app import make_app
from web.serving import GatewayProcess, ScriptedRasa, Serving
from web.visitor import Visitor

FAST = {"LAMOON_MESSAGES_PER_MINUTE": "100000"}


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same argon2id with a thousandth of the work: most tests sign somebody in."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("lamoon.desk.accounts.accounts.HASHER", quick)


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is old goes at the first look: for gateways that are made after this."""
    monkeypatch.setattr("lamoon.chat.retention.GRACE_SECONDS", 0.0)


@dataclass
class Front:
    """A gateway that serves, what it is made of, and the Rasa behind it."""

    url: str
    parts: Services
    channels: ChannelService
    desk: Desk
    rasa: ScriptedRasa
    settings: Settings

    def visitor(self) -> Visitor:
        """A new conversation."""
        return Visitor(self.url)


def settings_in(folder: Path, rasa_port: int, **variables: str) -> Settings:
    """Settings with all data in `folder`, and a studio.yml of its own, which the desk may change."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    studio = folder / "studio.yml"
    shutil.copyfile(Path(__file__).parents[1] / "scenarios" / "studio.yml", studio)
    fixed = {
        "LAMOON_DATA": str(folder),
        "LAMOON_STUDIO": str(studio),
        "LAMOON_RASA_PORT": str(rasa_port),
        "LAMOON_ACTIONS_PORT": str(free_port()),
        "LAMOON_GATEWAY_PORT": str(free_port()),
        "LAMOON_ALLOWED_ORIGINS": "https://studio.example",
    }
    return load_settings(fixed | variables)


@pytest.fixture(scope="session")
def behind() -> Iterator[tuple[ScriptedRasa, int]]:
    """A scripted Rasa and its port."""
    rasa = ScriptedRasa()
    with Serving(rasa.app) as serving:
        yield rasa, serving.port


@pytest.fixture
def front(behind: tuple[ScriptedRasa, int], tmp_path: Path) -> Iterator[Front]:
    """A gateway over a scripted Rasa that echoes."""
    rasa, port = behind
    rasa.reset()
    settings = settings_in(tmp_path, port, **FAST)
    app: Starlette = make_app(settings)
    with Serving(app) as serving:
        yield Front(serving.url, app.state.services, app.state.channels, app.state.desk, rasa, settings)


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[Front]:
    """A gateway with nobody behind it, and without patience."""
    settings = replace(settings_in(tmp_path, free_port()), answer_seconds=1)
    app: Starlette = make_app(settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lamoon.rasa_client.PATIENCE_SECONDS", 0.3)
        with Serving(app) as serving:
            yield Front(serving.url, app.state.services, app.state.channels, app.state.desk, ScriptedRasa(), settings)


@pytest.fixture(scope="session")
def shared_gateway(running: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway process over the real assistant, sharing its data, that may be stopped.

    Only one gateway may serve an SQLite database: another would deliver a notice and wake none of its readers.
    """
    process = GatewayProcess(running.servers.variables | FAST, tmp_path_factory.mktemp("gateway") / "gateway.log")
    yield process
    process.stop()


@pytest.fixture(scope="module")
def gateway_of_assistant(shared_gateway: GatewayProcess) -> GatewayProcess:
    """That gateway, serving."""
    if not shared_gateway.is_running:
        shared_gateway.start()
    return shared_gateway


@pytest.fixture
def talk(assistant: Assistant, gateway_of_assistant: GatewayProcess) -> Visitor:
    """A visitor of the real assistant."""
    return Visitor(gateway_of_assistant.url)
