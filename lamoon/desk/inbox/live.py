"""The live stream of every page: every few seconds, and at once when something changes, what is the case now."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import JSONResponse, Response

from lamoon.chat.hub import ALL, VISITOR_TYPING
from lamoon.desk.inbox.pulse import read_pulse
from lamoon.desk.notifications.notifier import SAID, tag_of
from lamoon.desk.notifications.occasions import read_occasions
from lamoon.desk.notifications.rules import Person, RuleBook
from lamoon.desk.request import HEADERS, DeskRequest, page
from lamoon.errors import StoreError
from lamoon.storage.time import now

BEAT_SECONDS = 3.0
"""A page that has read nothing for 8 seconds says that it is not up to date: two beats may be late."""
GATHER_SECONDS = 0.2
PING_SECONDS = 15
SEND_SECONDS = 30
RECONNECT_MILLISECONDS = 2000


async def live(visit: DeskRequest) -> Response:
    """Server-sent events: `state`, `typing` of the visitor (`?conversation=`), and `signed-out`, the last one."""
    return EventSourceResponse(_events(visit), ping=PING_SECONDS, send_timeout=SEND_SECONDS, sep="\n", headers=HEADERS)


async def state(visit: DeskRequest) -> Response:
    """The same state once, for pages whose stream is dead. It keeps the session of a page in view."""
    return JSONResponse(await asyncio.to_thread(_state, visit, _conversation(visit)), headers=HEADERS)


async def _events(visit: DeskRequest) -> AsyncIterator[ServerSentEvent]:
    conversation_id = _conversation(visit)
    with visit.services.hub.listening(conversation_id or ALL) as listener:
        while True:
            try:
                if not await asyncio.to_thread(_is_signed_in, visit):
                    yield ServerSentEvent("{}", event="signed-out")
                    return
                now_so = await asyncio.to_thread(_state, visit, conversation_id)
                yield ServerSentEvent(json.dumps(now_so), event="state", retry=RECONNECT_MILLISECONDS)
            except StoreError:
                pass  # the page notices that nothing comes, and asks why
            with contextlib.suppress(TimeoutError):
                _, happened = await asyncio.wait_for(listener.news(), BEAT_SECONDS)
                for name, data in happened:
                    if name == VISITOR_TYPING:
                        yield ServerSentEvent(json.dumps(data), event="typing")
                await asyncio.sleep(GATHER_SECONDS)


def _is_signed_in(visit: DeskRequest) -> bool:
    accounts = visit.desk.accounts
    return accounts.signed_in(visit.staff.session, attended=False) is not None


def _state(visit: DeskRequest, conversation_id: str) -> dict[str, Any]:
    """What a page has to know: `version` and `counts`, what rings, and when this was so, in milliseconds since 1970."""
    moment = now()
    database = visit.services.bookings.database
    pulse = read_pulse(database, visit.staff.id, conversation_id)
    return pulse.as_json | {"at": round(moment.timestamp() * 1000), "rings": _rings(visit, moment)}


def _rings(visit: DeskRequest, moment: datetime) -> list[dict[str, str]]:
    """What this person wants to hear of now."""
    database = visit.services.bookings.database
    with database.reading("look what rings") as connection:
        occasions = read_occasions(connection, moment)
    if not occasions:
        return []
    person = Person(visit.staff.id, visit.staff.name, RuleBook(database).of(visit.staff.id))
    local = moment.astimezone(visit.services.studio.zone)
    wanted = partial(person.rules.want, staff_id=person.id, local=local)
    return [
        {"kind": one.kind, "said": SAID[one.kind], "tag": tag_of(one, person)}
        for one in occasions
        if wanted(one, "sound")
    ]


def _conversation(visit: DeskRequest) -> str:
    return visit.request.query_params.get("conversation", "")


ROUTES = [page("/live", live, attended=False), page("/live/state", state)]
