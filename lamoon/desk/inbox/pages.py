"""The inbox: its lists and its search, and the page of a person."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial

from starlette.responses import Response

from lamoon.checks import parse_int
from lamoon.desk import words
from lamoon.desk.inbox.health import health_panel
from lamoon.desk.inbox.lists import MOST_ROWS, Conversations, rows_of
from lamoon.desk.inbox.mentions import Mentions
from lamoon.desk.inbox.people import read_person
from lamoon.desk.inbox.requests import Requests
from lamoon.desk.inbox.search import search
from lamoon.desk.request import DeskRequest, page
from lamoon.desk.settings.first_steps import steps_of
from lamoon.desk.teaching.training_phrases import title, topics
from lamoon.storage.time import now


def conversations(visit: DeskRequest) -> Conversations:
    """The conversations as the team reads them."""
    return Conversations(visit.services.bookings.database)


def rendered(visit: DeskRequest, template: str, status: int = 200, **values: object) -> Response:
    """Renders an inbox page with `words`, `now`, `when`, which formats a moment in the studio's time zone, and `topic`,
    which gives a label's title.
    """
    when = partial(words.day_and_time, zone=visit.services.studio.zone)
    topic = partial(title, topics=topics())
    return visit.render(template, status, words=words, now=now(), when=when, topic=topic, **values)


async def inbox(visit: DeskRequest) -> Response:
    """Who waits, what the team has, and what the assistant answers; or what a search finds."""
    asked = visit.request.query_params
    if wanted := asked.get("q", "").strip():
        region = visit.services.studio.country
        hits = await asyncio.to_thread(search, visit.services.bookings.database, wanted, region)
        return rendered(visit, "inbox_search.html.jinja", wanted=wanted, hits=hits)
    channel = asked.get("channel", "") if asked.get("channel") in words.CHANNELS else ""
    mine = asked.get("who") == "me"
    before = _moment(asked.get("before", ""))
    staff = visit.staff.name if mine else ""
    lists = await asyncio.to_thread(conversations(visit).lists, channel, staff, before)
    named = await asyncio.to_thread(_named, visit)
    older = lists.recent[-1].active_at.isoformat() if len(lists.recent) == MOST_ROWS else ""
    return rendered(
        visit,
        "inbox.html.jinja",
        lists=lists,
        named=named,
        steps=await _steps_left(visit),
        channel=channel,
        mine=mine,
        before=before,
        older=older,
    )


async def person(visit: DeskRequest) -> Response:
    """One person: all their conversations and requests, and the health they mentioned."""
    database, conversation_id = visit.services.bookings.database, str(visit.request.path_params["of"])
    found = await asyncio.to_thread(read_person, database, conversation_id)
    if not found.conversations and not found.references:
        return visit.error_page(words.NO_PERSON, 404)
    entries = [await asyncio.to_thread(Requests(database).get, reference) for reference in found.references]
    health = [(row, health_panel(view, is_live=False)) for row, view in found.health]
    return rendered(visit, "inbox_person.html.jinja", found=found, requests=entries, health=health)


async def _steps_left(visit: DeskRequest) -> int:
    """How many first steps an owner has left."""
    return sum(not step.done for step in await steps_of(visit)) if visit.staff.role == "owner" else 0


def _named(visit: DeskRequest) -> object:
    """Conversations whose notes name the person who looks, or that were given to them, and that they have not seen."""
    database = visit.services.bookings.database
    by = Mentions(database).unseen(visit.staff.id)
    with database.reading("read the inbox") as connection:
        return [(row, by[row.id]) for row in rows_of(connection, by)]


def whole(visit: DeskRequest, name: str) -> int:
    """A non-negative integer from the URL, 0 when it is invalid."""
    return parse_int(visit.request.query_params.get(name, "")) or 0


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


ROUTES = [page("/inbox", inbox), page("/people/{of}", person)]
