"""Telegram's Bot API with its limits."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from channels.simulator.platform import Event, Fault, LimitError, Sent, Simulator

TOKEN = "123456:simulated-token"
SECRET = "simulated-secret-of-telegram"
TAGS = ("b", "i", "a")


class _Html(HTMLParser):
    """What Telegram reads in parse mode HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        if tag not in TAGS:
            self.wrong.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.text += data


class Telegram(Simulator):
    """One bot and the people who write to it."""

    platform = "telegram"
    channel = "telegram"

    def routes(self) -> Iterable[BaseRoute]:
        """Methods of the bot."""
        yield Route("/bot{token}/{method}", self._call, methods=["POST"])

    def variables(self) -> dict[str, str]:
        """The gateway's settings."""
        return {
            "LAMOON_TELEGRAM_TOKEN": TOKEN,
            "LAMOON_TELEGRAM_SECRET": SECRET,
            "LAMOON_TELEGRAM_API": self.serving.url,
            "LAMOON_PUBLIC_URL": "https://chat.example.com",
        }

    def text(self, address: str, text: str, *, at: float | None = None) -> Event:
        """A message in a private chat."""
        return self._message(address, at, text=text)

    def press(self, address: str, button: tuple[str, str]) -> Event:
        """A button of an inline keyboard."""
        chat = {"id": int(address), "type": "private"}
        query = {"id": str(self.next_id()), "from": {"id": int(address)}, "message": {"chat": chat}, "data": button[1]}
        return {"update_id": self.next_id(), "callback_query": query}

    def media(self, address: str) -> Event:
        """A voice message."""
        return self._message(address, None, voice={"file_id": "x", "duration": 3})

    def edited(self, event: Event, text: str) -> Event:
        """The whole message again, with its new text and the time of the edit."""
        changed = event["message"] | {"text": text, "edit_date": int(time.time())}
        return {"update_id": self.next_id(), "edited_message": changed}

    def unknown(self, address: str) -> Event:
        """A reaction."""
        reaction = {"chat": {"id": int(address), "type": "private"}, "message_id": 1, "new_reaction": []}
        return {"update_id": self.next_id(), "message_reaction": reaction}

    def reaction(self, address: str, emoji: str, *, on: Sent | None = None) -> Event:
        """A reaction to our latest message, or to another one; empty: it is taken back."""
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        chat = {"id": int(address), "type": "private"}
        content = {
            "chat": chat,
            "message_id": int(self.reacted(address, on)),
            "date": int(time.time()),
            "old_reaction": [],
            "new_reaction": new,
        }
        return {"update_id": self.next_id(), "message_reaction": content}

    def blocked(self, address: str) -> Event:
        """Somebody blocks the bot."""
        member = {"chat": {"id": int(address), "type": "private"}, "date": int(time.time())}
        return {"update_id": self.next_id(), "my_chat_member": {**member, "new_chat_member": {"status": "kicked"}}}

    def in_group(self, address: str, text: str) -> Event:
        """The same person in a group to which the bot was added."""
        event = self._message(address, None, text=text)
        event["message"]["chat"] = {"id": -500, "type": "group"}
        return event

    def request(self, events: Sequence[Event], *, signed: bool = True) -> tuple[dict[str, str], bytes]:
        """One update a request."""
        (event,) = events
        secret = SECRET if signed else "a-secret-that-somebody-guessed"
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret}
        return headers, json.dumps(event).encode()

    def failure(self, fault: Fault) -> Response:
        """As Telegram words it."""
        status = 403 if fault.blocked else fault.status or 500
        told = "Forbidden: bot was blocked by the user" if fault.blocked else "simulated"
        wait = {} if fault.retry_after is None else {"parameters": {"retry_after": fault.retry_after}}
        return JSONResponse({"ok": False, "error_code": status, "description": told, **wait}, status)

    def _message(self, address: str, at: float | None, **content: Any) -> Event:
        number = self.next_id()
        who = {"id": int(address), "first_name": "Somebody"}
        message = {"message_id": number, "from": who, "chat": {"id": int(address), "type": "private"}}
        return {"update_id": number, "message": {**message, "date": int(at or time.time()), **content}}

    async def _call(self, request: Request) -> Response:
        if request.path_params["token"] != TOKEN:
            return _wrong(401, "Unauthorized")
        body = await request.json()
        method = request.path_params["method"]
        if method == "getMe":
            return JSONResponse({"ok": True, "result": {"id": 1, "is_bot": True, "username": "studio_bot"}})
        if method == "getWebhookInfo":
            return JSONResponse({"ok": True, "result": {"url": "", "pending_update_count": 0}})
        if method == "setWebhook":
            return JSONResponse({"ok": True, "result": body["secret_token"] == SECRET})
        if method != "sendMessage":
            return _wrong(404, "Not Found")
        try:
            sent = self._read(body)
        except LimitError as problem:
            return _wrong(400, f"Bad Request: {problem}")
        sent = replace(sent, platform_id=str(self.next_id()))
        return await self.take(sent, JSONResponse({"ok": True, "result": {"message_id": int(sent.platform_id)}}))

    def _read(self, body: dict[str, Any]) -> Sent:
        if not isinstance(body.get("chat_id"), int):
            self.refuse("chat_id is no number")
        text = body.get("text", "")
        if body.get("parse_mode") == "HTML":
            read = _Html()
            read.feed(text)
            read.close()
            if read.open or read.wrong:
                self.refuse("can't parse entities")
            text = read.text
        if not 1 <= len(text.encode("utf-16-le")) // 2 <= 4096:
            self.refuse("message is too long" if text else "message text is empty")
        rows = body.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = [(button.get("text", ""), button.get("callback_data", "")) for row in rows for button in row]
        for title, data in buttons:
            if not title or not 1 <= len(data.encode()) <= 64:
                self.refuse("BUTTON_DATA_INVALID")
        return Sent(str(body["chat_id"]), text, buttons)


def _wrong(status: int, told: str) -> Response:
    return JSONResponse({"ok": False, "error_code": status, "description": told}, status)
