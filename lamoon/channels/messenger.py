"""Messenger and Instagram: quick replies where every title fits, numbers otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lamoon.channels.adapter import ApiRequest, IncomingEvent, Outgoing, command_or_text
from lamoon.channels.attachments import Attachment, MediaKind
from lamoon.channels.meta import MetaChannel, moment
from lamoon.channels.rendering import Runs, joined, numbered, plain, runs, split

MOST_REPLIES, LONGEST_REPLY = 13, 20
THUMBS = (369239263222822, 369239343222814, 369239383222810)
"""Ids of the sticker that Messenger's own thumb sends: small, medium, large."""
MEDIA: Mapping[str, tuple[str, MediaKind]] = {
    "image": ("Picture", "picture"),
    "video": ("Video", "picture"),
    "reel": ("Reel", "picture"),
    "ig_reel": ("Reel", "picture"),
    "story_mention": ("Mention in a story", "picture"),
    "share": ("Shared post", "picture"),
    "audio": ("Voice message", "voice"),
    "location": ("Place", "place"),
    "file": ("Document", "document"),
    "fallback": ("Link", "other"),
    "template": ("Card", "other"),
}
"""Types of attachments, with what staff read and how they are answered."""
GET_STARTED = "GET_STARTED"
"""Payload of the button that opens a conversation, set up as in docs/channels.md."""


class Messenger(MetaChannel):
    """A page; `account` is its id. Only text is sent, which Messenger shows as it is."""

    name = "messenger"
    object = "page"
    title = "Messenger"
    fields = "name"
    longest_text = 2000

    def size(self, some: Runs) -> int:
        """Length as the platform counts it."""
        return len(plain(some))

    def events(self, entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Events of our account, except conversations that another app has taken over."""
        if entry["id"] == self.account:
            yield from entry.get("messaging", ())

    def read(self, event: Mapping[str, Any]) -> Iterator[IncomingEvent]:
        """Messages, their corrections, buttons and reactions of people. Echoes and receipts are ignored."""
        if not {"message", "message_edit", "postback", "reaction"} & event.keys():
            return
        person = str(event["sender"]["id"])
        if "message_edit" in event and person != self.account:
            yield _correction(event["message_edit"], person, event["timestamp"])
        if "reaction" in event and person != self.account:
            yield from _reaction(event["reaction"], person, event["timestamp"])
        if "message" in event and person != self.account:
            yield from _message(event["message"], person, event["timestamp"])
        elif "postback" in event:
            yield _postback(event["postback"], person, event["timestamp"])

    def render(self, outgoing: Outgoing) -> list[ApiRequest]:
        """Text in as many messages as needed; the choices belong to the last, because they vanish with the next
        message.
        """
        titles = [title for title, _ in outgoing.choices]
        fits = len(titles) <= MOST_REPLIES and all(0 < len(title) <= LONGEST_REPLY for title in titles)
        words = runs(outgoing.body)
        if titles and not (fits and words):
            words = joined(words, numbered(titles))
        parts: list[ApiRequest] = [{"text": plain(part)} for part in split(words, self.longest_text, self.size)]
        if titles and fits and parts:
            parts[-1]["quick_replies"] = [
                {"content_type": "text", "title": title, "payload": key} for title, key in outgoing.choices
            ]
        tagged = (
            {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"} if outgoing.is_late and outgoing.by_team else {}
        )
        return [{"message": part} | tagged for part in parts]

    def address_to(self, address: str) -> tuple[str, dict[str, Any]]:
        """Addressed by the person's page-scoped id."""
        return f"/{self.account}/messages", {"recipient": {"id": address}, "messaging_type": "RESPONSE"}


def _message(message: Mapping[str, Any], person: str, at: float) -> Iterator[IncomingEvent]:
    """`at` in milliseconds."""
    if message.get("is_echo"):
        return
    if message.get("is_deleted"):  # by Instagram only: Messenger does not report it
        name = f"{message['mid']}/deleted"
        yield IncomingEvent(name, person, "withdrawn", at=moment(at / 1000), earlier=str(message["mid"]))
        return
    event, when, text = str(message["mid"]), moment(at / 1000), str(message.get("text") or "")
    if "quick_reply" in message:
        yield IncomingEvent(event, person, "choice", text, choice=str(message["quick_reply"]["payload"]), at=when)
        return
    attachments = message.get("attachments") or ([{}] if message.get("is_unsupported") else [])
    if _is_thumb(message, attachments):
        yield IncomingEvent(event, person, "text", "👍", at=when)
        return
    if text or not attachments:
        yield IncomingEvent(event, person, command_or_text(text), text, at=when)
    for number, attachment in enumerate(attachments):
        name, sent = f"{event}/media{number or ''}", _attachment(attachment)
        yield IncomingEvent(name, person, "media", at=when, sent=sent, captioned=bool(text))


def _is_thumb(message: Mapping[str, Any], attachments: Sequence[Mapping[str, Any]]) -> bool:
    """Whether this is the thumb beside Messenger's input, which arrives as a sticker in one of three sizes."""
    stickers = [message.get("sticker_id"), *((one.get("payload") or {}).get("sticker_id") for one in attachments)]
    return any(sticker in THUMBS for sticker in stickers)


def _attachment(attachment: Mapping[str, Any]) -> Attachment:
    payload = attachment.get("payload") or {}
    label, kind = MEDIA.get(str(attachment.get("type")), ("Something else", "other"))
    if payload.get("sticker_id"):
        label, kind = "Sticker", "sticker"
    place = payload.get("coordinates") or {}
    where = f"{place.get('lat')}, {place.get('long')}" if place else ""
    named = ", ".join(str(part) for part in (attachment.get("title") or payload.get("title"), where) if part)
    return Attachment(label, kind, named, link=str(payload.get("url") or ""))


def _correction(edit: Mapping[str, Any], person: str, at: float) -> IncomingEvent:
    """An edited message. `at` in milliseconds."""
    text, earlier = str(edit.get("text") or ""), str(edit["mid"])
    name = f"{earlier}/{edit.get('num_edit', 1)}"
    return IncomingEvent(name, person, command_or_text(text), text, at=moment(at / 1000), earlier=earlier)


def _reaction(reaction: Mapping[str, Any], person: str, at: float) -> Iterator[IncomingEvent]:
    if reaction.get("action") == "react" and reaction.get("emoji"):
        ours, name = str(reaction["mid"]), f"{reaction['mid']}/{at}"
        yield IncomingEvent(name, person, "reaction", str(reaction["emoji"]), at=moment(at / 1000), ours=ours)


def _postback(postback: Mapping[str, Any], person: str, at: float) -> IncomingEvent:
    """A button that was set up at the platform; its title is what the person says."""
    event, when = str(postback.get("mid") or f"{person}-{at}"), moment(at / 1000)
    if postback.get("payload") == GET_STARTED:
        return IncomingEvent(event, person, "start", at=when)
    text = str(postback.get("title") or "")
    return IncomingEvent(event, person, command_or_text(text), text, at=when)


class Instagram(Messenger):
    """A professional account that is linked to a page; `account` is its id, the token is the page's."""

    name = "instagram"
    object = "instagram"
    title = "Instagram"
    fields = "username"
    longest_text = 1000

    def size(self, some: Runs) -> int:
        """Bytes of UTF-8."""
        return len(plain(some).encode())

    def address_to(self, address: str) -> tuple[str, dict[str, Any]]:
        """Addressed through the page that the token belongs to."""
        return "/me/messages", {"recipient": {"id": address}}
