"""The e-mail to the studio about a request: the visitor's answers, and later events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.message import EmailMessage

from lamoon.booking.form import details
from lamoon.booking.invitation import Organizer, tentative_file
from lamoon.booking.notices import About
from lamoon.booking.outbox import Notice
from lamoon.booking.request import BookingRequest, DisclosedCondition
from lamoon.booking.smtp import SmtpMailer, attach_calendar, new_mail
from lamoon.storage.time import now

TITLES = {"booking": "Booking request", "handoff": "Message for the team"}
NEWS: dict[About, tuple[str, str]] = {
    "added": ("Added", "The client has added to this request:"),
    "change_asked": ("Change asked", "The client asks for a change. Please answer at the desk:"),
    "withdrawn": ("Withdrawn", "The client withdraws this request. Nothing is left to do."),
    "comes": ("Coming", "The client answered the reminder: they are coming."),
}
"""Subject prefix and first line of notices about a request that the studio already knows."""
SCREENING = {
    "no": "answered no",
    "yes": "answered YES, without saying what it is: please ask before you confirm",
    "details": "answered, in the words below",
    "not_asked": "not asked yet: please ask it before you book anything",
}


@dataclass(frozen=True)
class StudioMail:
    """Deliver notices to the studio's address `recipient`; `organizer` has its time zone."""

    mailer: SmtpMailer
    recipient: str
    organizer: Organizer

    def __call__(self, notice: Notice) -> None:
        """Send the notice's e-mail. Raises NotificationError, whose text quotes nothing of it."""
        built = build_email(notice, sender=self.mailer.sender, recipient=self.recipient, organizer=self.organizer)
        self.mailer.send(built, self.recipient)


def build_email(
    notice: Notice, *, sender: str, recipient: str, organizer: Organizer, sent: datetime | None = None
) -> EmailMessage:
    """Build the e-mail, with a tentative calendar file if the wish names a day. `sent`: the Date header."""
    request = notice.request
    message = new_mail(
        subject(request, notice.about),
        "\n\n".join(filter(None, (_news(notice, organizer.zone), body(request, organizer.zone)))),
        key=notice.key,
        sender=sender,
        recipient=recipient,
        reply_to=request.contact.email,
        sent=sent,
    )
    file = tentative_file(request, organizer, sent or now()) if notice.about == "request" else None
    if file:
        attach_calendar(message, file)
    return message


def _news(notice: Notice, zone: tzinfo) -> str:
    """Return the news about a request that the studio already knows; the client's words are quoted, so that they cannot
    forge a line.
    """
    if notice.about not in NEWS:
        return ""
    quoted = [f"> {line}" for line in notice.words.splitlines() if line.strip()]
    agreed = notice.stage.appointment
    at = [f"Appointment: {agreed.said(zone)}"] if agreed else []
    return "\n".join([NEWS[notice.about][1], *quoted, *at])


def subject(request: BookingRequest, about: About = "request") -> str:
    """Return the subject, such as "HOLD: Booking request LM-7K3F9, Maria"."""
    mark = "HOLD: " if request.waits_for_review and about not in ("withdrawn", "comes") else ""
    news = f"{NEWS[about][0]}: " if about in NEWS else ""
    return f"{mark}{news}{TITLES[request.kind]} {request.reference}, {request.name}"


def body(request: BookingRequest, zone: tzinfo = UTC) -> str:
    """Return the text, also shown by `lamoon requests show`."""
    parts = (_head(request, zone), _who(request), _wish(request), _details(request), _health(request), _foot(request))
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _head(request: BookingRequest, zone: tzinfo) -> list[str]:
    received = request.created_at.astimezone(zone)
    hold = ["HOLD: a person has to look at the health notes below before anything is confirmed.", ""]
    return [
        *(hold if request.waits_for_review else []),
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
    if request.kind == "booking":
        return ["What they would like, and when:", f"> {request.wish}"]
    return ["What they would like to say or ask, in their own words:", f"> {request.wish}"]


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


def _conditions(conditions: Iterable[DisclosedCondition]) -> Iterable[str]:
    for condition in conditions:
        yield f"- {condition.id.replace('_', ' ')}{' (holds the booking)' if condition.hold else ''}"
        if condition.words:
            yield f"  > {condition.words}"


def _foot(request: BookingRequest) -> list[str]:
    return [
        f"Passed on by the assistant ({request.channel}) with the visitor's consent.",
        "A program noted what was said about health: it is not a diagnosis.",
    ]
