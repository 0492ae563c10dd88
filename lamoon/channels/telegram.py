"""Telegram's Bot API. Private chats only: health is not a matter for a group."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from lamoon.channels.adapter import (
    ApiRequest,
    Event,
    Incoming,
    IncomingEvent,
    Outgoing,
    PlatformSetup,
    SendError,
    call,
    command_or_text,
    json_object,
    platform_client,
    refusal,
)
from lamoon.channels.attachments import Attachment, MediaKind, whole
from lamoon.channels.rendering import Run, joined, numbered, plain, runs, split, telegram_html, utf16
from lamoon.contract import SAFETY
from lamoon.phrasebook import say
from lamoon.settings import ChannelSettings
from lamoon.text.emoji import emoji_meaning

NAME = "telegram"
HEADER = "x-telegram-bot-api-secret-token"
LONGEST = 4096
LONGEST_TITLE = 40
"""Characters of a button that a narrow phone shows in full."""
UPDATES = ["message", "edited_message", "message_reaction", "callback_query", "my_chat_member"]
MEDIA: Mapping[str, tuple[str, MediaKind]] = {
    "photo": ("Picture", "picture"),
    "animation": ("Animation", "picture"),  # before document, which Telegram sends along
    "video": ("Video", "picture"),
    "video_note": ("Video message", "picture"),
    "paid_media": ("Paid picture", "picture"),
    "story": ("Story", "picture"),
    "voice": ("Voice message", "voice"),
    "audio": ("Audio", "voice"),
    "venue": ("Place", "place"),  # before location
    "location": ("Place", "place"),
    "document": ("Document", "document"),
    "sticker": ("Sticker", "sticker"),
    "poll": ("Poll", "other"),
    "dice": ("Dice", "other"),
    "game": ("Game", "other"),
    "checklist": ("Checklist", "other"),
    "invoice": ("Invoice", "other"),
}
"""Fields of a message, with what staff read and how it is answered."""
GONE = ("chat not found", "user is deactivated", "peer_id_invalid")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


def build(settings: ChannelSettings) -> PlatformSetup:
    """Telegram, or what is missing or wrong in its settings."""
    token, secret = settings.telegram_token.reveal(), settings.telegram_secret.reveal()
    if not token and not secret:
        return PlatformSetup()
    if not _TOKEN.fullmatch(token):
        return PlatformSetup(problems={NAME: "LAMOON_TELEGRAM_TOKEN is missing or not a token of @BotFather"})
    if not _SECRET.fullmatch(secret):
        return PlatformSetup(
            problems={NAME: "LAMOON_TELEGRAM_SECRET is missing or not 16 to 256 letters, digits, _ and -"}
        )
    try:
        client = platform_client(settings.telegram_api)
    except ValueError as error:
        return PlatformSetup(problems={NAME: f"LAMOON_TELEGRAM_API: {error}"})
    return PlatformSetup((Telegram(client, token, secret, settings.public_url),))


class Telegram:
    """A bot. `public_url` is the gateway's public address; empty: the webhook is set by hand."""

    name = NAME

    def __init__(self, client: httpx.AsyncClient, token: str, secret: str, public_url: str = "") -> None:
        self._client = client
        self._token = token
        self._secret = secret
        self._webhook = f"{public_url.rstrip('/')}/webhooks/{NAME}" if public_url else ""

    def handshake(self, incoming: Incoming) -> str | None:
        """Telegram sends no GET."""
        return None

    def verify(self, incoming: Incoming) -> bool:
        """Whether the request holds the secret given to setWebhook."""
        return hmac.compare_digest(incoming.headers.get(HEADER, "").encode(), self._secret.encode())

    def unpack(self, incoming: Incoming) -> list[tuple[str, Event]]:
        """The event of a private chat; none for other kinds of updates."""
        update = json.loads(incoming.body)
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            raise ValueError("is not an update")
        try:
            return [(NAME, event) for event in _parse_event(update)]
        except (KeyError, TypeError, AttributeError, OverflowError):
            raise ValueError("is not an update as Telegram describes it") from None

    def acknowledge(self, incoming: Incoming) -> dict[str, Any] | None:
        """Stops the spinner on a pressed button."""
        update = json.loads(incoming.body)
        query = update.get("callback_query") if isinstance(update, dict) else None
        if not isinstance(query, dict):
            return None
        return {"method": "answerCallbackQuery", "callback_query_id": query.get("id")}

    def render(self, outgoing: Outgoing) -> list[ApiRequest]:
        """Messages of at most 4,096 characters, the choices under the last one."""
        return parts_of(outgoing)

    async def send(self, address: str, part: ApiRequest) -> str:
        """Sends one message. Raises SendError."""
        answer = await self._call("sendMessage", {"chat_id": int(address), **part})
        return str(_result(answer).get("message_id", ""))

    async def check(self) -> str:
        """Asks for the bot's name; sets its webhook where the gateway's public address is known. Raises SendError."""
        bot = _result(await self._call("getMe", {}))
        webhook = _result(await self._call("getWebhookInfo", {}))
        if self._webhook:
            place = {"url": self._webhook, "secret_token": self._secret, "allowed_updates": UPDATES}
            _result(await self._call("setWebhook", {**place, "max_connections": 1}))  # one at a time: in order
            return f"The bot @{bot.get('username')} works, and its messages come to {self._webhook}."
        if not webhook.get("url"):
            raise SendError("the bot works but has no webhook: set LAMOON_PUBLIC_URL", final=True)
        return f"The bot @{bot.get('username')} works, and its messages go to {webhook['url']}."

    async def _call(self, method: str, body: dict[str, Any]) -> httpx.Response:
        return await call(self._client, "POST", f"/bot{self._token}/{method}", json=body)


def parts_of(outgoing: Outgoing) -> list[ApiRequest]:
    """Telegram's requests; see `Telegram.render`."""
    safety = outgoing.kind in SAFETY
    titles = [title for title, _ in outgoing.choices]
    wide = any(len(title) > LONGEST_TITLE for title in titles)
    text = runs(outgoing.body, links=not safety) or ([Run(say("choose"))] if titles else [])
    whole = joined(text, numbered(titles)) if wide else text
    parts: list[ApiRequest] = [_message(part, as_html=not safety) for part in split(whole, LONGEST, utf16)]
    if titles and parts:
        buttons = [
            {"text": str(number) if wide else title, "callback_data": key}
            for number, (title, key) in enumerate(outgoing.choices, 1)
        ]
        parts[-1]["reply_markup"] = {"inline_keyboard": [buttons] if wide else [[button] for button in buttons]}
    return parts


def _parse_event(update: dict[str, Any]) -> Iterator[IncomingEvent]:
    event = str(update["update_id"])
    if query := update.get("callback_query"):
        if _is_private(query.get("message") or {}):
            yield IncomingEvent(event, str(query["from"]["id"]), "choice", choice=str(query.get("data", "")))
    elif member := update.get("my_chat_member"):
        if _is_private(member) and member["new_chat_member"]["status"] == "kicked":
            yield IncomingEvent(event, str(member["chat"]["id"]), "blocked", at=_moment(member))
    elif reaction := update.get("message_reaction"):
        if _is_private(reaction):
            yield from _reaction(event, reaction)
    else:
        message = update.get("message") or {}
        if _is_private(message):
            yield from _said(message)
        edited = update.get("edited_message") or {}
        if _is_private(edited):
            yield from _corrected(edited)


def _reaction(event: str, reaction: dict[str, Any]) -> Iterator[IncomingEvent]:
    emoji = "".join(str(one.get("emoji", "")) for one in reaction["new_reaction"])
    if emoji:
        person, ours = str(reaction["chat"]["id"]), str(reaction["message_id"])
        yield IncomingEvent(event, person, "reaction", text=emoji, at=_moment(reaction), ours=ours)


def _is_private(message: dict[str, Any]) -> bool:
    return bool((message.get("chat") or {}).get("type") == "private")


def _said(message: dict[str, Any]) -> Iterator[IncomingEvent]:
    """A message's text, or a picture's caption and the fact that there was a picture."""
    event, who, at = f"m{message['message_id']}", str(message["chat"]["id"]), _moment(message)
    if "text" in message:
        text = str(message["text"])
        yield IncomingEvent(event, who, command_or_text(text), text=text, at=at)
        return
    caption = str(message.get("caption") or "")
    if caption:
        yield IncomingEvent(event, who, "text", text=caption, at=at)
    if "contact" in message:
        yield IncomingEvent(event, who, "text", text=_card(message["contact"]), at=at)
    elif found := next((name for name in MEDIA if name in message), None):
        mood = str((message.get("sticker") or {}).get("emoji") or "")
        if emoji_meaning(mood) in ("yes", "no"):  # the sticker of a thumb
            yield IncomingEvent(event, who, "text", text=mood, at=at)
            return
        sent = _attachment(found, message[found])
        yield IncomingEvent(f"{event}/media", who, "media", at=at, sent=sent, captioned=bool(caption))


def _corrected(message: dict[str, Any]) -> Iterator[IncomingEvent]:
    """The text of an edited message. A live place that moves, or another picture, says nothing new."""
    text = str(message.get("text") or message.get("caption") or "")
    if text:
        earlier = f"m{message['message_id']}"
        event = f"{earlier}/{message.get('edit_date', '')}/{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"
        who, at = str(message["chat"]["id"]), _edited_at(message)
        yield IncomingEvent(event, who, command_or_text(text), text=text, at=at, earlier=earlier)


def _attachment(name: str, content: Any) -> Attachment:
    """What was sent under this field of the message."""
    label, kind = MEDIA[name]
    about = content[-1] if isinstance(content, list) and content else content  # of a photo, the largest size
    about = about if isinstance(about, dict) else {}
    place = about.get("location") or about
    where = f"{place['latitude']}, {place['longitude']}" if "latitude" in place else ""
    named = [
        about.get("file_name"),
        about.get("question"),
        about.get("title"),
        about.get("address"),
        about.get("emoji"),
    ]
    shown = ", ".join(str(part) for part in (*named, where) if part)
    return Attachment(label, kind, shown, whole(about.get("file_size")), whole(about.get("duration")))


def _card(contact: dict[str, Any]) -> str:
    """A contact card as a person would type it."""
    name = " ".join(filter(None, (contact.get("first_name"), contact.get("last_name"))))
    return ", ".join(filter(None, (name, contact.get("phone_number"))))


def _moment(message: dict[str, Any]) -> datetime | None:
    return datetime.fromtimestamp(message["date"], UTC) if "date" in message else None


def _edited_at(message: dict[str, Any]) -> datetime | None:
    return datetime.fromtimestamp(message["edit_date"], UTC) if "edit_date" in message else _moment(message)


def _message(part: list[Run], *, as_html: bool) -> ApiRequest:
    text = {"text": telegram_html(part), "parse_mode": "HTML"} if as_html else {"text": plain(part)}
    return {**text, "link_preview_options": {"is_disabled": True}}


def _refused(answer: httpx.Response) -> SendError:
    """The error in Telegram's response. Its description names no person."""
    body = json_object(answer)
    description = str(body.get("description", ""))[:200]
    if answer.status_code == httpx.codes.FORBIDDEN or any(sign in description.lower() for sign in GONE):
        return SendError(f"HTTP {answer.status_code}: {description}", blocked=True)
    error = refusal(answer, description)
    wait = (body.get("parameters") or {}).get("retry_after")
    error.retry_after = float(wait) if isinstance(wait, int | float) else error.retry_after
    return error


def _result(answer: httpx.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise _refused(answer)
    result = json_object(answer).get("result")
    return result if isinstance(result, dict) else {}
