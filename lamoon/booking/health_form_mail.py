"""The e-mail with the link to a health form, to the client.

The address in it is a secret, so the e-mail is built on sending and never stored.
"""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from lamoon.booking.request import BookingRequest
from lamoon.booking.smtp import mailer_from
from lamoon.errors import NotificationError
from lamoon.phrasebook import say
from lamoon.settings import Settings
from lamoon.storage.time import now
from lamoon.studio import Studio


def can_send_link(settings: Settings, request: BookingRequest) -> bool:
    """Return whether there is a mail server, and an e-mail address to send to."""
    return bool(settings.smtp_host and request.contact.email)


def send_link(settings: Settings, studio: Studio, request: BookingRequest, address: str, until: str) -> None:
    """Send the client the link. It blocks: call it in a thread.

    Args:
        settings: of the mail server.
        studio: the sender; replies go to its address.
        request: the request of the form.
        address: the link.
        until: the day on which it expires, in words.

    Raises:
        NotificationError: when there is no address, or the mail server does not accept it.
    """
    mailer, recipient = mailer_from(settings), request.contact.email
    if mailer is None or not recipient:
        raise NotificationError("no mail server is set, or the client gave no e-mail address", permanent=True)
    mailer.send(link_mail(settings.smtp_from, studio, request, address, until), recipient)


def link_mail(sender: str, studio: Studio, request: BookingRequest, address: str, until: str) -> EmailMessage:
    """Return the e-mail with the link; parameters as in `send_link`."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = request.contact.email
    message["Subject"] = say("form_mail_subject", studio=studio.name)
    message["Date"] = format_datetime(now())
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    if studio.email.isascii() and studio.email:
        message["Reply-To"] = studio.email
    text = say("form_mail", studio=studio.name, reference=request.reference, date=until)
    parts = (text, address, say("form_mail_end"), say("form_no_advice", emergency=studio.numbers.emergency))
    message.set_content("\n\n".join(parts) + "\n", cte="quoted-printable")
    return message
