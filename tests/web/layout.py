"""Several machines that share a database: each with a Rasa, an action server and a worker, and gateways before them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
from scenarios.mailbox import Mailbox
from scenarios.servers import Servers, free_port, settings_of

from lamoon.booking import BookingStore
from lamoon.booking.request import BookingRequest
from lamoon.storage.keys import cipher_from
from web.balancer import Balancer
from web.serving import GatewayProcess
from web.visitor import Visitor

STUDIO = Path(__file__).parents[1] / "scenarios" / "studio.yml"
FAST = {"LAMOON_MESSAGES_PER_MINUTE": "100000"}
SHARED = {"LAMOON_SECRET_KEY": "one-key-for-all-machines-0123456789"}


class Layout:
    """`machines` machines with logs and data in `folder`, and `gateways` gateways, each of which knows every Rasa.

    `database` is the address of the shared PostgreSQL; without one there may be a single machine and gateway, on SQLite.
    `variables` are settings of all processes. `url` is a balancer's, which sends each request to another gateway than
    the one before; it is the gateway's own where there is just one. `front` gives the address at which gateways reach a
    Rasa, by its own.

    The processes run inside the block, and begin side by side.
    """

    def __init__(
        self,
        folder: Path,
        database: str = "",
        *,
        machines: int = 2,
        gateways: int = 2,
        variables: Mapping[str, str] | None = None,
        module: str = "lamoon.web",
        front: Callable[[str], str] = lambda rasa: rasa,
    ) -> None:
        self.mailbox = Mailbox(free_port())
        shared = {**SHARED, **FAST, **({"LAMOON_DATABASE_URL": database} if database else {}), **(variables or {})}
        self.machines = []
        for number in range(machines):
            place = folder / str(number)
            place.mkdir(parents=True, exist_ok=True)
            self.machines.append(Servers(settings_of(place / "data", self.mailbox.port, STUDIO) | shared, place))
        every = {"LAMOON_RASA_URL": ",".join(front(machine.rasa) for machine in self.machines)}
        self.gateways = []
        for number in range(gateways):
            own = self.machines[number % machines].variables
            data = {} if number < machines else {"LAMOON_DATA": str(folder / f"gateway-{number}")}
            log = folder / f"gateway-{number}.log"
            self.gateways.append(GatewayProcess(own | every | data, log, module))
        self.url = self.gateways[0].url if self.gateways else ""

    def __enter__(self) -> Layout:
        with ExitStack() as stack:
            self.mailbox.open()
            stack.callback(self.mailbox.close)
            processes = [*self.machines, *self.gateways]
            for one in processes:
                stack.callback(one.stop)
            with ThreadPoolExecutor(len(processes)) as threads:
                for started in [threads.submit(one.start) for one in processes]:
                    started.result()
            settings = self.machines[0].settings
            self.store = BookingStore(settings.database_url.reveal(), cipher=cipher_from(settings))
            stack.callback(self.store.close)
            if len(self.gateways) > 1:
                self.url = stack.enter_context(Balancer([one.url for one in self.gateways])).url
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def visitor(self) -> Visitor:
        """A new conversation, each request of which reaches another gateway."""
        return Visitor(self.url)

    def visitors(self) -> list[Visitor]:
        """One new conversation, as it is seen at each gateway."""
        visitors = [Visitor(gateway.url) for gateway in self.gateways[:1]]
        return visitors + [visitors[0].at(gateway.url) for gateway in self.gateways[1:]]

    def requests(self, conversation: str) -> list[BookingRequest]:
        """The stored requests of a conversation on the website, oldest first."""
        stored = [row.request for row in self.store.list(limit=10_000)]
        return [request for request in stored if request.conversation_id == f"web-{conversation}-0"]

    def kept(self, conversation: str) -> list[dict[str, object]]:
        """Rasa's events of a conversation on the website."""
        events: list[dict[str, object]] = httpx.get(
            f"{self._rasa()}/webhooks/rest/conversations/web-{conversation}-0", trust_env=False, timeout=30
        ).json()
        return events

    def heard(self, conversation: str) -> list[int]:
        """The ids of the messages in Rasa's memory, in the order in which it took them."""
        said = [event for event in self.kept(conversation) if event["event"] == "user"]
        ids = [event["metadata"].get("message_id") for event in said]  # type: ignore[attr-defined]
        return [one for one in ids if one is not None]

    def processes(self) -> dict[str, int]:
        """The process id of each, by kind and number."""
        gateways = {f"gateway {number}": one.pid for number, one in enumerate(self.gateways)}
        others = {
            f"{name} {number}": pid
            for number, machine in enumerate(self.machines)
            for name, pid in machine.pids().items()
        }
        return gateways | others

    def _rasa(self) -> str:
        return next(machine.rasa for machine in self.machines if "rasa" in machine.pids())
