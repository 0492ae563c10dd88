"""Meta's Graph API with its limits, and the webhooks of one app: WhatsApp, Messenger and Instagram."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from channels.simulator.platform import Event, Fault, LimitError, Sent, Simulator, shown_by_whatsapp

APP_SECRET = "5" * 32
VERIFY_TOKEN = "a word that Meta shows"
VERSION = "/v23.0"
WINDOW_SECONDS = 24 * 3600


class Meta(Simulator):
    """What the three have in common."""

    platform = "meta"
    batches = True
    object = ""
    account = ""
    name: tuple[str, str] = ("", "")
    """A field of the account and what stands in it."""
    blocked_code = (551, 1545041)
    window_code = (10, 2018278)

    def __init__(self) -> None:
        self.heard: dict[str, float] = {}
        """When people wrote last; without an entry, just now."""
        super().__init__()

    def begin(self) -> None:
        """Nobody's window has ended either."""
        super().begin()
        self.heard.clear()

    @property
    def path(self) -> str:
        """Where messages are posted."""
        return f"/{self.account}/messages"

    @property
    def token(self) -> str:
        """The account's access token."""
        return f"token-of-{self.channel}"

    def routes(self) -> Iterable[BaseRoute]:
        """Sending, and asking who the account is."""
        yield Route(f"{VERSION}{self.path}", self._message, methods=["POST"])
        yield Route(f"{VERSION}/{self.account}", self._about, methods=["GET"])

    def variables(self) -> dict[str, str]:
        """The gateway's settings of the app."""
        return {
            "LAMOON_META_APP_SECRET": APP_SECRET,
            "LAMOON_META_VERIFY_TOKEN": VERIFY_TOKEN,
            "LAMOON_META_API": self.serving.url + VERSION,
        }

    def entry(self, events: Sequence[Event]) -> dict[str, Any]:
        """The entry of a webhook that tells of events."""
        raise NotImplementedError

    def read(self, body: Mapping[str, Any]) -> Sent:
        """What a request sends, within the limits."""
        raise NotImplementedError

    def request(self, events: Sequence[Event], *, signed: bool = True) -> tuple[dict[str, str], bytes]:
        """All events in one request: the first in an entry of its own, the others together in a second one."""
        entries = [self.entry(some) for some in (events[:1], events[1:]) if some]
        return self.sign({"object": self.object, "entry": entries}, APP_SECRET if signed else "somebody's guess")

    def sign(self, payload: object, secret: str = APP_SECRET) -> tuple[dict[str, str], bytes]:
        """Headers and body, signed over the very bytes."""
        body = json.dumps(payload).encode()
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}, body

    def failure(self, fault: Fault) -> Response:
        """As Meta words it: too many requests are 400 with a code as often as 429."""
        if fault.blocked:
            return _error(400, *self.blocked_code)
        headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
        code = {429: 130429, 400: 100}.get(fault.status, 2)
        return _error(fault.status or 500, code, headers=headers)

    async def _message(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        body = await request.json()
        try:
            sent = self.read(body)
        except LimitError:
            return _error(400, 100)
        window = self.window(body)
        if window is not None and time.time() - self.heard.get(sent.address, time.time()) > window:
            return _error(400, *self.window_code)
        sent = replace(sent, platform_id=f"mid.{self.next_id()}")
        return await self.take(sent, JSONResponse(self.accepted(sent)))

    def window(self, body: Mapping[str, Any]) -> float | None:
        """Seconds after the person's last message in which such a message may be sent; None for any time."""
        return 7 * WINDOW_SECONDS if body.get("tag") == "HUMAN_AGENT" else WINDOW_SECONDS

    def accepted(self, sent: Sent) -> dict[str, Any]:
        """The answer to a message that is taken."""
        return {"recipient_id": sent.address, "message_id": sent.platform_id}

    async def _about(self, request: Request) -> Response:
        field, text = self.name
        asked = request.query_params.get("fields", "").split(",")
        return self._refused(request) or JSONResponse({"id": self.account} | ({field: text} if field in asked else {}))

    def _refused(self, request: Request) -> Response | None:
        proof = hmac.new(APP_SECRET.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return _error(401, 190)
        return None if request.query_params.get("appsecret_proof") == proof else _error(400, 100)

    def within(self, text: str, most: int, what: str) -> None:
        """Refuses an empty text and one that is too long."""
        if not 0 < len(text) <= most:
            self.refuse(f"{what} of {len(text)} characters")


class WhatsApp(Meta):
    """A number of the WhatsApp Business Platform."""

    channel = "whatsapp"
    object = "whatsapp_business_account"
    account = "106540352242922"
    name = ("display_phone_number", "+1 212-555-0147")
    gone_code = 551
    window_code = (131047, 0)

    def variables(self) -> dict[str, str]:
        """The gateway's settings."""
        mine = {"LAMOON_WHATSAPP_TOKEN": self.token, "LAMOON_WHATSAPP_NUMBER_ID": self.account}
        return super().variables() | mine

    def text(self, address: str, text: str, *, at: float | None = None) -> Event:
        """A message."""
        return self._event(address, "text", {"body": text}, at)

    def press(self, address: str, button: tuple[str, str]) -> Event:
        """A button, or a row of a list."""
        title, key = button
        kind = "button_reply" if len(title) <= 20 else "list_reply"
        return self._event(address, "interactive", {"type": kind, kind: {"id": key, "title": title[:24]}})

    def media(self, address: str) -> Event:
        """A picture."""
        return self._event(address, "image", {"id": "1", "mime_type": "image/jpeg"})

    def accepted(self, sent: Sent) -> dict[str, Any]:
        """WhatsApp names contacts and messages."""
        contact = {"input": sent.address, "wa_id": sent.address}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": sent.platform_id}]}

    def reaction(self, address: str, emoji: str, *, on: Sent | None = None) -> Event:
        """A reaction to our latest message, or to another one; empty: it is taken back."""
        return self._event(address, "reaction", {"message_id": self.reacted(address, on), "emoji": emoji})

    def edited(self, event: Event, text: str) -> Event:
        """A message of the type `edit` with an id of its own."""
        (before,) = event["value"]["messages"]
        new = {"context": {"id": before["id"]}, "type": "text", "text": {"body": text}}
        return self._event(before["from"], "edit", {"original_message_id": before["id"], "message": new})

    def unsent(self, event: Event) -> Event:
        """A message of the type `revoke` with an id of its own."""
        (before,) = event["value"]["messages"]
        return self._event(before["from"], "revoke", {"original_message_id": before["id"]})

    def unknown(self, address: str) -> Event:
        """A field of webhooks that is new."""
        return {"field": "weather", "value": {"sun": True}}

    def receipt(self, address: str) -> Event:
        """Somebody's phone got our message."""
        return self._change({"statuses": [{"id": "wamid.1", "status": "delivered", "recipient_id": address}]})

    def lose(self, sent: Sent, code: int) -> int:
        """A status of the message."""
        return self.deliver(self.failed(sent, code))

    def failed(self, sent: Sent, code: int) -> Event:
        """A message that was taken is lost."""
        status = {"id": "wamid.1", "status": "failed", "timestamp": str(int(time.time())), "recipient_id": sent.address}
        errors = [{"code": code, "title": "what was sent", "error_data": {"details": "to whom"}}]
        return self._change({"statuses": [status | {"errors": errors, "biz_opaque_callback_data": sent.report}]})

    def entry(self, events: Sequence[Event]) -> dict[str, Any]:
        """Events are changes of an entry."""
        return {"id": "102290129340398", "changes": list(events)}

    def read(self, body: Mapping[str, Any]) -> Sent:
        """A text, or a text with buttons or a list."""
        if body["messaging_product"] != "whatsapp" or body["recipient_type"] != "individual":
            self.refuse("not addressed as it should be")
        if body["type"] == "template":
            return self._by_template(body)
        if body["type"] == "text":
            self.within(body["text"]["body"], 4096, "text")
            return Sent(body["to"], shown_by_whatsapp(body["text"]["body"]), report=body["biz_opaque_callback_data"])
        interactive = body["interactive"]
        self.within(interactive["body"]["text"], 1024, "body")
        offered = self._buttons(interactive["action"]) if interactive["type"] == "button" else self._rows(interactive)
        if any(len(set(each)) < len(offered) for each in zip(*offered, strict=True)):
            self.refuse("the same button twice")
        return Sent(
            body["to"], shown_by_whatsapp(interactive["body"]["text"]), offered, body["biz_opaque_callback_data"]
        )

    def window(self, body: Mapping[str, Any]) -> float | None:
        """Approved templates may be sent at any time."""
        return None if body["type"] == "template" else super().window(body)

    def _by_template(self, body: Mapping[str, Any]) -> Sent:
        template = body["template"]
        (component,) = template["components"]
        values = [parameter["text"] for parameter in component["parameters"]]
        if any(not value or re.search(r"[\n\t]| {5}", value) for value in values):
            self.refuse("a value of a template that is empty or has line breaks")
        name = f"{template['name']}/{template['language']['code']}"
        return Sent(body["to"], f"[{name}] {' | '.join(values)}", report=body["biz_opaque_callback_data"])

    def _buttons(self, action: Mapping[str, Any]) -> list[tuple[str, str]]:
        offered = [(button["reply"]["title"], button["reply"]["id"]) for button in action["buttons"]]
        if not 0 < len(offered) <= 3:
            self.refuse(f"{len(offered)} buttons")
        for title, key in offered:
            self.within(title, 20, "title")
            self.within(key, 256, "id")
        return offered

    def _rows(self, interactive: Mapping[str, Any]) -> list[tuple[str, str]]:
        self.within(interactive["action"]["button"], 20, "button of a list")
        rows = [row for section in interactive["action"]["sections"] for row in section["rows"]]
        if not 0 < len(rows) <= 10:
            self.refuse(f"{len(rows)} rows")
        for row in rows:
            self.within(row["title"], 24, "title of a row")
            self.within(row["id"], 200, "id of a row")
            self.within(row.get("description", "-"), 72, "description")
        return [(f"{row['title']} {row.get('description', '')}".strip(), row["id"]) for row in rows]

    def _event(self, address: str, kind: str, content: Mapping[str, Any], at: float | None = None) -> Event:
        message = {"from": address, "id": f"wamid.{self.next_id()}", "timestamp": str(int(at or time.time()))}
        return self._change({"messages": [message | {"type": kind, kind: dict(content)}]})

    def _change(self, value: Mapping[str, Any]) -> Event:
        metadata = {"display_phone_number": "12125550147", "phone_number_id": self.account}
        return {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}


class Messenger(Meta):
    """A page."""

    channel = "messenger"
    object = "page"
    account = "1234509876"
    name = ("name", "La Moon")

    def variables(self) -> dict[str, str]:
        """The gateway's settings."""
        return super().variables() | {"LAMOON_MESSENGER_TOKEN": self.token, "LAMOON_MESSENGER_PAGE_ID": self.account}

    def text(self, address: str, text: str, *, at: float | None = None) -> Event:
        """A message."""
        return self._event(address, {"message": {"mid": f"m_{self.next_id()}", "text": text}}, at)

    def press(self, address: str, button: tuple[str, str]) -> Event:
        """A quick reply."""
        message = {"mid": f"m_{self.next_id()}", "text": button[0], "quick_reply": {"payload": button[1]}}
        return self._event(address, {"message": message})

    def media(self, address: str) -> Event:
        """A picture."""
        picture = {"type": "image", "payload": {"url": "https://cdn.example/1.jpg"}}
        return self._event(address, {"message": {"mid": f"m_{self.next_id()}", "attachments": [picture]}})

    def reaction(self, address: str, emoji: str, *, on: Sent | None = None) -> Event:
        """A reaction to our latest message, or to another one; empty: it is taken back."""
        given = {"action": "react", "emoji": emoji, "reaction": "like"} if emoji else {"action": "unreact"}
        return self._event(address, {"reaction": {"mid": self.reacted(address, on), **given}})

    def edited(self, event: Event, text: str) -> Event:
        """The new text under the message's id, with the number of the edit."""
        edit = {"mid": event["message"]["mid"], "text": text, "num_edit": 1}
        return self._event(event["sender"]["id"], {"message_edit": edit})

    def unknown(self, address: str) -> Event:
        """An event that is new."""
        return self._event(address, {"weather": {"sun": True}})

    def receipt(self, address: str) -> Event:
        """Somebody read what we wrote."""
        return self._event(address, {"read": {"watermark": 1}})

    def echo(self, address: str) -> Event:
        """Our own words come back."""
        event = self._event(self.account, {"message": {"mid": f"m_{self.next_id()}", "text": "re", "is_echo": True}})
        return event | {"recipient": {"id": address}}

    def entry(self, events: Sequence[Event]) -> dict[str, Any]:
        """Events of one account."""
        return {"id": self.account, "time": events[0].get("timestamp", 0), "messaging": list(events)}

    def read(self, body: Mapping[str, Any]) -> Sent:
        """A text with or without quick replies."""
        message = body["message"]
        self.limit(message["text"])
        replies = message.get("quick_replies", [])
        if len(replies) > 13:
            self.refuse(f"{len(replies)} quick replies")
        for reply in replies:
            self.within(reply["title"], 20, "title")
            self.within(reply["payload"], 1000, "payload")
        return Sent(body["recipient"]["id"], message["text"], [(reply["title"], reply["payload"]) for reply in replies])

    def limit(self, text: str) -> None:
        """Refuses a text that is too long."""
        self.within(text, 2000, "text")

    def _event(self, person: str, what: Mapping[str, Any], at: float | None = None) -> Event:
        moment = int((at or time.time()) * 1000)
        return {"sender": {"id": person}, "recipient": {"id": self.account}, "timestamp": moment, **what}


class Instagram(Messenger):
    """An Instagram account."""

    channel = "instagram"
    object = "instagram"
    account = "17841405822304914"
    name = ("username", "lamoon.studio")
    window_code = (10, 2534022)

    def unsent(self, event: Event) -> Event:
        """The message's id, and that it is deleted."""
        return self._event(event["sender"]["id"], {"message": {"mid": event["message"]["mid"], "is_deleted": True}})

    @property
    def path(self) -> str:
        """The token says whose messages these are."""
        return "/me/messages"

    def variables(self) -> dict[str, str]:
        """The gateway's settings."""
        mine = {"LAMOON_INSTAGRAM_TOKEN": self.token, "LAMOON_INSTAGRAM_ID": self.account}
        return Meta.variables(self) | mine

    def limit(self, text: str) -> None:
        """Refuses a text that is too long, in bytes."""
        if not 0 < len(text.encode()) <= 1000:
            self.refuse(f"text of {len(text.encode())} bytes")


def _error(status: int, code: int, subcode: int = 0, *, headers: Mapping[str, str] | None = None) -> Response:
    error = {"message": "(#0) what was sent", "code": code, "error_subcode": subcode, "fbtrace_id": "x"}
    return JSONResponse({"error": error}, status, headers)
