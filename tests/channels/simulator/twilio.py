"""Twilio's REST API with its limits, and its webhooks: forms that are signed with the gateway's public address."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from twilio.request_validator import RequestValidator

from channels.simulator.platform import Event, Fault, LimitError, Sent, Simulator, shown_by_whatsapp

SID = "AC" + "0123456789abcdef" * 2
TOKEN = "fedcba9876543210" * 2
PUBLIC = "https://chat.example.com"
ADDRESS = f"{PUBLIC}/webhooks/twilio"
ACCOUNT = f"/2010-04-01/Accounts/{SID}"
SENDER = "+12125550147"


class Sms(Simulator):
    """A number that takes text messages."""

    platform = "twilio"
    channel = "sms"
    tells_time = False
    has_buttons = False
    has_reactions = False
    gone_code = 21610
    prefix = ""

    def routes(self) -> Iterable[BaseRoute]:
        """Sending, and asking about the account."""
        yield Route(f"{ACCOUNT}/Messages.json", self._message, methods=["POST"])
        yield Route(f"{ACCOUNT}.json", self._about, methods=["GET"])

    def variables(self) -> dict[str, str]:
        """The gateway's settings."""
        return self.account() | {"LAMOON_TWILIO_FROM": SENDER}

    def account(self) -> dict[str, str]:
        """Those of the account."""
        return {
            "LAMOON_TWILIO_SID": SID,
            "LAMOON_TWILIO_TOKEN": TOKEN,
            "LAMOON_TWILIO_API": self.serving.url,
            "LAMOON_PUBLIC_URL": PUBLIC,
        }

    def address(self, number: int) -> str:
        """A phone number."""
        return f"+1917555{self.number(number):04d}"

    def text(self, address: str, text: str, *, at: float | None = None) -> Event:
        """A message."""
        people = {"From": self.prefix + address, "To": self.prefix + SENDER}
        return {"MessageSid": f"SM{self.next_id():032x}", "AccountSid": SID, **people, "Body": text, "NumMedia": "0"}

    def media(self, address: str) -> Event:
        """A picture."""
        return self.text(address, "") | {"NumMedia": "1", "MediaUrl0": "https://media.example/1"}

    def unknown(self, address: str) -> Event:
        """A message by a way that is new."""
        return self.text(address, "new") | {"From": f"rcs:{address}", "To": "rcs:studio"}

    def receipt(self, address: str) -> Event:
        """Somebody's phone got our message."""
        return {"MessageSid": "SM1", "MessageStatus": "delivered", "To": address, "From": SENDER}

    def lose(self, sent: Sent, code: int) -> int:
        """Calls the address that was given along."""
        return self.post(*self.failed(sent, code), sent.report.removeprefix(ADDRESS))

    def failed(self, sent: Sent, code: int) -> tuple[dict[str, str], bytes]:
        """The request by which a message that was taken is told to be lost."""
        people = {"To": self.prefix + sent.address, "From": self.prefix + SENDER}
        report = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": str(code), **people}
        return self.sign(report, address=sent.report)

    def blocked(self, address: str) -> Event:
        """Somebody wants no more messages, which Twilio sees to by itself."""
        return self.text(address, "STOP") | {"OptOutType": "STOP"}

    def request(self, events: Sequence[Event], *, signed: bool = True) -> tuple[dict[str, str], bytes]:
        """One message a request."""
        (form,) = events
        return self.sign(form, TOKEN if signed else "0" * 32)

    def sign(self, form: Mapping[str, str], token: str = TOKEN, address: str = ADDRESS) -> tuple[dict[str, str], bytes]:
        """Headers and body of a request to this address."""
        fields = {name: str(value) for name, value in form.items()}
        signature = RequestValidator(token).compute_signature(address, fields)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
        return headers, urlencode(fields).encode()

    def failure(self, fault: Fault) -> Response:
        """As Twilio words it."""
        if fault.blocked:
            return _error(400, 21610)
        headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
        return _error(fault.status or 500, 20429 if fault.status == 429 else 20500, headers)

    async def _message(self, request: Request) -> Response:
        if not _is_authorised(request):
            return _error(401, 20003)
        form = await request.form()
        try:
            sent = self._read({name: str(value) for name, value in form.items()})
        except LimitError:
            return _error(400, 21617)
        return await self.take(sent, JSONResponse({"sid": f"SM{self.next_id()}", "status": "queued"}, 201))

    def _read(self, form: Mapping[str, str]) -> Sent:
        if form["From"] != self.prefix + SENDER or not form["To"].startswith(f"{self.prefix}+"):
            self.refuse("numbers of another channel")
        if "ContentSid" in form:
            values = " | ".join(json.loads(form["ContentVariables"]).values())
            text = f"[{form['ContentSid']}] {values}"
            return Sent(form["To"].removeprefix(self.prefix), text, report=form["StatusCallback"])
        if not 0 < len(form["Body"]) <= 1600:
            self.refuse(f"text of {len(form['Body'])} characters")
        if not form["StatusCallback"].startswith(f"{ADDRESS}?"):
            self.refuse("reports would go to another address")
        shown = shown_by_whatsapp(form["Body"]) if self.prefix else form["Body"]
        return Sent(form["To"].removeprefix(self.prefix), shown, report=form["StatusCallback"])

    async def _about(self, request: Request) -> Response:
        if not _is_authorised(request):
            return _error(401, 20003)
        return JSONResponse({"sid": SID, "status": "active"})


class TwilioWhatsApp(Sms):
    """A WhatsApp number at Twilio."""

    channel = "twilio_whatsapp"
    prefix = "whatsapp:"

    def variables(self) -> dict[str, str]:
        """The gateway's settings."""
        return self.account() | {"LAMOON_TWILIO_WHATSAPP_FROM": self.prefix + SENDER}


def _is_authorised(request: Request) -> bool:
    expected = base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
    return request.headers.get("authorization") == f"Basic {expected}"


def _error(status: int, code: int, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"code": code, "message": "what was sent", "status": status}, status, headers)
