"""The review page: notable answers, to be marked right or wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache

from starlette.datastructures import QueryParams
from starlette.responses import Response

from lamoon.chat.model import REASONS
from lamoon.checks import parse_int
from lamoon.contract import SANDBOX
from lamoon.desk.request import DeskRequest, action, page
from lamoon.desk.reviews import MOST, ReviewError, Reviews, Wanted
from lamoon.desk.training_phrases import TrainingPhrases, choices, masked, read_phrases, title
from lamoon.desk.words import CHANNELS, day_and_time
from lamoon.knowledge import Topics, load_topics

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
        found=found,
        older=found[-1].message_id if len(found) == MOST else None,
        labels=choices(phrases.blocks, topics()),
        title=lambda label: title(label, topics()),
        why=WHY,
        channels={name: shown for name, shown in CHANNELS.items() if name != SANDBOX},
        ranges=DAYS,
        query=_query(wanted),
        when=lambda at: day_and_time(at, zone=visit.services.studio.zone),
    )


async def mark(visit: DeskRequest) -> Response:
    """Records that an answer was right, or the right label."""
    message_id = int(visit.request.path_params["message"])
    right = visit.text("label") if visit.text("verdict") == "wrong" else None
    phrases = await asyncio.to_thread(training_phrases)
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


@cache
def topics() -> Topics:
    """The guide's topics, loaded once."""
    return load_topics()


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
