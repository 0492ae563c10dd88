"""The "Try it" page: write as a visitor, see the answer on each channel, and its explanation."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from markupsafe import Markup, escape
from starlette.responses import Response

from lamoon.channels import telegram, whatsapp
from lamoon.channels.adapter import ApiRequest, Outgoing, choice_key, numbered_choice, read_choice_key
from lamoon.chat.choices import ChoiceError, is_used
from lamoon.chat.limits import LONGEST
from lamoon.chat.model import Conversation, Message
from lamoon.chat.records import GoneError
from lamoon.desk.request import DeskRequest, action, page
from lamoon.desk.teaching.training_phrases import topics
from lamoon.desk.trials.sandbox import Sandbox, facts_of
from lamoon.rasa_client import RasaError
from lamoon.text.clean import clean, plain_text

LOOKS = {"web": "Website", "telegram": "Telegram", "whatsapp": "WhatsApp"}
LIMITS = {
    "web": "The chat on your website shows every answer whole, with all its buttons.",
    "telegram": f"Telegram shows up to {telegram.LONGEST} characters in a message; longer answers become several. "
    f"Buttons longer than {telegram.LONGEST_TITLE} characters become numbers.",
    "whatsapp": f"WhatsApp shows up to {whatsapp.LONGEST_TEXT} characters in a message, {whatsapp.MOST_BUTTONS} buttons of "
    f"{whatsapp.LONGEST_BUTTON} characters, or a list of {whatsapp.MOST_ROWS}; where neither fits, numbers.",
}
_BOLD = re.compile(r"(?<!\w)\*(\S(?:[^*\n]*\S)?)\*(?!\w)")
_ITALIC = re.compile(r"(?<!\w)_(\S(?:[^_\n]*\S)?)_(?!\w)")


@dataclass(frozen=True)
class PreviewButton:
    """A button: `key` is the choice's, `more` is shown below its title, `used` disables it."""

    title: str
    key: str
    more: str = ""
    used: bool = False


@dataclass(frozen=True)
class Bubble:
    """A message on a platform. `menu` opens its buttons as a list; otherwise they are rows of buttons."""

    text: Markup
    rows: Sequence[Sequence[PreviewButton]] = ()
    menu: str = ""


def buttons(message: Message, conversation: Conversation) -> list[PreviewButton]:
    """The message's choices as the website shows them."""
    return [
        PreviewButton(choice.title, choice_key(message.id, at), used=is_used(message, choice, conversation))
        for at, choice in enumerate(message.choices)
    ]


def bubbles(look: str, message: Message, conversation: Conversation) -> list[Bubble]:
    """A message as a platform shows it: `look` is one of LOOKS except the website."""
    offered = buttons(message, conversation)
    used = {button.key for button in offered if button.used}
    outgoing = Outgoing(message.id, message.kind, message.body, [(button.title, button.key) for button in offered])
    if look == "telegram":
        return [_telegram(part, used) for part in telegram.parts_of(outgoing)]
    return [_whatsapp(part, used) for part in whatsapp.parts_of(outgoing)]


def _telegram(part: ApiRequest, used: set[str]) -> Bubble:
    # The renderer escapes every word and emits no tags but b, i and a.
    text = Markup(part["text"]) if "parse_mode" in part else escape(part["text"])  # noqa: S704
    keyboard = part.get("reply_markup", {}).get("inline_keyboard", ())
    rows = [
        [PreviewButton(one["text"], one["callback_data"], used=one["callback_data"] in used) for one in row]
        for row in keyboard
    ]
    return Bubble(text, rows)


def _whatsapp(part: ApiRequest, used: set[str]) -> Bubble:
    if part["type"] == "text":
        return Bubble(_starred(part["text"]["body"]))
    interactive = part["interactive"]
    text, deed = _starred(interactive["body"]["text"]), interactive["action"]
    if "buttons" in deed:
        return Bubble(text, [[_button(one["reply"], used)] for one in deed["buttons"]])
    rows = [[_button(row, used)] for section in deed["sections"] for row in section["rows"]]
    return Bubble(text, rows, deed["button"])


def _button(reply: Mapping[str, Any], used: set[str]) -> PreviewButton:
    return PreviewButton(reply["title"], reply["id"], reply.get("description", ""), reply["id"] in used)


def _starred(text: str) -> Markup:
    """WhatsApp's marks as a phone shows them."""
    shown = _ITALIC.sub(r"<i>\1</i>", _BOLD.sub(r"<b>\1</b>", str(escape(text))))
    return Markup(shown)  # noqa: S704 - escaped above


LONGEST_NAME = 36
PAUSES = {30: "30 minutes later", 120: "2 hours later"}
"""Minutes that can be skipped. After half an hour the assistant starts over."""
NOTHING_SAID = "The message is empty. Please write a few words."
TOO_LONG = f"That is too long: at most {LONGEST:,} characters, please."
USED = "This button was already used, or is out of date. Please use the latest ones."
SLOW = "There is no answer yet. It appears below when you reload this page."
NOT_YET = "The conversation is empty, so no time can pass. Write something first."
RASA_DOWN = "The assistant is not running. Please try again in a minute."
ELSEWHERE = "You started a new conversation in another window. This is it."
FRESH = "You are a new visitor now: nothing of the previous conversation is left."
Handler = Callable[[DeskRequest, str], Awaitable[Response]]


def sandbox(visit: DeskRequest) -> Sandbox:
    """The sandbox conversations."""
    return Sandbox(visit.services.bookings.database, visit.services.store)


async def show(visit: DeskRequest) -> Response:
    """The sandbox of the signed-in member of staff."""
    return await _show(visit, _look(visit.request.query_params.get("as", "")))


def _in_mine(handler: Handler) -> Callable[[DeskRequest], Awaitable[Response]]:
    """Passes `handler` the conversation that the form was made for, if it is still the current one."""

    @wraps(handler)
    async def serve(visit: DeskRequest) -> Response:
        conversation_id = await _mine(visit)
        if visit.text("conversation") != conversation_id:
            return await _show(visit, _look(visit.text("as")), ELSEWHERE, 409)
        try:
            return await handler(visit, conversation_id)
        except GoneError:
            return await _show(visit, _look(visit.text("as")), ELSEWHERE, 409)

    return serve


@_in_mine
async def send(visit: DeskRequest, conversation_id: str) -> Response:
    """Sends a message as a visitor: `text`, or `choice`, the key of a button."""
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
async def repeat(visit: DeskRequest, conversation_id: str) -> Response:
    """Sends the latest message again."""
    last = await asyncio.to_thread(sandbox(visit).last_words, conversation_id)
    if last is None:
        return await _show(visit, _look(visit.text("as")), NOTHING_SAID, 409)
    return await _say(visit, conversation_id, *last)


@_in_mine
async def later(visit: DeskRequest, conversation_id: str) -> Response:
    """Shifts the conversation's time."""
    look = _look(visit.text("as"))
    minutes = next((minutes for minutes in PAUSES if str(minutes) == visit.text("minutes")), min(PAUSES))
    conversation = await asyncio.to_thread(visit.services.store.find, conversation_id)
    try:
        passed = await visit.services.rasa.shift_time(conversation.sender(), minutes)
    except RasaError:
        return await _show(visit, look, RASA_DOWN, 503)
    if not passed:
        return await _show(visit, look, NOT_YET, 409)
    notice = visit.services.replies.own(f"{PAUSES[minutes]}.", "notice")
    await asyncio.to_thread(visit.services.store.say, conversation_id, "system", notice)
    await visit.audit("try.later", conversation_id, minutes=minutes)
    return _back(visit, look)


async def begin(visit: DeskRequest) -> Response:
    """Starts as a new visitor."""
    before = await asyncio.to_thread(sandbox(visit).current, visit.staff.id)
    if before:
        await visit.services.turns.stop(before)
    made = await asyncio.to_thread(sandbox(visit).begin, visit.staff.id)
    visit.services.eraser.wake()
    await visit.audit("try.begin", made)
    return _back(visit, _look(visit.text("as")), FRESH)


async def _say(
    visit: DeskRequest, conversation_id: str, text: str, words: str, choice: tuple[int, int] | None = None
) -> Response:
    """Stores the message, once per form, and waits for its answer."""
    look = _look(visit.text("as"))
    name = visit.text("form")[:LONGEST_NAME] or str(uuid.uuid4())
    services = visit.services
    with services.hub.listening(conversation_id) as listener:
        try:
            receipt = await asyncio.to_thread(services.store.receive, conversation_id, name, text, words, choice)
        except ChoiceError:
            return await _show(visit, look, USED, 409)
        if receipt.new:
            services.turns.wake(conversation_id, receipt.turn)
        try:
            async with asyncio.timeout(services.settings.answer_seconds):
                while await asyncio.to_thread(services.store.next_turn, conversation_id):
                    await listener.news()
        except TimeoutError:
            return _back(visit, look, SLOW)
    if receipt.new:
        await visit.audit("try.say", conversation_id)
    return _back(visit, look)


async def _numbered(visit: DeskRequest, conversation_id: str, text: str) -> tuple[int, int] | None:
    """The choice that a number selects, as on messaging platforms."""
    conversation = await asyncio.to_thread(visit.services.store.find, conversation_id)
    _, latest = await asyncio.to_thread(visit.services.store.since, conversation_id, conversation.last_said)
    return numbered_choice(text, latest)


async def _mine(visit: DeskRequest) -> str:
    """The current conversation; a new one the first time."""
    found = await asyncio.to_thread(sandbox(visit).current, visit.staff.id)
    return found or await asyncio.to_thread(sandbox(visit).begin, visit.staff.id)


async def _show(visit: DeskRequest, look: str, problem: str = "", status: int = 200) -> Response:
    trial = await asyncio.to_thread(sandbox(visit).read, await _mine(visit))
    return visit.render(
        "trial.html.jinja",
        status,
        trial=trial,
        turns=[(exchange, facts_of(exchange, topics())) for exchange in trial.exchanges],
        look=look,
        buttons=buttons,
        bubbles=bubbles,
        looks=LOOKS,
        limits=LIMITS,
        pauses=PAUSES,
        problem=problem,
        typed=visit.text("text") if problem else "",
        form=str(uuid.uuid4()),
        most=LONGEST,
    )


def _back(visit: DeskRequest, look: str, done: str = "") -> Response:
    response = visit.redirect(f"/desk/try?as={look}", done)
    response.headers["location"] += "#latest"
    return response


def _look(name: str) -> str:
    return name if name in LOOKS else "web"


ROUTES = [
    page("/try", show),
    action("/try/send", send),
    action("/try/repeat", repeat),
    action("/try/later", later),
    action("/try/begin", begin),
]
