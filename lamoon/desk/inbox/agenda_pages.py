"""Requests by day and by week."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

from starlette.responses import Response

from lamoon.desk.inbox.agenda import DAYS, first_day, read_agenda
from lamoon.desk.inbox.pages import rendered
from lamoon.desk.request import DeskRequest, page
from lamoon.storage.time import now
from lamoon.studio.hours import is_closed

FURTHEST = timedelta(days=3660)
NO_SPAN = "There is a day and a week of requests, nothing else."


async def agenda(visit: DeskRequest) -> Response:
    """The requests of a day or a week, and those without a day."""
    span = next((known for known in DAYS if known == visit.request.path_params["span"]), None)
    if span is None:
        return visit.error_page(NO_SPAN, 404)
    studio = visit.services.studio
    today = now().astimezone(studio.zone).date()
    first = first_day(span, _day(visit.request.query_params.get("day", ""), today))
    database = visit.services.bookings.database
    found = await asyncio.to_thread(read_agenda, database, first, DAYS[span], studio.zone, today)
    step = timedelta(days=DAYS[span])
    return rendered(
        visit,
        "inbox_agenda.html.jinja",
        found=found,
        span=span,
        first=first,
        last=first + step - timedelta(days=1),
        today=today,
        earlier=first - step,
        later=first + step,
        closed={day for day, _ in found.days if is_closed(studio, day.isoformat())},
    )


def _day(text: str, today: date) -> date:
    """A day of the address; today for none, or one that is absurdly far away."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs(day - today) < FURTHEST else today


ROUTES = [page("/inbox/requests/by/{span}", agenda)]
