"""Mail: the common parts of all our mails, and their delivery by SMTP."""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from lamoon.booking.invitation import CalendarFile
from lamoon.environment import Secret
from lamoon.errors import NotificationError
from lamoon.settings import Security, Settings
from lamoon.storage.time import now


def new_mail(
    subject: str, text: str, *, key: str, sender: str, recipient: str, reply_to: str = "", name: str = "",
    sent: datetime | None = None,
) -> EmailMessage:  # fmt: skip
    """A mail with a plain text part.

    Args:
        subject, text: the contents.
        key: identifies repeated attempts, in Message-ID and X-Idempotency-Key.
        sender, recipient: addresses.
        reply_to: an address; left out if empty, because many mail servers would refuse it.
        name: display name of the sender.
        sent: the Date header, aware; by default now.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((name, sender)) if name else sender
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(sent or now())
    message["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    message["X-Idempotency-Key"] = key
    message["Auto-Submitted"] = "auto-generated"
    if reply_to and reply_to.isascii():
        message["Reply-To"] = reply_to
    message.set_content(text, cte="quoted-printable")
    return message


def attach_calendar(message: EmailMessage, file: CalendarFile) -> None:
    """Attach a calendar file in the form that mail programs recognise."""
    message.add_attachment(
        file.content,
        "text",
        "calendar",
        cte="base64",
        filename="appointment.ics",
        params={"method": file.method, "charset": "utf-8"},
    )


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
    """Hand mails from `sender` to the mail server at `host`:`port`.

    `tls` checks the server's certificate; None uses the system's certificate authorities.
    """

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str = ""
    password: Secret = field(default_factory=Secret)
    seconds: float = SECONDS
    tls: ssl.SSLContext | None = None

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Send a mail to one address. Raises NotificationError, whose text quotes nothing of it."""
        try:
            server = self._connected()
            try:
                server.send_message(message, self.sender, [recipient])
                with suppress(smtplib.SMTPException, OSError):  # accepted already: a failed QUIT changes nothing
                    server.quit()
            finally:
                server.close()
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise _translating_errors(error) from None

    def check(self) -> None:
        """Connect and log in, and send nothing. Raises NotificationError."""
        try:
            server = self._connected()
            try:
                server.noop()
            finally:
                server.close()
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise _translating_errors(error) from None

    def _connected(self) -> smtplib.SMTP:
        """Open an encrypted, logged-in connection, as configured."""
        tls = self.tls or (None if self.security == "none" else ssl.create_default_context())
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


def mailer_from(settings: Settings) -> SmtpMailer | None:
    """Return the mailer for these settings; None if no mail server is set."""
    if not settings.smtp_host:
        return None
    return SmtpMailer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_from,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password,
    )


def _own_name() -> str:
    """Return this machine's name for EHLO. Does not query a name server, which could take long."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _translating_errors(error: Exception) -> NotificationError:
    """Describe failures in words that are safe to log: a server's own text may quote the e-mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answered(
            max((answer[0] for answer in error.recipients.values()), default=0), "to the recipient's address"
        )
    for kind, what in ANSWERED:
        if isinstance(error, kind):
            return _answered(error.smtp_code, what)
    for kinds, problem in MISCONFIGURED:
        if isinstance(error, kinds):
            return NotificationError(problem, permanent=True)
    return NotificationError(f"the mail server cannot be reached or hung up ({type(error).__name__})")


def _answered(code: int, what: str) -> NotificationError:
    return NotificationError(f"the mail server answered {code} {what}", code=code, permanent=500 <= code < 600)
