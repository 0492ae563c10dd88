"""Two of each process on one PostgreSQL, and a balancer that sends each request of a visitor to the other gateway.

A few of each by default. With LAMOON_TEST_FULL=1 all scenarios, 40 conversations and 60 messages by phone; -rP shows the figures.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pytest
from channels.simulator.platform import Simulator
from channels.simulator.platforms import SIMULATORS
from channels.talking import Overheard
from desk.conftest import PASSWORD, DeskVisitor
from scenarios.test_scenarios import DOWN, FOLDERS, HERE
from sqlalchemy import text as sql
from storage.conftest import make_schema

from lamoon.desk.accounts.accounts import Accounts
from lamoon.scenarios.runner import play
from lamoon.scenarios.scenario import load_scenario
from web.layout import STUDIO, Layout
from web.scenario_talk import Reply, ScenarioTalk, can_be_typed
from web.serving import Serving, until
from web.visitor import Visitor, text_of

FULL = bool(os.environ.get("LAMOON_TEST_FULL"))
CONVERSATIONS = 40 if FULL else 4
STAFF_REPLIES = 50 if FULL else 6
FAST_MESSAGES = ("does it hurt?", "what is fascia?", "thanks", "how soon will i feel better?", "hi")
SLOWEST_REPLY = 0.3
"""Seconds from a person's reply at one gateway to the visitor's stream at the other."""
KEPT = sql("SELECT count(*) FROM events WHERE sender_id LIKE :pattern")


@dataclass
class Two:
    """The layout, what its Rasa servers replied, and a Telegram before it."""

    layout: Layout
    replies: defaultdict[str, list[list[Reply]]]
    telegram: Simulator
    people: list[DeskVisitor] = field(default_factory=list)

    def staff(self) -> list[DeskVisitor]:
        """Somebody of the team, signed in at each gateway."""
        if not self.people:
            Accounts(self.layout.store.database).add("Olivia", PASSWORD, "owner")
            self.people = [DeskVisitor(gateway.url, "Olivia") for gateway in self.layout.gateways]
        return self.people


@pytest.fixture(scope="module")
def two(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """Two of each. Skips where no PostgreSQL answers."""
    replies: defaultdict[str, list[list[Reply]]] = defaultdict(list)
    telegram = SIMULATORS["telegram"]()
    with ExitStack() as stack:
        stack.enter_context(telegram.serving)

        def front(rasa: str) -> str:
            return stack.enter_context(Serving(Overheard(rasa, replies).app)).url

        database = stack.enter_context(make_schema())
        folder = tmp_path_factory.mktemp("two")
        layout = stack.enter_context(Layout(folder, database, variables=telegram.variables(), front=front))
        telegram.gateway = layout.url
        yield Two(layout, replies, telegram)
        assert telegram.refused == []


def files() -> list[str]:
    """All scenarios that a visitor can play on the page; two without LAMOON_TEST_FULL."""
    found = [
        str(path.relative_to(HERE))
        for folder in FOLDERS
        for path in sorted((HERE / folder).glob("*.yml"))
        if folder != DOWN and can_be_typed(load_scenario(path, HERE))
    ]
    return found if FULL else ["happy_path/after_sending.yml", "privacy/forget_a_booking.yml"]


@pytest.mark.parametrize("file", files())
def test_a_scenario_goes_on_at_the_other_gateway_with_each_message(file: str, two: Two) -> None:
    play(load_scenario(HERE / file, HERE), ScenarioTalk(two.layout, two.replies))


def test_fast_messages_are_heard_once_and_in_order(two: Two) -> None:
    visitors = [two.layout.visitor() for _ in range(CONVERSATIONS)]

    def talk(visitor: Visitor) -> list[int]:
        return [visitor.send(text).json()["id"] for text in FAST_MESSAGES]

    with ThreadPoolExecutor(8) as threads:
        sent = list(threads.map(talk, visitors))
    for visitor, ids in zip(visitors, sent, strict=True):
        until(lambda visitor=visitor: len(answers(visitor)) >= len(FAST_MESSAGES), "all answers", 120)  # type: ignore[misc]
        assert two.layout.heard(visitor.conversation) == ids
        assert len(answers(visitor)) == len(FAST_MESSAGES)


def answers(visitor: Visitor) -> list[str]:
    return [text_of(message["body"]) for message in visitor.messages() if message["from"] == "bot"]


def test_a_persons_reply_at_one_gateway_is_read_at_once_at_the_other(two: Two) -> None:
    desk = two.staff()[0]
    here, there = two.layout.visitors()
    here.ask("hi")
    page = f"/desk/inbox/conversation/{here.conversation}"
    assert desk.post(f"{page}/take", seen="").status_code == 303
    taken = []
    with there.listening() as stream:
        until(lambda: stream.messages, "the stream")
        for number in range(STAFF_REPLIES):
            words = f"A person's words, number {number}"
            began = time.monotonic()
            with ThreadPoolExecutor(1) as thread:
                posted = thread.submit(desk.post, f"{page}/reply", text=words, seen="Olivia", form=f"staff-{number}")
                until(lambda words=words: words in text_of(stream.messages[-1]["body"]), "the reply")  # type: ignore[misc]
                taken.append(time.monotonic() - began)
                assert posted.result().status_code == 303, posted.result().text
    print(
        f"{len(taken)} replies of staff at the other gateway: median {statistics.median(taken) * 1000:.0f} ms, "
        f"longest {max(taken) * 1000:.0f} ms"
    )
    assert statistics.median(taken) < SLOWEST_REPLY


def test_the_desk_at_one_gateway_shows_what_reaches_the_other(two: Two) -> None:
    here, there = two.layout.gateways[0], two.staff()[1]
    visitor = Visitor(here.url)
    with there.http.stream("GET", "/desk/live", timeout=5) as live:
        states = (json.loads(line.removeprefix("data: ")) for line in live.iter_lines() if line.startswith("data: "))
        before = next(states)["version"]
        assert visitor.send("does it hurt?").status_code == 202
        assert next(state["version"] for state in islice(states, 5) if state["version"] != before)


def test_a_price_set_at_one_gateway_is_answered_by_every_rasa(two: Two) -> None:
    desk = two.staff()[0]
    page = desk.get("/desk/settings/services").text
    fields = {"service_name": "Myofascial release", "service_minutes": "", "service_price": "from $137"}
    version = re.search(r'name="seen" value="(\w+)"', page)
    assert version
    assert desk.post("/desk/settings/services", seen=version[1], **fields).status_code == 303
    time.sleep(1.5)  # longer than POLL_SECONDS of lamoon.studio.live

    def prices() -> list[bool]:
        return ["from $137" in json.dumps(two.layout.visitor().ask("how much is a session?")) for _ in range(4)]

    assert prices() == [True] * 4
    assert STUDIO.read_text(encoding="utf-8").count("$137") == 0


def test_telegram_reads_every_answer_once(two: Two) -> None:
    telegram = two.telegram
    people = [telegram.address(number) for number in range(6 if FULL else 2)]
    texts = [f"{FAST_MESSAGES[number % 5]}" for number in range(10 if FULL else 3)]
    for text in texts:
        for address in people:
            telegram.insist(telegram.text(address, text))
    for address in people:
        until(lambda address=address: len(telegram.inbox(address)) > len(texts), "all answers", 60)  # type: ignore[misc]
    time.sleep(1)  # for a second delivery, which should not come
    assert [len(telegram.inbox(address)) for address in people] == [len(texts) + 1] * len(people)


def test_a_conversation_deleted_at_one_gateway_while_the_other_answers_leaves_nothing(two: Two) -> None:
    pairs = [two.layout.visitors() for _ in range(CONVERSATIONS)]
    for here, there in pairs:
        here.send("does it hurt?")
        assert there.delete(requests="keep").status_code == 204
    database = two.layout.store.database

    def left() -> list[str]:
        with database.reading("count") as connection:
            return [
                here.conversation
                for here, _ in pairs
                if connection.execute(KEPT, {"pattern": f"web-{here.conversation}-%"}).scalar_one()
            ]

    until(lambda: not left(), "Rasa to forget all of them", 60)
    time.sleep(2)  # an answer that was under way, which should not come back
    assert left() == []


def test_a_booking_goes_on_at_the_other_gateway_and_at_the_other_rasa(two: Two) -> None:
    layout = two.layout
    visitor = layout.visitor()
    for message in (
        "I'd like to book a massage, please",
        "Dana Whitfield",
        "dana.whitfield@example.com",
        "lower back on Wednesday morning",
        "actually I had a blood clot in my leg last year",
    ):
        assert visitor.ask(message)
    layout.machines[0].kill("rasa")
    layout.machines[1].kill("actions")
    layout.machines[1].start_again("actions")
    replies = []
    for message in ("no other conditions", "yes, you may pass it on", "yes, send it"):
        replies = visitor.ask(message)
    reference = re.search(r"LM-\w{5}", str(replies))
    assert reference, replies
    (stored,) = layout.requests(visitor.conversation)
    assert stored.reference == reference[0]
    assert stored.hold
    assert "blood_clot" in [condition.id for condition in stored.conditions]
    until(lambda: layout.mailbox.about(reference[0]), "the studio's mail")
    layout.machines[0].start_again("rasa")
