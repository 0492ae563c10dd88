"""Node, Chromium and a running gateway for the widget's own tests, which are written in JavaScript."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scenarios.assistant import Assistant
from scenarios.servers import free_port
from web.serving import GatewayProcess

from lamoon.desk.accounts.accounts import Accounts
from lamoon.settings import PROJECT
from lamoon.storage.database import Database
from lamoon.storage.keys import cipher_from
from lamoon.storage.tables import conversations, requests

WIDGET = PROJECT / "widget"
LONGEST_SECONDS = 240.0
EMBEDDED_ON = f"http://localhost:{free_port()}"
"""The origin of a studio's page that embeds the chat, which a test serves."""

Node = Callable[..., subprocess.CompletedProcess[str]]
SIGN_IN = {"DESK_NAME": "Olivia", "DESK_PASSWORD": "correct horse battery"}


def _need(found: bool, what: str) -> None:
    """Skips where a machine lacks something, but not in CI, which installs everything."""
    if not found:
        (pytest.fail if os.environ.get("BROWSER_TESTS") == "required" else pytest.skip)(f"{what} (.ci/run installs it)")


@pytest.fixture(scope="session")
def node() -> Node:
    """Runs node in the widget's folder and returns what came of it."""
    _need(shutil.which("node") is not None, "node is not installed")
    _need((WIDGET / "node_modules").is_dir(), "the widget's packages are missing: npm ci --prefix widget")

    def run(*words: str, cwd: Path = WIDGET, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"EMBEDDED_ON": EMBEDDED_ON} | variables
        command = ("node", *words)
        return subprocess.run(
            command, cwd=cwd, env=environment, timeout=LONGEST_SECONDS, capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    _need(found is not None, "chromium is not installed")
    return str(found)


@pytest.fixture(scope="session")
def front_door(running: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a gateway over the real assistant, with a database of its own."""
    folder = tmp_path_factory.mktemp("front_door")
    own = {
        "LAMOON_DATABASE_URL": f"sqlite:///{folder / 'gateway.db'}",
        "LAMOON_ALLOWED_ORIGINS": EMBEDDED_ON,
        "LAMOON_MESSAGES_PER_MINUTE": "600",
    }
    process = GatewayProcess(running.servers.variables | own, folder / "gateway.log")
    process.start()
    yield process.url
    process.stop()


@pytest.fixture
def gateway(front_door: str, assistant: Assistant) -> str:
    """That address, with all of the assistant up."""
    return front_door


@pytest.fixture
def desk_door(assistant: Assistant, shared_gateway: GatewayProcess, tmp_path: Path) -> Iterator[str]:
    """The address of the only gateway that shares the assistant's data, as in real life, and whose desk SIGN_IN opens.

    Whoever wrote or booked in tests before is gone: a person who still waits would come first in the inbox.
    """
    variables = assistant.servers.variables | {"LAMOON_MESSAGES_PER_MINUTE": "600"}
    process = GatewayProcess(variables, tmp_path / "gateway.log")
    shared_gateway.stop()
    process.start()
    database = Database(
        assistant.servers.settings.database_url.reveal(), cipher=cipher_from(assistant.servers.settings)
    )
    with database.writing("clear what tests before left") as connection:
        connection.execute(conversations.delete())
        connection.execute(requests.delete())
    Accounts(database).add(SIGN_IN["DESK_NAME"], SIGN_IN["DESK_PASSWORD"], "owner")
    database.close()
    yield process.url
    process.stop()
