"""How a message looks at a channel, made by the very renderers that the channels use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from lamoon.gateway.channels import telegram, whatsapp
from lamoon.gateway.channels.adapter import Outgoing, Part
from lamoon.gateway.channels.choices import choice_key
from lamoon.gateway.model import Conversation, Message
from lamoon.gateway.store import is_used

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
class Button:
    """Something to press: `key` names the choice, `more` stands below its title, `used` says that it cannot be pressed."""

    title: str
    key: str
    more: str = ""
    used: bool = False


@dataclass(frozen=True)
class Bubble:
    """One message as a platform shows it. `menu` opens its buttons as a list; without it they are rows of buttons."""

    text: Markup
    rows: Sequence[Sequence[Button]] = ()
    menu: str = ""


def buttons(message: Message, conversation: Conversation) -> list[Button]:
    """The message's choices as the website shows them."""
    return [
        Button(choice.title, choice_key(message.id, at), used=is_used(message, choice, conversation))
        for at, choice in enumerate(message.choices)
    ]


def bubbles(look: str, message: Message, conversation: Conversation) -> list[Bubble]:
    """What a platform shows of a message: `look` is one of LOOKS, but for the website."""
    offered = buttons(message, conversation)
    used = {button.key for button in offered if button.used}
    outgoing = Outgoing(message.id, message.kind, message.body, [(button.title, button.key) for button in offered])
    if look == "telegram":
        return [_telegram(part, used) for part in telegram.parts_of(outgoing)]
    return [_whatsapp(part, used) for part in whatsapp.parts_of(outgoing)]


def _telegram(part: Part, used: set[str]) -> Bubble:
    # The renderer escapes every word and makes no tags but b, i and a.
    text = Markup(part["text"]) if "parse_mode" in part else escape(part["text"])  # noqa: S704
    keyboard = part.get("reply_markup", {}).get("inline_keyboard", ())
    rows = [
        [Button(one["text"], one["callback_data"], used=one["callback_data"] in used) for one in row]
        for row in keyboard
    ]
    return Bubble(text, rows)


def _whatsapp(part: Part, used: set[str]) -> Bubble:
    if part["type"] == "text":
        return Bubble(_starred(part["text"]["body"]))
    interactive = part["interactive"]
    text, deed = _starred(interactive["body"]["text"]), interactive["action"]
    if "buttons" in deed:
        return Bubble(text, [[_button(one["reply"], used)] for one in deed["buttons"]])
    rows = [[_button(row, used)] for section in deed["sections"] for row in section["rows"]]
    return Bubble(text, rows, deed["button"])


def _button(reply: Mapping[str, Any], used: set[str]) -> Button:
    return Button(reply["title"], reply["id"], reply.get("description", ""), reply["id"] in used)


def _starred(text: str) -> Markup:
    """WhatsApp's marks as a phone shows them."""
    shown = _ITALIC.sub(r"<i>\1</i>", _BOLD.sub(r"<b>\1</b>", str(escape(text))))
    return Markup(shown)  # noqa: S704 - escaped above
