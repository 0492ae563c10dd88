"""A whole assistant of a test's own, every process a real one: Rasa, action server, worker, gateway, and an inbox."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import httpx
from gateway.serving import GatewayProcess
from scenarios.mailbox import Mailbox
from scenarios.servers import Servers, free_port, settings_of

from lamoon.booking import BookingStore
from lamoon.booking.request import BookingRequest

STUDIO = Path(__file__).parents[1] / "scenarios" / "studio.yml"
LOUD = {"LAMOON_LOG_LEVEL": "DEBUG", "LOG_LEVEL": "DEBUG"}
"""The second is Rasa's own."""
FAST = {"LAMOON_MESSAGES_PER_MINUTE": "100000"}


class House:
    """The processes over `data`, with logs in `logs`. `database` is an address; without it SQLite in `data`."""

    def __init__(self, data: Path, logs: Path, database: str = "") -> None:
        self._stack = ExitStack()
        self.mailbox = Mailbox(free_port())
        variables = settings_of(data, self.mailbox.port, STUDIO) | FAST | LOUD
        variables |= {"LAMOON_DATABASE_URL": database} if database else {}
        self.data = data
        self._logs = logs
        self.servers = Servers(variables, logs)
        self.gateway = GatewayProcess(variables, logs / "gateway.log")

    def __enter__(self) -> House:
        self.mailbox.open()
        self._stack.callback(self.mailbox.close)
        self._stack.callback(self.servers.stop)
        self.servers.start()
        self.gateway.start()
        self._stack.callback(self.gateway.stop)
        self.rasa = self._stack.enter_context(
            httpx.Client(base_url=self.servers.rasa, timeout=60, trust_env=False)  # its HTTP API
        )
        self._store = BookingStore(self.servers.settings.database_url.reveal())
        self._stack.callback(self._store.close)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def requests(self, conversation: str) -> list[BookingRequest]:
        """The stored requests of a conversation on the website, oldest first."""
        stored = [row.request for row in self._store.list(limit=10_000)]
        return [request for request in stored if request.conversation_id == f"web-{conversation}-0"]

    def mails(self, reference: str) -> int:
        """How many mails the studio has about a request."""
        return sum(reference in str(mail["Subject"]) for mail in self.mailbox.mails)

    def restart(self, name: str) -> None:
        """Kills a process, as a crash would, and starts it again."""
        if name == "gateway":
            self.gateway.kill()
            self.gateway.start()
        else:
            self.servers.kill(name)
            self.servers.start_again(name)

    def log_files(self) -> list[Path]:
        """What each process has written so far, to standard output and error."""
        return sorted(self._logs.glob("*.log"))
