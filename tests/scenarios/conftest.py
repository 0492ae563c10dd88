"""The real assistant for the scenarios: one start for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios.assistant import Assistant
from scenarios.mailbox import Mailbox
from scenarios.servers import Servers, StartError, free_port, settings_of

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Rasa, action server, notification worker and mail server, on free ports of this machine."""
    folder = tmp_path_factory.mktemp("assistant")
    mailbox = Mailbox(free_port())
    mailbox.open()
    try:
        variables = settings_of(folder / "data", mailbox.port, HERE / "studio.yml")
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
