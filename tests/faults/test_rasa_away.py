"""Rasa is away for longer than anybody is patient: what was accepted meanwhile is answered when it is back, in order.

60 seconds instead of 24 with LAMOON_TEST_FAULTS set.
"""

from __future__ import annotations

import time
import uuid

from gateway.serving import until
from gateway.visitor import Visitor

from faults.conftest import FAULTS
from faults.house import House
from faults.robot import KEPT, NO_ANSWER, words_of

AWAY_SECONDS = 60.0 if FAULTS else 24.0
"""The gateway waits for 20 seconds."""
PAUSE_SECONDS = 3.0
ANSWER_SECONDS = 60.0
QUESTIONS = ("does it hurt?", "what is fascia?", "how soon will i feel better?", "what are trigger points?")


def test_what_was_accepted_while_rasa_was_away_is_answered_in_order(on_sqlite: House) -> None:
    visitors = [Visitor(on_sqlite.gateway.url) for _ in range(2)]
    for visitor in visitors:
        visitor.ask("hi")
    starts = [visitor.messages()[-1]["id"] for visitor in visitors]
    sent: list[list[int]] = [[], []]
    on_sqlite.servers.kill("rasa")
    end = time.monotonic() + AWAY_SECONDS
    number = 0
    while time.monotonic() < end:
        for visitor, ids in zip(visitors, sent, strict=True):
            receipt = visitor.post("messages", client_id=str(uuid.uuid4()), text=QUESTIONS[number % len(QUESTIONS)])
            assert receipt.status_code == 202
            ids.append(receipt.json()["id"])
        number += 1
        time.sleep(PAUSE_SECONDS)
    read = [
        [one for one in v.messages(start) if one["from"] != "visitor"]
        for v, start in zip(visitors, starts, strict=True)
    ]
    on_sqlite.servers.start_again("rasa")
    heard = [lambda v=v: list_heard(on_sqlite, v) for v in visitors]
    for visitor, ids, list_ids in zip(visitors, sent, heard, strict=True):
        try:
            until(lambda ids=ids, list_ids=list_ids: set(ids) <= set(list_ids()), "Rasa to hear all", ANSWER_SECONDS)
        except AssertionError:
            missing = set(ids) - set(list_ids())
            raise AssertionError(f"{len(missing)} of {len(ids)} accepted messages were never heard by Rasa") from None
        assert [one for one in list_ids() if one in ids] == ids, "once each, in order"
        until(lambda v=visitor, ids=ids: answers(v, ids[0]) >= len(ids), "as many answers", ANSWER_SECONDS)
        time.sleep(1)
        assert answers(visitor, ids[0]) == len(ids)
    for messages in read:
        assert any(KEPT.search(words_of(one)) for one in messages), "the visitor reads that the messages are kept"


def answers(visitor: Visitor, after: int) -> int:
    """How many real answers came after a message; each of the questions gets one text."""
    return sum(one["from"] == "bot" and one["kind"] not in NO_ANSWER for one in visitor.messages(after))


def list_heard(house: House, visitor: Visitor) -> list[int]:
    """The ids of the visitor's messages in Rasa's memory."""
    events = house.rasa.get(f"/webhooks/rest/conversations/web-{visitor.conversation}-0").json()
    ids = [event["metadata"].get("message_id") for event in events if event["event"] == "user"]
    return [one for one in ids if one is not None]
