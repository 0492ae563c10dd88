"""The page of ready replies: the team adds, changes and deletes them."""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.responses import Response

from lamoon.checks import parse_int
from lamoon.desk import words
from lamoon.desk.inbox_pages import rendered
from lamoon.desk.ready_replies import MOST_CHARACTERS, VARIABLES, ReadyReplies, ReadyReplyError
from lamoon.desk.request import DeskRequest, action, page

PLACE = "/desk/ready-replies"


async def replies(visit: DeskRequest) -> Response:
    """All ready replies."""
    return await _show(visit)


async def keep(visit: DeskRequest) -> Response:
    """Adds one, or changes one."""
    reply_id = parse_int(visit.text("id"))
    try:
        await asyncio.to_thread(_of(visit).keep, reply_id, visit.text("shortcut"), visit.text("text"))
    except ReadyReplyError as error:
        return await _show(visit, str(error), 422)
    await visit.audit("ready_reply.keep", visit.text("shortcut").lstrip("/")[:80])
    return visit.redirect(PLACE, words.READY_KEPT)


async def remove(visit: DeskRequest) -> Response:
    """Deletes one."""
    if await asyncio.to_thread(_of(visit).remove, parse_int(visit.text("id")) or 0):
        await visit.audit("ready_reply.delete")
    return visit.redirect(PLACE, words.READY_GONE)


async def _show(visit: DeskRequest, problem: str = "", status: int = 200) -> Response:
    found = await asyncio.to_thread(_of(visit).all)
    typed = {name: visit.text(name) for name in ("id", "shortcut", "text")}
    show = partial(rendered, visit, "ready_replies.html.jinja", status)
    return show(found=found, variables=VARIABLES, problem=problem, typed=typed, most=MOST_CHARACTERS)


def _of(visit: DeskRequest) -> ReadyReplies:
    return ReadyReplies(visit.services.bookings.database, visit.services.studio)


ROUTES = [
    page("/ready-replies", replies),
    action("/ready-replies/keep", keep),
    action("/ready-replies/delete", remove),
]
