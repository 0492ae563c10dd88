"""Two of each process on one PostgreSQL, every message at the other gateway, and a Rasa that dies in the middle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from scenarios.mailbox import Mailbox
from scenarios.servers import Servers, free_port, settings_of
from storage.conftest import postgres_url  # noqa: F401  a fixture

from lamoon.booking import BookingStore
from lamoon.storage.encryption import Cipher
from web.fixtures import FAST
from web.serving import GatewayProcess, until
from web.visitor import Visitor

STUDIO = Path(__file__).parents[1] / "scenarios" / "studio.yml"


@dataclass
class Layout:
    """Two machines, each with a Rasa, an action server, a worker and a gateway that knows both Rasas."""

    machines: list[Servers]
    gateways: list[GatewayProcess]
    mailbox: Mailbox
    store: BookingStore

    def visitors(self) -> list[Visitor]:
        """One conversation, as it is seen at each gateway."""
        visitors = [Visitor(gateway.url) for gateway in self.gateways]
        for visitor in visitors[1:]:
            visitor.token, visitor.headers = visitors[0].token, visitors[0].headers
        return visitors


@pytest.fixture
def layout(model: Path, tmp_path: Path, postgres_url: str) -> Iterator[Layout]:  # noqa: F811
    shared = {"LAMOON_DATABASE_URL": postgres_url, "LAMOON_SECRET_KEY": "one-key-for-all-machines-0123456789"}
    with ExitStack() as stack:
        mailbox = Mailbox(free_port())
        mailbox.open()
        stack.callback(mailbox.close)
        machines = []
        for name in "ab":
            (tmp_path / name).mkdir()
            variables = settings_of(tmp_path / name / "data", mailbox.port, STUDIO) | shared
            machines.append(Servers(variables, tmp_path / name))
        both = {"LAMOON_RASA_URL": ",".join(machine.rasa for machine in machines)}
        gateways = [GatewayProcess(one.variables | both | FAST, tmp_path / "gateway.log") for one in machines]
        for one in (*machines, *gateways):
            stack.callback(one.stop)
            one.start()
        store = stack.enter_context(closing(BookingStore(postgres_url, cipher=Cipher([shared["LAMOON_SECRET_KEY"]]))))
        yield Layout(machines, gateways, mailbox, store)


def test_a_booking_goes_on_at_the_other_gateway_and_at_the_other_rasa(layout: Layout) -> None:
    visitors = layout.visitors()
    messages = [
        "I'd like to book a massage, please",
        "Dana Whitfield",
        "dana.whitfield@example.com",
        "lower back on Wednesday morning",
        "actually I had a blood clot in my leg last year",
    ]
    for number, message in enumerate(messages):
        assert visitors[number % 2].ask(message)
    asked = [machine.log("rasa") for machine in layout.machines]
    layout.machines[0].kill("rasa")
    layout.machines[1].kill("actions")
    layout.machines[1].start_again("actions")
    replies = []
    for number, message in enumerate(["no other conditions", "yes, you may pass it on", "yes, send it"]):
        replies = visitors[number % 2].ask(message)
    reference = re.search(r"LM-\w{5}", str(replies))
    assert reference, (replies, asked)
    stored = layout.store.list()
    assert [row.request.reference for row in stored] == [reference[0]]
    assert stored[0].request.hold
    assert "blood_clot" in [condition.id for condition in stored[0].request.conditions]
    until(lambda: layout.mailbox.about(reference[0]), "the studio's mail")
