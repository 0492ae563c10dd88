"""WhatsApp by Meta's Cloud API: reply buttons where titles are short, otherwise a list, otherwise numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lamoon.channels.adapter import (
    ApiRequest,
    DeliveryFailure,
    Event,
    IncomingEvent,
    Outgoing,
    SendError,
    command_or_text,
)
from lamoon.channels.attachments import Attachment, MediaKind, whole
from lamoon.channels.meta import MetaChannel, lasting_error, moment
from lamoon.channels.rendering import Runs, joined, numbered, plain, runs, split, whatsapp_text
from lamoon.channels.window import Template
from lamoon.contract import SAFETY
from lamoon.phrasebook import say

LONGEST_TEXT, LONGEST_BODY = 4096, 1024
MOST_BUTTONS, LONGEST_BUTTON = 3, 20
MOST_ROWS, LONGEST_ROW, LONGEST_DESCRIPTION = 10, 24, 72
OURS = "biz_opaque_callback_data"
"""Field that WhatsApp repeats in status reports: our id of the message."""
BEGINS = "lamoon-"
"""Tells our ids from those of other software that sends from the same number."""
UNANSWERED = ("system", "ephemeral")
"""Notices of the platform: nothing to answer."""
MEDIA: Mapping[str, tuple[str, MediaKind]] = {
    "image": ("Picture", "picture"),
    "video": ("Video", "picture"),
    "audio": ("Voice message", "voice"),
    "voice": ("Voice message", "voice"),
    "location": ("Place", "place"),
    "document": ("Document", "document"),
    "sticker": ("Sticker", "sticker"),
    "order": ("Order", "other"),
}
"""Types of messages, with what staff read and how they are answered."""
UNSUPPORTED: Mapping[str, tuple[str, MediaKind]] = {
    "edit": ("Correction of an earlier message, which WhatsApp does not pass on", "edit"),
    "poll_creation": ("Poll", "other"),
    "poll_update": ("Vote in a poll", "other"),
    "gif": ("Animation", "picture"),
    "image": ("Picture", "picture"),
    "video": ("Video", "picture"),
    "location": ("Place", "place"),
}
"""What is in `unsupported.type`: WhatsApp passes on that there was something, and no more."""


class WhatsApp(MetaChannel):
    """A number of the WhatsApp Business Platform; `account` is its phone number id."""

    name = "whatsapp"
    object = "whatsapp_business_account"
    title = "WhatsApp"
    fields = "display_phone_number,verified_name"

    def events(self, entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Messages to our number, and status reports on those from it."""
        for change in entry["changes"]:
            value = change["value"]
            if change["field"] == "messages" and value["metadata"]["phone_number_id"] == self.account:
                yield from value.get("messages", ())
                yield from value.get("statuses", ())

    def read(self, event: Mapping[str, Any]) -> Iterator[Event]:
        """Messages, choices, media and delivery failures. Groups are ignored."""
        if "status" in event:
            yield from _undelivered(event)
        elif "group_id" not in event and event["type"] not in UNANSWERED:
            yield from _parse_event(event)

    def render(self, outgoing: Outgoing) -> list[ApiRequest]:
        """Text, with its choices in the same message where they fit, otherwise in a second one."""
        late = outgoing.template if outgoing.is_late else None
        parts = [_template(late)] if late else parts_of(outgoing)
        return [part | {OURS: f"{BEGINS}{outgoing.message_id}"} for part in parts]

    def address_to(self, address: str) -> tuple[str, dict[str, Any]]:
        """Addressed by the person's number."""
        to = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": address}
        return f"/{self.account}/messages", to


def parts_of(outgoing: Outgoing) -> list[ApiRequest]:
    """WhatsApp's requests; see `WhatsApp.render`."""
    words = runs(outgoing.body)
    action = _action(outgoing.choices)
    if outgoing.choices and action is None:
        return _texts(joined(words, numbered([title for title, _ in outgoing.choices])), outgoing.kind)
    if action is None:
        return _texts(words, outgoing.kind)
    together = whatsapp_text(words)
    if together and outgoing.kind not in SAFETY and len(together) <= LONGEST_BODY:
        return [_interactive(together, action)]
    return [*_texts(words, outgoing.kind), _interactive(say("choose_or_write"), action)]


def _template(template: Template) -> ApiRequest:
    values = [{"type": "text", "text": value} for value in template.values]
    components = [{"type": "body", "parameters": values}]
    named = {"name": template.name, "language": {"code": template.language or "en_US"}, "components": components}
    return {"type": "template", "template": named}


def _undelivered(status: Mapping[str, Any]) -> Iterator[Event]:
    """A status report, when it reports failure."""
    name = str(status.get(OURS, ""))
    if status["status"] == "failed" and name.startswith(BEGINS):
        (error, *_) = status.get("errors") or [{}]
        other = SendError(f"the platform could not deliver it (code {error.get('code')})", final=True)
        yield DeliveryFailure(int(name.removeprefix(BEGINS)), lasting_error(error) or other)


def _parse_event(message: Mapping[str, Any]) -> Iterator[IncomingEvent]:
    kind, event, address = message["type"], str(message["id"]), str(message["from"])
    at = moment(message["timestamp"])
    if kind == "text":
        text = str(message["text"]["body"])
        yield IncomingEvent(event, address, command_or_text(text), text, at=at)
    elif kind == "interactive":
        reply = message["interactive"][message["interactive"]["type"]]
        yield IncomingEvent(event, address, "choice", str(reply.get("title", "")), choice=str(reply["id"]), at=at)
    elif kind == "button":  # below a template that the studio sent itself
        yield IncomingEvent(event, address, "text", str(message["button"]["text"]), at=at)
    elif kind == "reaction":
        emoji = str(message["reaction"].get("emoji") or "")
        if emoji:
            yield IncomingEvent(event, address, "reaction", emoji, at=at, ours=str(message["reaction"]["message_id"]))
    elif kind == "request_welcome":  # the chat was opened for the first time
        yield IncomingEvent(event, address, "start", at=at)
    elif kind == "contacts":
        yield from (IncomingEvent(event, address, "text", _card(card), at=at) for card in message["contacts"][:1])
    elif kind == "revoke":
        earlier = str(message["revoke"]["original_message_id"])
        yield IncomingEvent(event, address, "withdrawn", at=at, earlier=earlier)
    elif kind == "edit":
        edit = message["edit"]
        new = edit["message"]
        text = str(new["text"]["body"] if new["type"] == "text" else (new.get(new["type"]) or {}).get("caption") or "")
        earlier = str(edit["original_message_id"])
        if text:
            yield IncomingEvent(event, address, command_or_text(text), text, at=at, earlier=earlier)
    else:
        content = message.get(kind) or {}
        caption = str(content.get("caption") or "")
        if caption:
            yield IncomingEvent(event, address, "text", caption, at=at)
        sent = _attachment(kind, content)
        yield IncomingEvent(f"{event}/media", address, "media", at=at, sent=sent, captioned=bool(caption))


def _attachment(kind: str, content: Mapping[str, Any]) -> Attachment:
    """What was sent as a message of this type. WhatsApp gives no link: its files need our token."""
    known = UNSUPPORTED if kind == "unsupported" else MEDIA
    label, answered_as = known.get(
        str(content.get("type")) if kind == "unsupported" else kind, ("Something else", "other")
    )
    where = f"{content['latitude']}, {content['longitude']}" if kind == "location" else ""
    named = (content.get("filename"), content.get("name"), content.get("address"), where)
    return Attachment(
        label, answered_as, ", ".join(str(part) for part in named if part), whole(content.get("file_size"))
    )


def _card(card: Mapping[str, Any]) -> str:
    """A contact card as a person would type it."""
    ways = [*card.get("phones", ()), *card.get("emails", ())]
    found = [str(way.get("phone") or way.get("email") or "") for way in ways]
    return ", ".join(filter(None, (str(card.get("name", {}).get("formatted_name") or ""), *found)))


def _texts(words: Runs, kind: str) -> list[ApiRequest]:
    write = plain if kind in SAFETY else whatsapp_text
    parts = split(words, LONGEST_TEXT, lambda some: len(write(some)))
    return [{"type": "text", "text": {"body": write(part), "preview_url": False}} for part in parts]


def _interactive(body: str, action: Mapping[str, Any]) -> ApiRequest:
    kind = "button" if "buttons" in action else "list"
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": body}, "action": dict(action)}}


def _action(choices: Sequence[tuple[str, str]]) -> dict[str, Any] | None:
    """Buttons or rows that show every title in full, each title once; None when neither can."""
    titles = [title for title, _ in choices]
    if not 0 < len(choices) <= MOST_ROWS or not all(titles) or len(set(titles)) < len(titles):
        return None
    if len(choices) <= MOST_BUTTONS and max(map(len, titles)) <= LONGEST_BUTTON:
        return {"buttons": [{"type": "reply", "reply": {"id": key, "title": title}} for title, key in choices]}
    rows = [_row(title, key) for title, key in choices]
    if None in rows or len({row["title"] for row in rows if row}) < len(rows):
        return None
    return {"button": say("choose_button"), "sections": [{"rows": rows}]}


def _row(title: str, key: str) -> dict[str, str] | None:
    """A row whose description continues its title; None when the title is too long even so."""
    if len(title) <= LONGEST_ROW:
        return {"id": key, "title": title}
    head = title[: LONGEST_ROW + 1].rpartition(" ")[0].rstrip()
    tail = title[len(head) :].strip()
    return {"id": key, "title": head, "description": tail} if head and len(tail) <= LONGEST_DESCRIPTION else None
