"""The e-mail to the studio about a request, and its delivery by SMTP."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from lamoon.booking.form import details
from lamoon.booking.outbox import Notice
from lamoon.booking.request import BookingRequest, DisclosedCondition
from lamoon.errors import NotificationError
from lamoon.settings import Secret, Security, Settings
from lamoon.storage.time import now

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
    """Builds the e-mail. `key` identifies repeated attempts, `zone` is that of the times in it, `sent` the Date header."""
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
    """Whether the e-mail is marked HOLD. A message for the team needs the mark only when it mentions health."""
    return request.hold and (request.kind == "booking" or request.screening != "not_asked" or bool(request.conditions))


def subject(request: BookingRequest) -> str:
    """Such as "HOLD: Booking request LM-7K3F9, Maria"."""
    mark = "HOLD: " if marked(request) else ""
    return f"{mark}{TITLES[request.kind]} {request.reference}, {request.name}"


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
        "A program noted what was said about health: it is no diagnosis.",
    ]


SECONDS = 15
"""Timeout of each response of the mail server."""

ANSWERED: tuple[tuple[type[smtplib.SMTPResponseException], str], ...] = (
    (smtplib.SMTPAuthenticationError, "to the user name and password"),
    (smtplib.SMTPSenderRefused, "to the sender's address"),
    (smtplib.SMTPResponseException, "to the mail"),
)
MISCONFIGURED: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPNotSupportedError, "the mail server does not offer the encryption or log-in asked for"),
    (ssl.SSLCertVerificationError, "the mail server's certificate is not one to trust"),
)


@dataclass(frozen=True)
class SmtpMailer:
    """Delivers notices from `sender` to `recipient` through the mail server at `host`:`port`.

    `tls` checks the server's certificate; None uses the system's certificate authorities.
    """

    host: str
    port: int
    sender: str
    recipient: str
    security: Security = "starttls"
    user: str = ""
    password: Secret = field(default_factory=Secret)
    zone: tzinfo = UTC
    seconds: float = SECONDS
    tls: ssl.SSLContext | None = None

    def __call__(self, notice: Notice) -> None:
        """Sends the notice's e-mail. Raises NotificationError, whose text holds nothing of it."""
        self.send(
            build_email(notice.request, key=notice.key, sender=self.sender, recipient=self.recipient, zone=self.zone)
        )

    def send(self, message: EmailMessage) -> None:
        """Sends an e-mail to the recipient. Raises NotificationError, whose text holds nothing of it."""
        try:
            server = self._connected()
            try:
                server.send_message(message, self.sender, [self.recipient])
                with suppress(smtplib.SMTPException, OSError):  # accepted already: a failed QUIT changes nothing
                    server.quit()
            finally:
                server.close()
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise _translating_errors(error) from None

    def _connected(self) -> smtplib.SMTP:
        """An encrypted, logged-in connection, as configured."""
        tls = self.tls or ssl.create_default_context()
        server: smtplib.SMTP
        if self.security == "ssl":
            server = smtplib.SMTP_SSL(self.host, self.port, _own_name(), timeout=self.seconds, context=tls)
        else:
            server = smtplib.SMTP(self.host, self.port, _own_name(), timeout=self.seconds)
        try:
            if self.security == "starttls":
                server.starttls(context=tls)
            if self.user:
                server.login(self.user, self.password.reveal())
        except BaseException:
            server.close()
            raise
        return server


def mailer_from(settings: Settings, recipient: str, zone: tzinfo) -> SmtpMailer | None:
    """The mailer for these settings; None when the mail server or the recipient is not set."""
    if not (settings.smtp_host and recipient):
        return None
    return SmtpMailer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_from,
        recipient=recipient,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password,
        zone=zone,
    )


def _own_name() -> str:
    """This machine's name for EHLO. Does not query a name server, which could take long."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _translating_errors(error: Exception) -> NotificationError:
    """Describes failures in words that are safe to log: a server's own text may quote the e-mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answered(max((answer[0] for answer in error.recipients.values()), default=0), "to the studio's address")
    for kind, what in ANSWERED:
        if isinstance(error, kind):
            return _answered(error.smtp_code, what)
    for kinds, problem in MISCONFIGURED:
        if isinstance(error, kinds):
            return NotificationError(problem, permanent=True)
    return NotificationError(f"the mail server cannot be reached or hung up ({type(error).__name__})")


def _answered(code: int, what: str) -> NotificationError:
    return NotificationError(f"the mail server answered {code} {what}", code=code, permanent=500 <= code < 600)
