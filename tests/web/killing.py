"""Does harm again and again while visitors write, and looks whether anything was lost, doubled or out of order."""

from __future__ import annotations

import random
import sqlite3
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from web.serving import until
from web.visitor import Listening, Visitor

QUESTIONS = (
    "Good morning!",
    "does it hurt?",
    "what is fascia?",
    "how soon will i feel better?",
    "thanks",
    "what are trigger points?",
)
VISITORS = 5
ANSWER_SECONDS = 180.0


@dataclass
class Sent:
    """What one visitor sent, in order: (client id, text)."""

    visitor: Visitor
    stream: Listening
    messages: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What was found. `problems` are sentences; `apologies` counts answers that Rasa did not give.

    `unheard` counts accepted messages that Rasa does not remember, `conversations` names them all.
    """

    messages: int
    harms: int
    apologies: int
    unheard: int
    problems: list[str]
    conversations: list[str] = field(repr=False)


def endure(
    url: str,
    database: Path,
    rasa: httpx.Client,
    harms: Sequence[Callable[[], None]],
    *,
    messages: int,
    seed: int,
    first: Sequence[str] = (),
    last: Sequence[str] = (),
) -> Outcome:
    """Lets visitors write `messages` messages, a batch for each of `harms`, done at a random moment of the batch.

    A harm returns when it is over: a killed process answers again, a lock is released. `first` and `last` is what
    each visitor writes before and after all harm. `rasa` talks to Rasa's HTTP API, whose trackers say what was heard.
    """
    chance = random.Random(seed)
    with ExitStack() as stack:
        sent = []
        for _ in range(VISITORS):
            visitor = Visitor(url)
            sent.append(Sent(visitor, stack.enter_context(visitor.listening())))
        _write(sent, [first] * VISITORS)
        for harm in harms:
            _batch(sent, messages // len(harms), harm, chance)
        _write(sent, [last] * VISITORS)
        until(lambda: _unanswered(database, sent) == 0, "all answers", ANSWER_SECONDS)
        looked = [_look(one, database, rasa) for one in sent]
        apologies = sum(message["kind"] == "apology" for one in sent for message in one.stream.messages)
    return Outcome(
        messages=sum(len(one.messages) for one in sent),
        harms=len(harms),
        apologies=apologies,
        unheard=sum(unheard for unheard, _ in looked),
        problems=[problem for _, problems in looked for problem in problems],
        conversations=[one.visitor.conversation for one in sent],
    )


def _batch(sent: Sequence[Sent], size: int, harm: Callable[[], None], chance: random.Random) -> None:
    """Sends `size` messages, shared out among the visitors, and does harm in the middle of it."""
    shares: list[list[str]] = [[] for _ in sent]
    for _ in range(size):
        shares[chance.randrange(len(sent))].append(chance.choice(QUESTIONS))
    moment = chance.uniform(0, 0.06 * size)

    def later() -> None:
        time.sleep(moment)
        harm()

    with ThreadPoolExecutor(1) as other:
        done = other.submit(later)
        _write(sent, shares)
        done.result()


def _write(sent: Sequence[Sent], shares: Sequence[Sequence[str]]) -> None:
    """Has each visitor send their share, all at the same time."""
    with ThreadPoolExecutor(len(sent)) as threads:
        list(threads.map(_send_all, sent, shares))


def _send_all(one: Sent, texts: Sequence[str]) -> None:
    """Sends as the widget does: the same client id until the gateway says that it has the message."""
    for text in texts:
        name = str(uuid.uuid4())
        one.messages.append((name, text))
        until(lambda name=name, text=text: _accepted(one.visitor, name, text), "a receipt", ANSWER_SECONDS)


def _accepted(visitor: Visitor, name: str, text: str) -> bool:
    try:
        return visitor.send(text, name).status_code in (200, 202)
    except httpx.HTTPError:
        time.sleep(0.05)
        return False


def _unanswered(database: Path, sent: Sequence[Sent]) -> int:
    query = "SELECT count(*) FROM chat_messages WHERE state NOT IN ('answered', 'said') AND conversation_id = ?"
    with closing(sqlite3.connect(database)) as connection:
        return sum(connection.execute(query, (one.visitor.conversation,)).fetchone()[0] for one in sent)


def _look(one: Sent, database: Path, rasa: httpx.Client) -> tuple[int, list[str]]:
    """How many messages Rasa does not remember, and what is wrong: on disk, in the visitor's stream, with Rasa."""
    name = one.visitor.conversation
    columns = "id, author, client_id, text, reply_to, position, kind"
    query = f"SELECT {columns} FROM chat_messages WHERE conversation_id = ? ORDER BY id"
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(query, (name,)).fetchall()
    said = [row for row in rows if row[1] == "visitor"]
    replies = [row for row in rows if row[1] == "bot"]
    problems = []
    if [(row[2], row[3]) for row in said] != one.messages:
        problems.append(f"{name}: {len(one.messages)} messages were sent and {len(said)} are kept, or in another order")
    answered = [row[4] for row in replies if row[5] == 0]
    if answered != [row[0] for row in said]:
        problems.append(f"{name}: {len(said)} messages have {len(answered)} answers, or in another order")
    try:
        until(lambda: len(one.stream.messages) >= len(rows), "the stream", 30)
    except AssertionError:
        problems.append(f"{name}: the stream brought {len(one.stream.messages)} of {len(rows)} messages")
    if [message["id"] for message in one.stream.messages] != [row[0] for row in rows]:
        problems.append(f"{name}: the stream brought other messages than are kept, or in another order")
    apologised = {row[4] for row in replies if row[6] == "apology"}
    heard = _heard(rasa, name)
    unheard = {row[0] for row in said} - set(heard)
    if heard != [row[0] for row in said if row[0] not in unheard]:
        problems.append(f"{name}: Rasa heard {len(heard)} messages of {len(said)}, some twice or in another order")
    if not unheard <= apologised:
        problems.append(f"{name}: {len(unheard - apologised)} messages were answered and Rasa does not remember them")
    return len(unheard), problems


def _heard(rasa: httpx.Client, conversation: str) -> list[int]:
    """The ids of the messages in Rasa's tracker."""
    tracker = rasa.get(f"/conversations/web-{conversation}-0/tracker", params={"include_events": "ALL"}).json()
    ids = [event["metadata"].get("message_id") for event in tracker["events"] if event["event"] == "user"]
    return [found for found in ids if found is not None]
