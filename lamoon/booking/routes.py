"""The configured routes: the mapping from a notice's route to its delivery.

A route is any `Deliver`: it takes a notice and returns when that was accepted. It raises NotificationError to be
retried, and DroppedError if there is nothing left to deliver. Messages in conversations are delivered by the gateway
(`lamoon.channels.client_messages`), which alone can wake the open windows.
"""

from __future__ import annotations

from lamoon.booking.client_mail import ClientMail, organizer_of
from lamoon.booking.mail import StudioMail
from lamoon.booking.notices import Route
from lamoon.booking.outbox import Deliver
from lamoon.booking.smtp import mailer_from
from lamoon.booking.webhook import Webhook
from lamoon.settings import Settings
from lamoon.studio import Studio


def routes_of(settings: Settings, studio: Studio) -> dict[Route, Deliver]:
    """Return the routes of the worker; an unconfigured one is missing, and its notices wait."""
    routes: dict[Route, Deliver] = {}
    mailer, recipient = mailer_from(settings), settings.notify_email or studio.notify_email
    if mailer and recipient:
        routes["studio_email"] = StudioMail(mailer, recipient, organizer_of(studio, mailer.sender))
    if mailer:
        routes["client_email"] = ClientMail(mailer, studio)
    if settings.webhook_url:
        routes["webhook"] = Webhook(settings.webhook_url, settings.webhook_secret)
    return routes
