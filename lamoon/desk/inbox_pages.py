"""The inbox: its lists, a conversation with its actions, and the event stream that refreshes open pages."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import partial, wraps

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from lamoon.channels.store import reachability
from lamoon.chat.handover import ChangedError
from lamoon.chat.hub import ALL, Hub
from lamoon.chat.model import Draft
from lamoon.chat.records import GoneError
from lamoon.checks import parse_int
from lamoon.desk import words
from lamoon.desk.health import HealthPanel, health_panel
from lamoon.desk.inbox import MOST_ROWS, Conversations, Page
from lamoon.desk.request import HEADERS, DeskRequest, action, page
from lamoon.desk.requests import Requests
from lamoon.rasa_client import RasaError
from lamoon.storage.time import now
from lamoon.studio import is_open, next_opening
from lamoon.text.clean import clean

MOST_CHARACTERS = 1500
"""In any script so many fit into a request of the size that the gateway takes."""
LONGEST_NAME = 36
HEALTH_SECONDS = 3.0
"""How long a page waits for the assistant before it shows the health record of the latest stored turn."""
Handler = Callable[[DeskRequest], Awaitable[Response]]


def conversations(visit: DeskRequest) -> Conversations:
    """The conversations as the team reads them."""
    return Conversations(visit.services.bookings.database)


def rendered(visit: DeskRequest, template: str, status: int = 200, **values: object) -> Response:
    """Renders an inbox page with `words`, `now`, and `when`, which formats a moment in the studio's time zone."""
    when = partial(words.day_and_time, zone=visit.services.studio.zone)
    return visit.render(template, status, words=words, now=now(), when=when, **values)


async def inbox(visit: DeskRequest) -> Response:
    """Who waits, what the team has, and what the assistant answers."""
    asked = visit.request.query_params
    channel = asked.get("channel", "") if asked.get("channel") in words.CHANNELS else ""
    mine = asked.get("who") == "me"
    before = _moment(asked.get("before", ""))
    staff = visit.staff.name if mine else ""
    lists = await asyncio.to_thread(conversations(visit).lists, channel, staff, before)
    older = lists.recent[-1].active_at.isoformat() if len(lists.recent) == MOST_ROWS else ""
    return rendered(visit, "inbox.html.jinja", lists=lists, channel=channel, mine=mine, before=before, older=older)


async def conversation(visit: DeskRequest) -> Response:
    """One conversation."""
    return await _show(visit)


def _show_conflicts(handler: Handler) -> Handler:
    """Shows what was typed again when the page was out of date or the conversation is gone."""

    @wraps(handler)
    async def serve(visit: DeskRequest) -> Response:
        try:
            return await handler(visit)
        except GoneError:
            return visit.render("inbox_gone.html.jinja", 410, problem=words.GONE, text=visit.text("text"))
        except ChangedError as error:
            kept = words.KEPT if visit.text("text") and not error.staff else ""
            return await _show(visit, words.changed(error.staff, visit.staff.name) + kept, 409)

    return serve


@_show_conflicts
async def take(visit: DeskRequest) -> Response:
    """Takes over the conversation."""
    conversation_id = _id(visit)
    taken = await asyncio.to_thread(
        visit.services.handovers.take, conversation_id, visit.staff.name, visit.text("seen")
    )
    if taken:
        await _done(visit, "inbox.take")
    return visit.redirect(_place(visit), words.TAKEN if taken else words.ALREADY_YOURS)


@_show_conflicts
async def reply(visit: DeskRequest) -> Response:
    """Sends a reply and takes over the conversation."""
    lines = [clean(line) for line in visit.text("text").splitlines()]
    if not any(lines):
        return await _show(visit, words.NOTHING_SAID, 422)
    if sum(map(len, lines)) > MOST_CHARACTERS:
        return await _show(visit, words.TOO_LONG.format(most=MOST_CHARACTERS), 422)
    said = await asyncio.to_thread(
        visit.services.handovers.reply,
        _id(visit),
        visit.staff.name,
        visit.text("seen"),
        _draft(visit, lines),
        visit.text("form")[:LONGEST_NAME] or str(uuid.uuid4()),
    )
    if said:
        await _done(visit, "inbox.reply")
    return visit.redirect(_place(visit), words.SENT if said else words.SENT_BEFORE)


@_show_conflicts
async def give_back(visit: DeskRequest) -> Response:
    """Returns the conversation to the assistant."""
    return await _end(visit, closed=False)


@_show_conflicts
async def close(visit: DeskRequest) -> Response:
    """Closes the matter; the assistant answers later messages."""
    return await _end(visit, closed=True)


@_show_conflicts
async def note(visit: DeskRequest) -> Response:
    """Stores a note for the team."""
    text = visit.text("text")
    if not text or len(text) > MOST_CHARACTERS:
        problem = words.TOO_LONG.format(most=MOST_CHARACTERS) if text else words.NO_NOTE
        return await _show(visit, problem, 422, note=text)
    await asyncio.to_thread(conversations(visit).note, _id(visit), visit.staff.name, text)
    await _done(visit, "inbox.note")
    return visit.redirect(_place(visit), words.NOTED)


@_show_conflicts
async def end_emergency(visit: DeskRequest) -> Response:
    """Records that staff know the emergency to be looked after, unless the visitor has written since."""
    chat = await asyncio.to_thread(visit.services.store.find, _id(visit))
    try:
        ended = await visit.services.rasa.end_emergency(chat.sender(), parse_int(visit.text("turn")) or 0)
    except RasaError:
        return await _show(visit, words.NOT_ENDED, 503)
    if not ended:
        return await _show(visit, words.WROTE_SINCE, 409)
    await _done(visit, "inbox.end_emergency")
    return visit.redirect(_place(visit), words.ENDED)


async def _health(visit: DeskRequest, found: Page) -> HealthPanel:
    """The health record as it is now; as it was after the latest stored turn when the assistant cannot be reached."""
    try:
        async with asyncio.timeout(HEALTH_SECONDS):
            return health_panel(await visit.services.rasa.health(found.conversation.sender()), is_live=True)
    except (RasaError, TimeoutError):
        return health_panel(found.health, is_live=False)


async def _end(visit: DeskRequest, *, closed: bool) -> Response:
    await asyncio.to_thread(partial(visit.services.handovers.give_back, _id(visit), visit.text("seen"), closed=closed))
    await _done(visit, "inbox.close" if closed else "inbox.give_back")
    return visit.redirect(_place(visit), words.CLOSED if closed else words.GIVEN_BACK)


async def _done(visit: DeskRequest, what: str) -> None:
    """Wakes open pages, the visitor's first; then writes the audit record."""
    visit.services.hub.wake(_id(visit))
    await visit.audit(what, _id(visit))


async def _show(visit: DeskRequest, problem: str = "", status: int = 200, note: str | None = None) -> Response:
    """The conversation's page; what was typed is in its form again."""
    found = await asyncio.to_thread(conversations(visit).page, _id(visit), whole(visit, "before"))
    requests = await asyncio.to_thread(Requests(visit.services.bookings.database).of, found.conversation)
    reached = await asyncio.to_thread(reachability, visit.desk.people, _id(visit))
    studio = visit.services.studio
    moment = datetime.now(studio.zone)
    return rendered(
        visit,
        "inbox_conversation.html.jinja",
        status,
        found=found,
        requests=requests,
        health=await _health(visit, found),
        reach=reached,
        problem=problem,
        typed=(visit.text("text") if note is None else "") or _canned(visit),
        note=note or "",
        form=str(uuid.uuid4()),
        is_open=is_open(studio, moment),
        opening=next_opening(studio, moment),
        most=MOST_CHARACTERS,
    )


def _canned(visit: DeskRequest) -> str:
    """The canned reply that the URL selects by number, for browsers without scripts."""
    chosen = whole(visit, "canned")
    replies = visit.services.studio.canned_replies
    return replies[chosen - 1].text if 1 <= chosen <= len(replies) else ""


def _draft(visit: DeskRequest, lines: list[str]) -> Draft:
    """The reply as a draft: as typed, with its line breaks."""
    return visit.services.replies.typed(lines)


def whole(visit: DeskRequest, name: str) -> int:
    """A non-negative integer from the URL, 0 when it is invalid."""
    return parse_int(visit.request.query_params.get(name, "")) or 0


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _id(visit: DeskRequest) -> str:
    return str(visit.request.path_params["conversation_id"])


def _place(visit: DeskRequest) -> str:
    return f"/desk/inbox/conversation/{_id(visit)}"


_PATH = "/inbox/conversation/{conversation_id}"
ROUTES = [
    page("/inbox", inbox),
    page(_PATH, conversation),
    action(f"{_PATH}/take", take),
    action(f"{_PATH}/reply", reply),
    action(f"{_PATH}/give-back", give_back),
    action(f"{_PATH}/close", close),
    action(f"{_PATH}/note", note),
    action(f"{_PATH}/end-emergency", end_emergency),
]


PING_SECONDS = 15
SEND_SECONDS = 30
RECONNECT_MILLISECONDS = 2000


async def live(visit: DeskRequest) -> Response:
    """Server-sent events `changed`, of one conversation (`?conversation=`) or of all."""
    conversation_id = visit.request.query_params.get("conversation", ALL)
    return EventSourceResponse(
        _changes(visit.services.hub, conversation_id),
        ping=PING_SECONDS,
        send_timeout=SEND_SECONDS,
        sep="\n",
        headers=HEADERS,
    )


async def _changes(hub: Hub, conversation_id: str) -> AsyncIterator[ServerSentEvent]:
    with hub.listening(conversation_id) as listener:
        # What arrived before the stream opened, or while it was cut, is read now.
        yield ServerSentEvent("{}", event="changed", retry=RECONNECT_MILLISECONDS)
        while True:
            to_read, _ = await listener.news()
            if to_read:
                yield ServerSentEvent("{}", event="changed")


LIVE_ROUTES = [page("/inbox/live", live)]
