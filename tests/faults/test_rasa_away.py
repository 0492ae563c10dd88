"""Rasa is away for longer than anybody is patient: what was accepted meanwhile is answered when it is back, in order.

60 seconds instead of 24 with LAMOON_TEST_FAULTS set.
"""

from __future__ import annotations

import time
from itertools import cycle

from web.visitor import Visitor

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
    greeted = [visitor.ask("hi")[-1]["id"] for visitor in visitors]
    on_sqlite.servers.kill("rasa")
    sent = write_while_away(visitors)
    read = [visitor.messages(after) for visitor, after in zip(visitors, greeted, strict=True)]
    on_sqlite.servers.start_again("rasa")
    for visitor, ids in zip(visitors, sent, strict=True):
        end = time.monotonic() + ANSWER_SECONDS
        while answers(visitor, ids[0]) < len(ids) and time.monotonic() < end:
            time.sleep(0.2)
        found = [one for one in heard(on_sqlite, visitor) if one in ids]
        assert found == ids, f"Rasa heard {len(found)} of {len(ids)} accepted messages, or in another order"
        assert answers(visitor, ids[0]) == len(ids)
    for messages in read:
        assert any(KEPT.search(words_of(one)) for one in messages), "nobody was told that the messages are kept"


def write_while_away(visitors: list[Visitor]) -> list[list[int]]:
    """The ids of what each visitor sent in that time, all of it accepted."""
    sent: list[list[int]] = [[] for _ in visitors]
    end = time.monotonic() + AWAY_SECONDS
    questions = cycle(QUESTIONS)
    while time.monotonic() < end:
        text = next(questions)
        for visitor, ids in zip(visitors, sent, strict=True):
            receipt = visitor.send(text)
            assert receipt.status_code == 202
            ids.append(receipt.json()["id"])
        time.sleep(PAUSE_SECONDS)
    return sent


def answers(visitor: Visitor, after: int) -> int:
    """How many real answers came after a message; each of the questions gets one text."""
    return sum(one["from"] == "bot" and one["kind"] not in NO_ANSWER for one in visitor.messages(after))


def heard(house: House, visitor: Visitor) -> list[int]:
    """The ids of the visitor's messages in Rasa's memory."""
    events = house.rasa.get(f"/webhooks/rest/conversations/web-{visitor.conversation}-0").json()
    ids = [event["metadata"].get("message_id") for event in events if event["event"] == "user"]
    return [one for one in ids if one is not None]
