"""The mail to the studio about one request.

Visitors' words stand on lines that start with "> ", each on one line (BookingRequest sees to that), so that nobody can
write a line that looks like ours. In headers only the name appears in the subject, and the e-mail address as Reply-To.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from lamoon.booking.answer import clean
from lamoon.booking.questions import details
from lamoon.booking.request import BookingRequest, Condition, now

TITLES = {"booking": "Booking request", "handoff": "Message for the team"}
SCREENING = {
    "no": "answered no",
    "yes": "answered YES, without saying what it is: please ask before you confirm",
    "details": "answered, in the words below",
    "not_asked": "not asked yet: please ask it before you book anything",
}


def build_email(
    request: BookingRequest, *, key: str, sender: str, recipient: str, zone: tzinfo = UTC, sent: datetime | None = None
) -> EmailMessage:
    """The mail. `key` makes repeated attempts recognisable, `zone` is for the times in it, `sent` for its Date."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = subject(request)
    message["Date"] = format_datetime(sent or now())
    message["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    message["X-Idempotency-Key"] = key
    message["Auto-Submitted"] = "auto-generated"
    if request.contact.email.isascii() and request.contact.email:
        message["Reply-To"] = request.contact.email
    message.set_content(body(request, zone), cte="quoted-printable")
    return message


def marked(request: BookingRequest) -> bool:
    """Whether the mail is marked HOLD. A message for the team needs the mark only when health was mentioned in it."""
    return request.hold and (request.kind == "booking" or request.screening != "not_asked" or bool(request.conditions))


def subject(request: BookingRequest) -> str:
    """Such as "HOLD: Booking request LM-7K3F9, Maria"."""
    mark = "HOLD: " if marked(request) else ""
    return f"{mark}{TITLES[request.kind]} {request.reference}, {clean(request.name)}"


def body(request: BookingRequest, zone: tzinfo = UTC) -> str:
    """The text, also shown by `lamoon requests show`."""
    parts = (_head(request, zone), _who(request), _wish(request), _details(request), _health(request), _foot(request))
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _head(request: BookingRequest, zone: tzinfo) -> list[str]:
    received = request.created_at.astimezone(zone)
    hold = ["HOLD: a person has to look at the health notes below before anything is confirmed.", ""]
    return [
        *(hold if marked(request) else []),
        f"{TITLES[request.kind]} {request.reference}",
        f"Received {received:%Y-%m-%d %H:%M} ({zone})",
        "Nothing is confirmed: the assistant has promised no time and no price.",
    ]


def _who(request: BookingRequest) -> list[str]:
    lines = [f"Name: {request.name}"]
    lines += [f"E-mail: {request.contact.email}"] if request.contact.email else []
    check = " (in no range known to be in use: please check it)" if request.contact.phone_unusual else ""
    lines += [f"Phone: {request.contact.phone}{check}"] if request.contact.phone else []
    return lines


def _wish(request: BookingRequest) -> list[str]:
    asked = "What they would like, and when" if request.kind == "booking" else "What they would like to say or ask"
    return [f"{asked}, in their own words:", f"> {request.wish}"]


def _details(request: BookingRequest) -> list[str]:
    return [line for _, label, answer in details(request) for line in (f"{label}, in their own words:", f"> {answer}")]


def _health(request: BookingRequest) -> list[str]:
    lines = [f"Health question: {SCREENING[request.screening]}."]
    lines += [f"> {request.health_words}"] if request.health_words else []
    lines += ["", "Mentioned about their health, open:", *_conditions(request.conditions)] if request.conditions else []
    lines += (
        ["", "Mentioned and taken back, for the record:", *_conditions(request.retracted)] if request.retracted else []
    )
    return lines


def _conditions(conditions: Iterable[Condition]) -> Iterable[str]:
    for condition in conditions:
        yield f"- {condition.id.replace('_', ' ')}{' (holds the booking)' if condition.hold else ''}"
        if condition.words:
            yield f"  > {condition.words}"


def _foot(request: BookingRequest) -> list[str]:
    return [
        f"Passed on by the assistant ({request.channel}) with the visitor's consent.",
        "A program noted what was said about health: it is no diagnosis.",
    ]
