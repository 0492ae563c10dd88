"""Sample conversations: what a new studio's inbox looks like in use. They count, ring and mail nowhere, and go with one click.

They are rows as visitors' are, written by the same stores, under a channel of their own. All functions block.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import func, select

from lamoon.booking import BookingRequest, Contact, DisclosedCondition
from lamoon.chat.model import TurnExplanation
from lamoon.chat.records import GoneError
from lamoon.chat.services import Services
from lamoon.contract import BOOKING_HOLD, SAMPLE
from lamoon.desk.teaching.teaching import known_answers
from lamoon.storage.database import Database
from lamoon.storage.tables import conversations, requests

SURE: Final = 0.95
SECONDS: Final = 0.2


@dataclass(frozen=True)
class _Said:
    """A message and what the assistant makes of it: the label, whose answer follows, and more of the explanation."""

    text: str
    label: str
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Scene:
    """A conversation, by name; with `wish` it ends in a request on hold."""

    name: str
    said: Sequence[_Said]
    wish: str = ""
    email: str = ""


_CLOT: Final = {"safety": {"outcome": "warn", "conditions": []}}
SCENES: Final = (
    _Scene(
        "Ada (sample)",
        (
            _Said("does myofascial release hurt?", "faq/does_it_hurt"),
            _Said("and how soon would i feel better", "faq/how_soon_results"),
        ),
    ),
    _Scene(
        "Ben (sample)",
        (
            _Said("what is the difference to a deep tissue massage", "faq/mfr_vs_deep_tissue"),
            _Said(
                "can i talk to a person please",
                "handoff_to_human",
                {"form": "handoff_form", "actions": [{"name": "utter_handoff_intro"}]},
            ),
        ),
    ),
    _Scene(
        "Cleo (sample)",
        (
            _Said("what should i do at home every day?", "faq/daily_smr"),
            _Said("i had a blood clot last year, can i still come", "faq/contraindications", _CLOT),
        ),
        wish="Thursday after 5, for my back",
        email="cleo@sample.example",
    ),
)


def add_samples(services: Services) -> None:
    """Adds them where there are none yet."""
    if not count_samples(services.bookings.database):
        answers = {one.label: one.text for one in known_answers([])}
        for scene in SCENES:
            _play(services, scene, answers)


def remove_samples(services: Services) -> int:
    """Deletes them all, with their requests; how many conversations there were."""
    database = services.bookings.database
    theirs = select(conversations.c.id).where(conversations.c.channel == SAMPLE)
    with database.reading("look for samples") as connection:
        found = connection.execute(theirs).scalars().all()
        booked = (
            connection.execute(select(requests.c.conversation_id).where(requests.c.channel == SAMPLE)).scalars().all()
        )
    services.bookings.forget(*booked)
    for conversation_id in found:
        try:
            services.store.delete(conversation_id, bookings=True)
        except GoneError:
            continue
    return len(found)


def count_samples(database: Database) -> int:
    """How many sample conversations there are."""
    query = select(func.count()).select_from(conversations).where(conversations.c.channel == SAMPLE)
    with database.reading("count samples") as connection:
        return int(connection.execute(query).scalar_one())


def _play(services: Services, scene: _Scene, answers: dict[str, str]) -> None:
    made = services.store.open(channel=SAMPLE)
    slots: dict[str, Any] = {"visitor_name": scene.name, BOOKING_HOLD: bool(scene.wish)}
    for said in scene.said:
        receipt = services.store.receive(made.id, str(uuid.uuid4()), said.text, said.text)
        details = {"label": said.label, "confidence": SURE, "slots": slots} | said.more
        text = answers.get(said.label)
        drafts = services.replies.drafts([{"text": text}]) if text else []
        if receipt.turn:
            services.store.answer(receipt.turn, drafts, TurnExplanation(SECONDS, details))
    if scene.wish:
        clot = DisclosedCondition("blood_clot", scene.said[-1].text)
        services.bookings.submit(
            BookingRequest(
                conversation_id=made.sender(),
                run_id=made.id,
                name=scene.name,
                contact=Contact(scene.email, ""),
                wish=scene.wish,
                consent=True,
                screening="details",
                health_words=clot.words,
                conditions=(clot,),
                hold=True,
                channel=SAMPLE,
            )
        )
