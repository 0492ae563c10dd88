"""A whole assistant of a test's own, every process a real one: Rasa, action server, worker, gateway, and an inbox."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
from scenarios.mailbox import Mailbox
from scenarios.servers import Servers, free_port, settings_of
from web.serving import GatewayProcess

from lamoon.booking import BookingStore
from lamoon.booking.request import BookingRequest
from lamoon.storage.keys import cipher_from

STUDIO = Path(__file__).parents[1] / "scenarios" / "studio.yml"
LOUD = {"LAMOON_LOG_LEVEL": "DEBUG", "LOG_LEVEL": "DEBUG"}
"""The second is Rasa's own."""
SECRETS = {
    "LAMOON_SECRET_KEY": "gronzthurq-signs-0123456789-0123456789",
    "LAMOON_ENCRYPTION_KEYS": "gronzthurq-encrypts-0123456789-0123456789",
}
"""What no log may have."""
FAST = {"LAMOON_MESSAGES_PER_MINUTE": "100000"}


class House:
    """The processes over `data`, with logs in `logs`. `database` is an address; without it SQLite in `data`.

    `rasa` is a client of Rasa's own HTTP API.
    """

    def __init__(self, data: Path, logs: Path, database: str = "") -> None:
        self.mailbox = Mailbox(free_port())
        variables = settings_of(data, self.mailbox.port, STUDIO) | FAST | LOUD | SECRETS
        variables |= {"LAMOON_DATABASE_URL": database} if database else {}
        self.data = data
        self._logs = logs
        self.servers = Servers(variables, logs)
        self.gateway = GatewayProcess(variables, logs / "gateway.log")

    def __enter__(self) -> House:
        with ExitStack() as stack:
            self.mailbox.open()
            stack.callback(self.mailbox.close)
            stack.callback(self.servers.stop)
            self.servers.start()
            self.gateway.start()
            stack.callback(self.gateway.stop)
            self.rasa = stack.enter_context(httpx.Client(base_url=self.servers.rasa, timeout=60, trust_env=False))
            self._store = BookingStore(
                self.servers.settings.database_url.reveal(), cipher=cipher_from(self.servers.settings)
            )
            stack.callback(self._store.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def requests(self, conversation: str) -> list[BookingRequest]:
        """The stored requests of a conversation on the website, oldest first."""
        stored = [row.request for row in self._store.list(limit=10_000)]
        return [request for request in stored if request.conversation_id == f"web-{conversation}-0"]

    def mail_keys(self, reference: str) -> set[str]:
        """The idempotency keys of the mails about a request: a mail may come twice, with the same key."""
        return {str(mail["X-Idempotency-Key"]) for mail in self.mailbox.mails if reference in str(mail["Subject"])}

    def waiting(self) -> int:
        """How many accepted messages have no answer yet; on SQLite."""
        query = "SELECT count(*) FROM chat_messages WHERE state = 'received'"
        with closing(sqlite3.connect(self.data / "lamoon.db")) as connection:
            return int(connection.execute(query).fetchone()[0])

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
