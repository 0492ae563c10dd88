"""The page of ready replies: the team adds, changes and deletes them."""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.responses import Response

from lamoon.desk import words
from lamoon.desk.inbox.pages import rendered
from lamoon.desk.inbox.ready_replies import MOST_CHARACTERS, VARIABLES, ReadyReplies, ReadyReplyError, ready_replies
from lamoon.desk.request import DeskRequest, action, page
from lamoon.desk.settings.studio_settings import settings_of
from lamoon.studio import look_again

PLACE = "/desk/ready-replies"


async def replies(visit: DeskRequest) -> Response:
    """All ready replies."""
    return await _show(visit)


async def keep(visit: DeskRequest) -> Response:
    """Adds one, or changes one."""
    try:
        await asyncio.to_thread(_of(visit).keep, visit.text("id"), visit.text("shortcut"), visit.text("text"))
    except ReadyReplyError as error:
        return await _show(visit, str(error), 422)
    await asyncio.to_thread(look_again, visit.services.studio)
    await visit.audit("ready_reply.keep", visit.text("shortcut").lstrip("/")[:80])
    return visit.redirect(PLACE, words.READY_KEPT)


async def remove(visit: DeskRequest) -> Response:
    """Deletes one."""
    try:
        gone = await asyncio.to_thread(_of(visit).remove, visit.text("id"))
    except ReadyReplyError as error:
        return visit.error_page(str(error))
    if gone:
        await asyncio.to_thread(look_again, visit.services.studio)
        await visit.audit("ready_reply.delete", visit.text("id")[:80])
    return visit.redirect(PLACE, words.READY_GONE)


async def _show(visit: DeskRequest, problem: str = "", status: int = 200) -> Response:
    found = ready_replies(visit.services.studio)
    typed = {name: visit.text(name) for name in ("id", "shortcut", "text")}
    show = partial(rendered, visit, "ready_replies.html.jinja", status)
    return show(found=found, variables=VARIABLES, problem=problem, typed=typed, most=MOST_CHARACTERS)


def _of(visit: DeskRequest) -> ReadyReplies:
    return ReadyReplies(settings_of(visit), visit.staff.name)


ROUTES = [
    page("/ready-replies", replies),
    action("/ready-replies/keep", keep),
    action("/ready-replies/delete", remove),
]
