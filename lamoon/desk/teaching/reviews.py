"""Answers worth a look: what the team thinks of them, and the page that shows them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from starlette.datastructures import QueryParams
from starlette.responses import Response

from lamoon.chat.gathering import read_together
from lamoon.chat.model import REASONS
from lamoon.checks import parse_int
from lamoon.contract import UNREAL
from lamoon.desk.request import DeskRequest, action, page
from lamoon.desk.teaching.training_phrases import choices, masked, title, topics
from lamoon.desk.words import CHANNELS, day_and_time
from lamoon.errors import LamoonError
from lamoon.storage.database import Database
from lamoon.storage.tables import conversations, messages, requests, reviews, turns
from lamoon.storage.time import now, to_naive_utc
from lamoon.teaching.phrases import TrainingPhrases, read_phrases

MOST = 25
"""Answers per page."""


Mask = Callable[[str, Sequence[str]], str]
"""Masks personal data in a text, given the names its author gave."""


class ReviewError(LamoonError):
    """The message to review does not exist any more."""


@dataclass(frozen=True)
class Wanted:
    """Filters of the review page; empty means all. `before` is the message id at which the previous page ended."""

    reason: str = ""
    channel: str = ""
    label: str = ""
    reviewed: bool = False
    days: int = 30
    before: int | None = None


@dataclass(frozen=True)
class Answered:
    """A message, its answer and the reason to review it. `word` is the comment with a thumbs-down."""

    message_id: int
    conversation_id: str
    channel: str
    at: datetime
    text: str
    answers: tuple[str, ...]
    label: str
    confidence: float | None
    reason: str
    word: str
    right: str | None
    staff: str


@dataclass(frozen=True)
class Learned:
    """A reviewed message to learn from."""

    message_id: int
    phrase: str
    given: str
    right: str
    staff: str


class Reviews:
    """The reviews of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def to_look_at(self, wanted: Wanted) -> Sequence[Answered]:
        """The latest MOST answers, newest first."""
        found: list[Any] = []
        with self._database.reading("look for answers to review") as connection:
            # One short index scan per reason: a scan for all would read every turn.
            for reason in [wanted.reason] if wanted.reason else REASONS:
                found += connection.execute(_rows(wanted, reason)).all()
            found = sorted(found, key=lambda row: -int(row.message_id))[:MOST]
            ids = [row.message_id for row in found]
            said = select(messages).where(messages.c.reply_to.in_(ids)).order_by(messages.c.id)
            replies = connection.execute(said).all() if ids else []
            together = read_together(connection, ids)
        return [
            _answered(
                row, together.get(row.message_id, row.text), [one for one in replies if one.reply_to == row.message_id]
            )
            for row in found
        ]

    def left(self, wanted: Wanted) -> int:
        """How many answers there are to look at."""
        with self._database.reading("count answers to review") as connection:
            reasons = [wanted.reason] if wanted.reason else REASONS
            rows = (_rows(wanted, reason).order_by(None).limit(None).subquery() for reason in reasons)
            return sum(int(connection.execute(select(func.count()).select_from(row)).scalar_one()) for row in rows)

    def mark(self, message_id: int, right: str | None, staff: str, mask: Mask) -> str:
        """Records the right label, None for the predicted one, and returns it.

        Raises:
            ReviewError: when the message is gone.
        """
        query = select(messages.c.text, messages.c.conversation_id, turns.c.label, turns.c.details).join(
            turns, turns.c.message_id == messages.c.id
        )
        with self._database.writing("keep a review") as connection:
            row = connection.execute(query.where(messages.c.id == message_id)).first()
            if row is None:
                raise ReviewError("This message was deleted in the meantime. Nothing is left to review.")
            theirs = select(requests.c.name).where(requests.c.chat_id == row.conversation_id)
            names = [*connection.execute(theirs).scalars()]
            names.append(str((row.details.get("slots") or {}).get("visitor_name") or ""))
            label = row.label if right is None else right
            kept = {"at": to_naive_utc(now()), "staff": staff, "given": row.label, "right": label}
            connection.execute(delete(reviews).where(reviews.c.message_id == message_id))
            text = read_together(connection, [message_id]).get(message_id, row.text)
            connection.execute(insert(reviews).values(message_id=message_id, phrase=mask(text, names), **kept))
            connection.execute(update(turns).where(turns.c.message_id == message_id).values(reviewed=True))
        return str(label)

    def learned(self) -> Sequence[Learned]:
        """What can be learned, oldest first."""
        query = select(reviews).where(reviews.c.phrase != "").order_by(reviews.c.message_id).limit(500)
        with self._database.reading("read reviews") as connection:
            rows = connection.execute(query).all()
        return [Learned(row.message_id, row.phrase, row.given, row.right, row.staff) for row in rows]

    def rephrase(self, message_id: int, phrase: str) -> None:
        """Rewords what is to be learned from a message; "" drops it. Raises ReviewError when it is gone."""
        change = update(reviews).where(reviews.c.message_id == message_id).values(phrase=phrase)
        with self._database.writing("change a phrase") as connection:
            if not connection.execute(change).rowcount:
                raise ReviewError("This phrase was deleted in the meantime.")

    def confusions(self, days: int) -> Mapping[tuple[str, str], int]:
        """How often each label was predicted for each right one."""
        query = select(reviews.c.right, reviews.c.given, func.count()).where(reviews.c.at >= since(days))
        with self._database.reading("count reviews") as connection:
            rows = connection.execute(query.group_by(reviews.c.right, reviews.c.given)).all()
        return {(row[0], row[1]): row[2] for row in rows}


def since(days: int) -> datetime:
    """So many days ago, in the tables' format."""
    return to_naive_utc(now() - timedelta(days=days))


def _rows(wanted: Wanted, reason: str) -> Any:
    query = (
        select(turns, messages.c.text, conversations.c.channel, reviews.c.right, reviews.c.staff)
        .join(messages, messages.c.id == turns.c.message_id)
        .join(conversations, conversations.c.id == turns.c.conversation_id)
        .outerjoin(reviews, reviews.c.message_id == turns.c.message_id)
        .where(turns.c.reviewed.is_(wanted.reviewed), turns.c.reason == reason, turns.c.at >= since(wanted.days))
        .where(conversations.c.channel.not_in(UNREAL))
    )
    if wanted.channel:
        query = query.where(conversations.c.channel == wanted.channel)
    if wanted.label:
        query = query.where(turns.c.label == wanted.label)
    if wanted.before is not None:
        query = query.where(turns.c.message_id < wanted.before)
    return query.order_by(turns.c.message_id.desc()).limit(MOST)


def _answered(row: Any, text: str, replies: Sequence[Any]) -> Answered:
    return Answered(
        message_id=row.message_id,
        conversation_id=row.conversation_id,
        channel=row.channel,
        at=row.at.replace(tzinfo=UTC),
        text=text,
        answers=tuple(reply.text for reply in replies),
        label=row.label,
        confidence=row.confidence,
        reason=row.reason,
        word=next((reply.feedback_word for reply in replies if reply.feedback_word), ""),
        right=row.right,
        staff=row.staff or "",
    )


DAYS = (7, 30, 90)
WHY = dict(
    zip(
        REASONS,
        ("Thumb down", "No answer", "Not understood", "Unsure", "Asked for a person", "Warning or emergency"),
        strict=True,
    )
)
NO_SUCH = "Please choose what the visitor meant from the list. Nothing was changed."
NOTED = {True: "Noted as right.", False: "Noted: {title}."}


async def review(visit: DeskRequest) -> Response:
    """Answers to review."""
    wanted = _wanted(visit.request.query_params)
    found = await asyncio.to_thread(Reviews(visit.services.bookings.database).to_look_at, wanted)
    phrases = await asyncio.to_thread(training_phrases)
    return visit.render(
        "review.html.jinja",
        wanted=wanted,
        left=await asyncio.to_thread(Reviews(visit.services.bookings.database).left, replace(wanted, before=None)),
        found=found,
        older=found[-1].message_id if len(found) == MOST else None,
        labels=choices(phrases.blocks, topics()),
        title=lambda label: title(label, topics()),
        why=WHY,
        channels={name: shown for name, shown in CHANNELS.items() if name not in UNREAL},
        ranges=DAYS,
        query=_query(wanted),
        when=lambda at: day_and_time(at, zone=visit.services.studio.zone),
    )


async def mark(visit: DeskRequest) -> Response:
    """Records that an answer was right, or the right label."""
    message_id = int(visit.request.path_params["message"])
    phrases = await asyncio.to_thread(training_phrases)
    right = _meant(visit, phrases) if visit.text("verdict") == "wrong" else None
    if right is not None and right not in phrases.blocks:
        return visit.error_page(NO_SUCH, 400)

    def mask(text: str, names: Sequence[str]) -> str:
        return masked(text, names, visit.services.studio.country)

    reviews = Reviews(visit.services.bookings.database)
    try:
        label = await asyncio.to_thread(reviews.mark, message_id, right, visit.staff.name, mask)
    except ReviewError as problem:
        return visit.error_page(str(problem))
    await visit.audit("review.mark", str(message_id), right=right is None, label=label)
    place = f"/desk/review?{_query(_wanted(QueryParams(visit.text('query'))))}"
    return visit.redirect(place, NOTED[right is None].format(title=title(label, topics())))


def _meant(visit: DeskRequest, phrases: TrainingPhrases) -> str:
    """The label that was chosen, by its title as typed in any case, or by itself; "" for none."""
    typed = visit.text("meant").casefold()
    named = (label for label in phrases.blocks if title(label, topics()).casefold() == typed)
    return visit.text("label") or next(named, "")


@cache
def training_phrases() -> TrainingPhrases:
    """The training phrases as of this process's start, loaded once because it takes a moment."""
    return read_phrases()


def _wanted(asked: QueryParams) -> Wanted:
    """The filters in the URL; invalid ones are ignored."""
    days, before = asked.get("days", ""), asked.get("before", "")
    return Wanted(
        reason=asked.get("reason", "") if asked.get("reason") in REASONS else "",
        channel=asked.get("channel", "") if asked.get("channel") in CHANNELS else "",
        label=asked.get("label", "")[:100],
        reviewed=asked.get("reviewed") == "yes",
        days=int(days) if days in map(str, DAYS) else 30,
        before=parse_int(before),
    )


def _query(wanted: Wanted) -> str:
    """The same page again."""
    parts = {
        "reason": wanted.reason,
        "channel": wanted.channel,
        "label": wanted.label,
        "reviewed": "yes" if wanted.reviewed else "",
        "days": str(wanted.days),
    }
    return "&".join(f"{name}={value}" for name, value in parts.items() if value)


ROUTES = [page("/review", review), action("/review/{message:int}", mark)]
