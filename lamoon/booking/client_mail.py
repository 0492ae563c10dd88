"""Mails to clients: plain text, HTML, and a calendar file for an appointment; replies go to the studio."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from lamoon.booking.client_words import CANCELS, client_words
from lamoon.booking.invitation import Organizer, client_file
from lamoon.booking.outbox import DroppedError, Notice
from lamoon.booking.smtp import SmtpMailer, attach_calendar, new_mail
from lamoon.storage.time import now
from lamoon.studio import Studio

WITH_FILE = ("confirmed", "changed", *CANCELS)


def organizer_of(studio: Studio, sender: str) -> Organizer:
    """Return the studio as the sender of calendar files: replies go to its address, or to the sender's if it has
    none.
    """
    return Organizer(studio.name, studio.email or sender, studio.address, studio.zone)


@dataclass(frozen=True)
class ClientMail:
    """Deliver notices to clients who gave an e-mail address."""

    mailer: SmtpMailer
    studio: Studio

    def __call__(self, notice: Notice) -> None:
        """Send the mail.

        Raises:
            NotificationError: when it was not accepted; the text quotes nothing of it.
            DroppedError: when the request has no address to send it to.
        """
        if not notice.request.contact.email:
            raise DroppedError("no e-mail address was given")
        self.mailer.send(build_client_email(notice, self.studio, self.mailer.sender), notice.request.contact.email)


def build_client_email(notice: Notice, studio: Studio, sender: str, sent: datetime | None = None) -> EmailMessage:
    """Build the mail for a notice. `sent`: the Date header and the stamp of the calendar file, aware; by default
    now.
    """
    words = client_words(notice, studio)
    message = new_mail(
        words.subject,
        words.plain,
        key=notice.key,
        sender=sender,
        recipient=notice.request.contact.email,
        reply_to=studio.email,
        name=studio.name,
        sent=sent,
    )
    message.add_alternative(words.html, subtype="html", cte="quoted-printable")
    if notice.about in WITH_FILE and notice.stage.appointment:
        organizer, cancels = organizer_of(studio, sender), notice.about in CANCELS
        file = client_file(notice.request, notice.stage, organizer, cancels=cancels, stamp=sent or now())
        attach_calendar(message, file)
    return message
