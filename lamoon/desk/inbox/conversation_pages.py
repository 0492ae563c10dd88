"""The page of a conversation, and what the team does there."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial, wraps

from starlette.responses import Response

from lamoon.booking import Contact
from lamoon.channels.store import reachability
from lamoon.chat.handover import ChangedError
from lamoon.chat.model import Draft
from lamoon.chat.records import GoneError
from lamoon.checks import parse_int
from lamoon.desk import words
from lamoon.desk.inbox.health import HealthPanel, health_panel
from lamoon.desk.inbox.lists import Page
from lamoon.desk.inbox.mentions import Mentions, named_in
from lamoon.desk.inbox.pages import conversations, rendered, whole
from lamoon.desk.inbox.people import contact_of
from lamoon.desk.inbox.ready_replies import fill, ready_replies
from lamoon.desk.inbox.requests import Requests
from lamoon.desk.request import HEADERS, DeskRequest, action, page
from lamoon.rasa_client import RasaError
from lamoon.studio import is_open, next_opening
from lamoon.text.clean import clean

MOST_CHARACTERS = 1500
"""In any script so many fit into a request of the size that the gateway takes."""
LONGEST_NAME = 36
HEALTH_SECONDS = 3.0
"""How long a page waits for the assistant before it shows the health record of the latest stored turn."""
MOST_ID = 2**31 - 1
Handler = Callable[[DeskRequest], Awaitable[Response]]


def mentions(visit: DeskRequest) -> Mentions:
    """Who of the team is named where."""
    return Mentions(visit.services.bookings.database)


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
    await asyncio.to_thread(mentions(visit).add, _id(visit), visit.staff.name, named_in(text))
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
    await asyncio.to_thread(visit.services.handovers.see_to, _id(visit))
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


@_show_conflicts
async def assign(visit: DeskRequest) -> Response:
    """Assigns a person of the team, and notifies them."""
    wanted = visit.text("assignee")
    people = {account.name for account in await asyncio.to_thread(visit.desk.accounts.all) if account.active}
    if wanted and wanted not in people:
        return await _show(visit, words.NOBODY.format(name=wanted), 422)
    if await asyncio.to_thread(visit.services.handovers.assign, _id(visit), wanted):
        if wanted and wanted != visit.staff.name:
            await asyncio.to_thread(mentions(visit).add, _id(visit), visit.staff.name, [wanted])
        await _done(visit, "inbox.assign")
    return visit.redirect(_place(visit), words.ASSIGNED.format(name=wanted) if wanted else words.UNASSIGNED)


@_show_conflicts
async def see_to(visit: DeskRequest) -> Response:
    """Ends the mark of an emergency or a crisis in the inbox; what the assistant says stays as it is."""
    await asyncio.to_thread(visit.services.handovers.see_to, _id(visit))
    await _done(visit, "inbox.see_to")
    return visit.redirect(_place(visit), words.SEEN_TO)


async def read(visit: DeskRequest) -> Response:
    """Keeps up to which message the page in view has shown the conversation."""
    message = min(parse_int(visit.text("message")) or 0, MOST_ID)
    if message and await asyncio.to_thread(visit.services.handovers.read, _id(visit), "team", message):
        visit.services.hub.wake(_id(visit))
    await asyncio.to_thread(mentions(visit).see, _id(visit), visit.staff.id)
    return Response(status_code=204, headers=HEADERS)


async def typing(visit: DeskRequest) -> Response:
    """Shows the visitor for some seconds that the team is typing, if a person has the conversation."""
    chat = await asyncio.to_thread(visit.services.store.find, _id(visit))
    if chat.mode == "human":
        visit.services.hub.wake(_id(visit), ("typing", {"on": visit.text("on") == "yes"}))
    return Response(status_code=204, headers=HEADERS)


async def _show(visit: DeskRequest, problem: str = "", status: int = 200, note: str | None = None) -> Response:
    """The conversation's page; what was typed is in its form again."""
    found = await asyncio.to_thread(conversations(visit).page, _id(visit), whole(visit, "before"))
    requests = await asyncio.to_thread(Requests(visit.services.bookings.database).of, found.conversation)
    reached = await asyncio.to_thread(reachability, visit.desk.people, _id(visit))
    studio = visit.services.studio
    moment = datetime.now(studio.zone)
    name = found.row.name if found.row else ""
    replies = [(one.shortcut, fill(one.text, studio, visit.staff.name, name)) for one in ready_replies(studio)]
    accounts = await asyncio.to_thread(visit.desk.accounts.all)
    return rendered(
        visit,
        "inbox_conversation.html.jinja",
        status,
        found=found,
        requests=requests,
        health=await _health(visit, found),
        reach=reached,
        problem=problem,
        typed=(visit.text("text") if note is None else "") or _chosen(visit, replies),
        replies=replies,
        team=[account.name for account in accounts if account.active],
        contact=await asyncio.to_thread(_contact, visit),
        last=found.messages[-1].id if found.messages else 0,
        note=note or "",
        form=str(uuid.uuid4()),
        is_open=is_open(studio, moment),
        opening=next_opening(studio, moment),
        most=MOST_CHARACTERS,
    )


def _chosen(visit: DeskRequest, replies: list[tuple[str, str]]) -> str:
    """The ready reply that the URL selects by number, for browsers without scripts."""
    chosen = whole(visit, "ready")
    return replies[chosen - 1][1] if 1 <= chosen <= len(replies) else ""


def _contact(visit: DeskRequest) -> Contact:
    with visit.services.bookings.database.reading("read a contact") as connection:
        return contact_of(connection, _id(visit))


def _draft(visit: DeskRequest, lines: list[str]) -> Draft:
    """The reply as a draft: as typed, with its line breaks."""
    return visit.services.replies.typed(lines)


def _id(visit: DeskRequest) -> str:
    return str(visit.request.path_params["conversation_id"])


def _place(visit: DeskRequest) -> str:
    return f"/desk/inbox/conversation/{_id(visit)}"


_PATH = "/inbox/conversation/{conversation_id}"
ROUTES = [
    page(_PATH, conversation),
    action(f"{_PATH}/take", take),
    action(f"{_PATH}/reply", reply),
    action(f"{_PATH}/give-back", give_back),
    action(f"{_PATH}/close", close),
    action(f"{_PATH}/note", note),
    action(f"{_PATH}/end-emergency", end_emergency),
    action(f"{_PATH}/assign", assign),
    action(f"{_PATH}/see-to", see_to),
    action(f"{_PATH}/read", read),
    action(f"{_PATH}/typing", typing),
]
