"""Twilio: SMS, and WhatsApp for studios that have it there. Choices are numbered; answers go through the REST API.

Twilio obeys STOP and START itself and passes them on; they are recorded here.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator, add_port, remove_port

from lamoon.channels.adapter import (
    Adapter,
    ApiRequest,
    DeliveryFailure,
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
from lamoon.channels.attachments import Attachment, MediaKind
from lamoon.channels.opt_out import is_carrier_word
from lamoon.channels.rendering import joined, numbered, plain, runs, split, whatsapp_text
from lamoon.channels.window import OUTSIDE
from lamoon.contract import SAFETY
from lamoon.settings import ChannelSettings
from lamoon.text.clean import clean

SMS, WHATSAPP = "sms", "twilio_whatsapp"
PREFIXES = {SMS: "", WHATSAPP: "whatsapp:"}
"""Prefix of WhatsApp numbers."""
LONGEST = 1600
MOST_PARAMETERS = 200
STOP_WORDS = frozenset("cancel end optout quit revoke stop stopall unsubscribe".split())
"""Words that Twilio obeys by itself, as the whole message."""
START_WORDS = frozenset(("start", "unstop"))
HELP = "help"
HELP_WORDS = frozenset((HELP, "info"))
"""Words that Twilio answers by itself, for numbers in international form."""
NOT_ARRIVED = ("failed", "undelivered")
OURS = "message"
"""Query parameter of the status callback: our id of the message."""
_GONE = (21610, 21211, 21614)
_WINDOW = (63016,)
_NO_ACCESS = (20003,)
Form = ImmutableMultiDict[str, str]


class TwilioAccount:
    """An account. `public_url` is the gateway's address as Twilio knows it, which is part of what Twilio signs."""

    def __init__(self, sid: str, token: str, public_url: str, api: str) -> None:
        """Raises ValueError when `api` cannot be used."""
        self.sid = sid
        self.client = platform_client(api, auth=(sid, token))
        self.names: dict[str, str] = {}
        self._validator = RequestValidator(token)
        self.webhook = f"{public_url.rstrip('/')}/webhooks/twilio"
        address = urlsplit(self.webhook)
        # Twilio signs the URL with its port or without, depending on the product.
        self._addresses = {remove_port(address), add_port(address)}

    def verify(self, incoming: Incoming) -> bool:
        """Whether URL and form are signed with the account's token."""
        try:
            form = _form(incoming.body)
        except ValueError:
            return False
        given = incoming.headers.get("x-twilio-signature", "").encode()
        query = f"?{urlencode(incoming.query)}" if incoming.query else ""
        signatures = (self._validator.compute_signature(address + query, form) for address in self._addresses)
        return any(hmac.compare_digest(given, signature.encode()) for signature in signatures)

    def unpack(self, incoming: Incoming) -> list[tuple[str, Event]]:
        """A person's message to one of our numbers, or a delivery failure from it."""
        form = _form(incoming.body)
        try:
            if "MessageStatus" in form and "Body" not in form:
                name = self.names.get(form["From"])
                return [(name, event) for event in _undelivered(form, incoming.query)] if name else []
            name, person = self.names.get(form["To"]), form["From"]
            if name is None or not person.startswith(f"{PREFIXES[name]}+"):
                return []
            return [(name, event) for event in _parse_event(form, name, person.removeprefix(PREFIXES[name]))]
        except (KeyError, ValueError):
            raise ValueError("is not a message as Twilio describes it") from None


class Twilio:
    """One channel of an account: SMS or WhatsApp, from the number `sender`."""

    def __init__(self, account: TwilioAccount, name: str, sender: str) -> None:
        self.name = name
        self._account = account
        self._sender = PREFIXES[name] + sender
        account.names[self._sender] = name

    def handshake(self, incoming: Incoming) -> str | None:
        """Twilio sends no GET."""
        return None

    def verify(self, incoming: Incoming) -> bool:
        """See `TwilioAccount.verify`."""
        return self._account.verify(incoming)

    def unpack(self, incoming: Incoming) -> list[tuple[str, Event]]:
        """See `TwilioAccount.unpack`."""
        return self._account.unpack(incoming)

    def acknowledge(self, incoming: Incoming) -> dict[str, Any] | None:
        """An empty response: text in it would be sent to the person."""
        return None

    def render(self, outgoing: Outgoing) -> list[ApiRequest]:
        """Messages of at most 1,600 characters, with numbered choices."""
        if outgoing.is_late and outgoing.template:
            values = {str(number): value for number, value in enumerate(outgoing.template.values, 1)}
            content = {"ContentSid": outgoing.template.name, "ContentVariables": json.dumps(values)}
            return [content | {"StatusCallback": self._report(outgoing)}]
        starred = self.name == WHATSAPP and outgoing.kind not in SAFETY
        write = whatsapp_text if starred else plain
        titles = [title for title, _ in outgoing.choices]
        whole = joined(runs(outgoing.body), numbered(titles) if titles else ())
        report = self._report(outgoing)
        parts = split(whole, LONGEST, lambda some: len(write(some)))
        return [{"Body": write(part), "StatusCallback": report} for part in parts]

    def _report(self, outgoing: Outgoing) -> str:
        """Where Twilio is to say what became of a message."""
        return f"{self._account.webhook}?{urlencode({OURS: outgoing.message_id})}"

    async def send(self, address: str, part: ApiRequest) -> str:
        """Sends one message; Twilio's id of it. Raises SendError."""
        path = f"/2010-04-01/Accounts/{self._account.sid}/Messages.json"
        form = {"From": self._sender, "To": PREFIXES[self.name] + address, **part}
        answer = await call(self._account.client, "POST", path, data=form)
        if not answer.is_success:
            raise _error(answer)
        return str(json_object(answer).get("sid", ""))

    async def check(self) -> str:
        """Asks for the account's state. Raises SendError."""
        answer = await call(self._account.client, "GET", f"/2010-04-01/Accounts/{self._account.sid}.json")
        if not answer.is_success:
            raise _error(answer)
        status = json_object(answer).get("status")
        if status != "active":
            raise SendError(f"the account is {status}", final=True)
        return f"The Twilio account works and answers from {self._sender}."


def _form(body: bytes) -> Form:
    """Raises ValueError when it is not a form."""
    return Form(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_PARAMETERS))


def _parse_event(form: Form, name: str, person: str) -> Iterator[IncomingEvent]:
    event, text = form["MessageSid"], form.get("Body", "")
    obeyed = form.get("OptOutType", "").lower()
    word = text.strip().lower()
    keyword = obeyed or (word if name == SMS or word in START_WORDS else "")
    if obeyed == HELP or (name == SMS and not obeyed and word in HELP_WORDS):
        return  # Twilio has answered
    if keyword in STOP_WORDS:
        yield IncomingEvent(event, person, "blocked")
    elif keyword in START_WORDS:
        yield IncomingEvent(event, person, "start")
    elif name == SMS and is_carrier_word(text):
        yield IncomingEvent(event, person, "stop")  # "STOP!" and "Arrêt", which Twilio passes on without obeying
    elif name == SMS and (tapback := _tapback(text)) is not None:
        yield from _reaction(event, person, *tapback)
    else:
        attachments = _attachments(form)
        if text or not attachments:
            yield IncomingEvent(event, person, command_or_text(text), text)
        for number, sent in enumerate(attachments):
            yield IncomingEvent(f"{event}/media{number or ''}", person, "media", sent=sent, captioned=bool(text))


# Phones write reactions to text messages as sentences: iPhones by their name or an emoji, Android by an emoji.
_TAPBACK = re.compile(
    r"(?:(?P<name>liked|loved|disliked|laughed at|emphasi[sz]ed|questioned)|(?:reacted )?(?P<emoji>\W{1,8}?) to)"
    r"\s+[\u201c\"](?P<quote>.+)[\u201d\"]\W*",
    re.IGNORECASE | re.DOTALL,
)
_REMOVED = re.compile(r"removed an? .{1,40} from [\u201c\"].+[\u201d\"]\W*", re.IGNORECASE | re.DOTALL)
_EMOJI = {"liked": "👍", "loved": "❤", "disliked": "👎", "laughed at": "😂"}


def _tapback(text: str) -> tuple[str, str] | None:
    """The emoji of a reaction and the words it reacts to; an empty emoji where it was taken back or says nothing."""
    plain = clean(text)  # Android puts invisible characters around the emoji
    if _REMOVED.fullmatch(plain):
        return "", ""
    found = _TAPBACK.fullmatch(plain)
    return (found["emoji"] or _EMOJI.get(found["name"].lower(), ""), found["quote"]) if found else None


def _reaction(event: str, person: str, emoji: str, quote: str) -> Iterator[IncomingEvent]:
    if emoji:
        yield IncomingEvent(event, person, "reaction", emoji.strip(), quote=quote)


MEDIA: Mapping[str, tuple[str, MediaKind]] = {
    "image": ("Picture", "picture"),
    "video": ("Video", "picture"),
    "audio": ("Voice message", "voice"),
    "application": ("Document", "document"),
    "text": ("Document", "document"),
    "text/vcard": ("Contact card", "card"),
    "text/x-vcard": ("Contact card", "card"),
}
"""Types of files, with what staff read and how they are answered."""


def _attachments(form: Form) -> list[Attachment]:
    """Files and a place. The links work for whoever is signed in at Twilio, or for all, as the account is set up."""
    found = []
    for number in range(int(form.get("NumMedia") or 0)):
        kind = form.get(f"MediaContentType{number}", "").lower()
        label, answered_as = MEDIA.get(kind) or MEDIA.get(kind.partition("/")[0]) or ("Something else", "other")
        found.append(Attachment(label, answered_as, link=form.get(f"MediaUrl{number}", "")))
    if form.get("Latitude"):
        named = (form.get("Label"), form.get("Address"), f"{form['Latitude']}, {form.get('Longitude', '')}")
        found.append(Attachment("Place", "place", ", ".join(filter(None, named))))
    return found


def _undelivered(form: Form, query: Mapping[str, str]) -> Iterator[DeliveryFailure]:
    """A status report, when it reports failure."""
    if form["MessageStatus"] in NOT_ARRIVED and OURS in query:
        code = int(form.get("ErrorCode") or 0)
        other = SendError(f"Twilio could not deliver it (code {code})", final=True)
        yield DeliveryFailure(int(query[OURS]), _lasting_error(code) or other)


def _lasting_error(code: int | None) -> SendError | None:
    """What a code says about the person, in a response or a report; None where it says nothing."""
    if code in _GONE:
        return SendError(f"the person gets no messages from us, says Twilio (code {code})", blocked=True)
    return SendError(OUTSIDE, final=True) if code in _WINDOW else None


def _error(answer: httpx.Response) -> SendError:
    """Twilio's texts are left out: they quote the person's number."""
    code = json_object(answer).get("code")
    if lasting := _lasting_error(code):
        return lasting
    if code in _NO_ACCESS:
        return SendError(f"account and auth token do not fit together (code {code})")
    return refusal(answer, f"code {code}")


_SID = re.compile(r"AC[0-9a-f]{32}")
_SECRET = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_SHORT_CODE = re.compile(r"\d{3,8}")


def build(settings: ChannelSettings) -> PlatformSetup:
    """Twilio's channels, or what is missing or wrong in their settings."""
    senders = {SMS: settings.twilio_from, WHATSAPP: settings.twilio_whatsapp_from.removeprefix(PREFIXES[WHATSAPP])}
    wanted = {name: sender for name, sender in senders.items() if sender}
    if not wanted:
        unused = settings.twilio_sid or settings.twilio_token
        return PlatformSetup(
            problems={"twilio": "neither LAMOON_TWILIO_FROM nor its WhatsApp twin is set"} if unused else {}
        )
    problem = _account_problem(settings)
    if problem:
        return PlatformSetup(problems=dict.fromkeys(wanted, problem))
    try:
        account = TwilioAccount(
            settings.twilio_sid, settings.twilio_token.reveal(), settings.public_url, settings.twilio_api
        )
    except ValueError as error:
        return PlatformSetup(problems=dict.fromkeys(wanted, f"LAMOON_TWILIO_API: {error}"))
    wrong = {name: _sender_problem(name) for name, sender in wanted.items() if not _is_sender(name, sender)}
    adapters: list[Adapter] = [Twilio(account, name, wanted[name]) for name in wanted if name not in wrong]
    return PlatformSetup(adapters, wrong)


def _account_problem(settings: ChannelSettings) -> str:
    if not _SID.fullmatch(settings.twilio_sid):
        return "LAMOON_TWILIO_SID is missing or not an account SID: AC and 32 digits or letters a to f"
    if not _SECRET.fullmatch(settings.twilio_token.reveal()):
        return "LAMOON_TWILIO_TOKEN is missing or not an auth token: 32 digits or letters a to f"
    if urlsplit(settings.public_url).scheme not in ("http", "https"):
        return "LAMOON_PUBLIC_URL is missing: Twilio signs the address, so the gateway has to know its own"
    return ""


def _is_sender(name: str, sender: str) -> bool:
    return bool(_NUMBER.fullmatch(sender) or (name == SMS and _SHORT_CODE.fullmatch(sender)))


def _sender_problem(name: str) -> str:
    variable = "LAMOON_TWILIO_FROM" if name == SMS else "LAMOON_TWILIO_WHATSAPP_FROM"
    return f"{variable} is not a phone number such as +12125550147"
