"""Hands a mail to a mail server by SMTP. `SmtpMailer` is what a worker delivers with."""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from lamoon.booking.email import build_email
from lamoon.booking.outbox import Notice
from lamoon.errors import NotificationError
from lamoon.settings import Secret, Security, Settings

SECONDS = 15
"""How long to wait for each answer of the mail server."""

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

    `tls` checks the server's certificate; None means the machine's usual authorities.
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
        """Sends the notice's mail. Raises NotificationError, whose text holds nothing of the mail."""
        message = build_email(
            notice.request, key=notice.key, sender=self.sender, recipient=self.recipient, zone=self.zone
        )
        try:
            server = self._connected()
            try:
                server.send_message(message, self.sender, [self.recipient])
                with suppress(smtplib.SMTPException, OSError):  # taken already: a bad good-bye changes nothing
                    server.quit()
            finally:
                server.close()
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise _told(error) from None

    def _connected(self) -> smtplib.SMTP:
        """A connection that is encrypted and logged in as asked."""
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
    """The mailer of these settings; None when the mail server or the recipient is not known."""
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
    """What to call this machine in the greeting. Asks no name server, which could take long."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _told(error: Exception) -> NotificationError:
    """What went wrong, in words that are safe to log: a server's own text may quote the mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answered(max((answer[0] for answer in error.recipients.values()), default=0), "to the studio's address")
    for kind, what in ANSWERED:
        if isinstance(error, kind):
            return _answered(error.smtp_code, what)
    for told, problem in MISCONFIGURED:
        if isinstance(error, told):
            return NotificationError(problem, permanent=True)
    return NotificationError(f"the mail server cannot be reached or hung up ({type(error).__name__})")


def _answered(code: int, what: str) -> NotificationError:
    return NotificationError(f"the mail server answered {code} {what}", code=code, permanent=500 <= code < 600)
