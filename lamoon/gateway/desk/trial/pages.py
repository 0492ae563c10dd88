"""The "Try it" page: write as a visitor, and see why the assistant answers so."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.responses import Response

from lamoon.booking.answer import clean
from lamoon.gateway.channels.choices import read_choice_key
from lamoon.gateway.channels.numbered import numbered_choice
from lamoon.gateway.desk.teaching.review import topics
from lamoon.gateway.desk.trial import preview
from lamoon.gateway.desk.trial.facts import facts_of
from lamoon.gateway.desk.trial.sandbox import Sandbox
from lamoon.gateway.desk.visit import Visit, action, page
from lamoon.gateway.interface import LONGEST
from lamoon.gateway.rasa import RasaError
from lamoon.gateway.records import GoneError
from lamoon.gateway.store import ChoiceError
from lamoon.understanding.text import plain_text

LONGEST_NAME = 36
PAUSES = {30: "30 minutes later", 120: "2 hours later"}
"""Minutes that can pass at once. After half an hour the assistant begins anew."""
NOTHING_SAID = "There was nothing to send. Please write a few words."
TOO_LONG = f"That is too long: at most {LONGEST:,} characters, please."
USED = "This button was pressed already, or belongs to what was before. Please use the latest ones."
SLOW = "The answer is not there yet. It appears below when you load this page again."
NOT_YET = "Nothing was said yet, so no time can pass. Write something first."
RASA_DOWN = "The assistant does not run at the moment. Please try again in a minute."
ELSEWHERE = "You have begun a new conversation in another window. This is it."
FRESH = "A new person has come: nothing of the conversation before is left."
Handler = Callable[[Visit, str], Awaitable[Response]]


def sandbox(visit: Visit) -> Sandbox:
    """The sandbox conversations."""
    return Sandbox(visit.gateway.bookings.database, visit.gateway.store)


async def show(visit: Visit) -> Response:
    """The sandbox of whoever asks."""
    return await _show(visit, _look(visit.request.query_params.get("as", "")))


def _in_mine(handler: Handler) -> Callable[[Visit], Awaitable[Response]]:
    """Gives `handler` the conversation that the form was made for, as long as it is the one that somebody has."""

    @wraps(handler)
    async def serve(visit: Visit) -> Response:
        conversation_id = await _mine(visit)
        if visit.text("conversation") != conversation_id:
            return await _show(visit, _look(visit.text("as")), ELSEWHERE, 409)
        try:
            return await handler(visit, conversation_id)
        except GoneError:
            return await _show(visit, _look(visit.text("as")), ELSEWHERE, 409)

    return serve


@_in_mine
async def send(visit: Visit, conversation_id: str) -> Response:
    """Says something as a visitor: `text`, or `choice`, the key of a button."""
    look, text = _look(visit.text("as")), clean(visit.text("text"))
    choice = read_choice_key(visit.text("choice"))
    if choice is None and not text:
        return await _show(visit, look, NOTHING_SAID, 422)
    if len(text) > LONGEST:
        return await _show(visit, look, TOO_LONG, 422)
    if choice is None and look != "web":
        choice = await _numbered(visit, conversation_id, text)
    return await _say(visit, conversation_id, text, plain_text(text), choice)


@_in_mine
async def repeat(visit: Visit, conversation_id: str) -> Response:
    """Says the latest message once more."""
    last = await asyncio.to_thread(sandbox(visit).last_words, conversation_id)
    if last is None:
        return await _show(visit, _look(visit.text("as")), NOTHING_SAID, 409)
    return await _say(visit, conversation_id, *last)


@_in_mine
async def later(visit: Visit, conversation_id: str) -> Response:
    """Lets time pass."""
    look = _look(visit.text("as"))
    minutes = next((minutes for minutes in PAUSES if str(minutes) == visit.text("minutes")), min(PAUSES))
    conversation = await asyncio.to_thread(visit.gateway.store.find, conversation_id)
    try:
        passed = await visit.gateway.rasa.let_time_pass(conversation.sender(), minutes)
    except RasaError:
        return await _show(visit, look, RASA_DOWN, 503)
    if not passed:
        return await _show(visit, look, NOT_YET, 409)
    notice = visit.gateway.replies.own(f"{PAUSES[minutes]}.", "notice")
    await asyncio.to_thread(visit.gateway.store.say, conversation_id, "system", notice)
    await visit.note("try.later", conversation_id, minutes=minutes)
    return _back(visit, look)


async def begin(visit: Visit) -> Response:
    """A new person comes."""
    before = await asyncio.to_thread(sandbox(visit).current, visit.staff.id)
    if before:
        await visit.gateway.turns.stop(before)
    made = await asyncio.to_thread(sandbox(visit).begin, visit.staff.id)
    visit.gateway.eraser.wake()
    await visit.note("try.begin", made)
    return _back(visit, _look(visit.text("as")), FRESH)


async def _say(
    visit: Visit, conversation_id: str, text: str, words: str, choice: tuple[int, int] | None = None
) -> Response:
    """Keeps the message, once however often the form is sent, and waits for its answer."""
    look = _look(visit.text("as"))
    name = visit.text("form")[:LONGEST_NAME] or str(uuid.uuid4())
    gateway = visit.gateway
    with gateway.hub.listening(conversation_id) as listener:
        try:
            receipt = await asyncio.to_thread(gateway.store.receive, conversation_id, name, text, words, choice)
        except ChoiceError:
            return await _show(visit, look, USED, 409)
        if receipt.new:
            gateway.turns.wake(conversation_id, receipt.turn)
        try:
            async with asyncio.timeout(gateway.settings.answer_seconds):
                while await asyncio.to_thread(gateway.store.next_turn, conversation_id):
                    await listener.news()
        except TimeoutError:
            return _back(visit, look, SLOW)
    if receipt.new:
        await visit.note("try.say", conversation_id)
    return _back(visit, look)


async def _numbered(visit: Visit, conversation_id: str, text: str) -> tuple[int, int] | None:
    """The choice that a number names, as on messaging platforms."""
    conversation = await asyncio.to_thread(visit.gateway.store.find, conversation_id)
    _, latest = await asyncio.to_thread(visit.gateway.store.since, conversation_id, conversation.last_said)
    return numbered_choice(text, latest)


async def _mine(visit: Visit) -> str:
    """The conversation of whoever asks; a fresh one for their first time."""
    found = await asyncio.to_thread(sandbox(visit).current, visit.staff.id)
    return found or await asyncio.to_thread(sandbox(visit).begin, visit.staff.id)


async def _show(visit: Visit, look: str, problem: str = "", status: int = 200) -> Response:
    trial = await asyncio.to_thread(sandbox(visit).read, await _mine(visit))
    return visit.render(
        "trial.html.jinja",
        status,
        trial=trial,
        turns=[(exchange, facts_of(exchange, topics())) for exchange in trial.exchanges],
        look=look,
        preview=preview,
        pauses=PAUSES,
        problem=problem,
        typed=visit.text("text") if problem else "",
        form=str(uuid.uuid4()),
        most=LONGEST,
    )


def _back(visit: Visit, look: str, done: str = "") -> Response:
    response = visit.go(f"/desk/try?as={look}", done)
    response.headers["location"] += "#latest"
    return response


def _look(name: str) -> str:
    return name if name in preview.LOOKS else "web"


ROUTES = [
    page("/try", show),
    action("/try/send", send),
    action("/try/repeat", repeat),
    action("/try/later", later),
    action("/try/begin", begin),
]
