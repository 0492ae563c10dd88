"""Setting up: mail with a test letter, channels with their check, and the line for the studio's site."""

from __future__ import annotations

import asyncio
import html
import re

from starlette.responses import Response

from lamoon.booking.smtp import mailer_from, new_mail
from lamoon.channels.adapter import SendError
from lamoon.channels.setup import build_channels
from lamoon.desk.request import DeskRequest, action, page
from lamoon.desk.settings.first_steps import TEST_MAIL
from lamoon.desk.words import CHANNELS, day_and_time
from lamoon.errors import NotificationError
from lamoon.storage.time import now

SENT = "The test letter was accepted for {recipient}. Please look whether it has arrived, also among junk mail."
NOT_SENT = "The test letter was not sent: {why}."
NO_SERVER = (
    "No mail server is set, so nothing can be sent. Whoever runs the server sets LAMOON_SMTP_HOST (docs/settings.md)."
)
NO_RECIPIENT = "Nobody is named who gets requests. Please write an address under Name and contact first."
LETTER = (
    "This is a test letter of the assistant of {studio}.\n\nIf you read it, booking requests reach you at this address. "
    "{staff} sent it from the desk.\n"
)
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
BROWN = "#7a4b2f"


async def mail(visit: DeskRequest) -> Response:
    """Where mail goes, and a test letter."""
    return _mail(visit)


def _mail(visit: DeskRequest, problem: str = "", status: int = 200) -> Response:
    settings = visit.services.settings
    recipient = settings.notify_email or visit.services.studio.notify_email
    missing = NO_SERVER if not settings.smtp_host else NO_RECIPIENT if not recipient else ""
    server = f"{settings.smtp_host}:{settings.smtp_port}" if settings.smtp_host else ""
    return visit.render(
        "settings_mail.html.jinja",
        status,
        recipient=recipient,
        sender=settings.smtp_from,
        server=server,
        missing=missing,
        problem=problem,
    )


async def send_test(visit: DeskRequest) -> Response:
    """Sends a test letter to where requests go."""
    settings, studio = visit.services.settings, visit.services.studio
    mailer, recipient = mailer_from(settings), settings.notify_email or studio.notify_email
    if mailer is None or not recipient:
        return _mail(visit, status=409)
    text = LETTER.format(studio=studio.name, staff=visit.staff.name)
    key = f"test-{now():%Y%m%d%H%M%S%f}"
    letter = new_mail("Test letter", text, key=key, sender=mailer.sender, recipient=recipient, name=studio.name)
    try:
        await asyncio.to_thread(mailer.send, letter, recipient)
    except NotificationError as problem:
        return _mail(visit, NOT_SENT.format(why=problem), 502)
    await visit.audit(TEST_MAIL)
    return visit.redirect("/desk/settings/mail", SENT.format(recipient=recipient))


async def channels(visit: DeskRequest) -> Response:
    """The messaging channels: which are set up."""
    return _channels(visit, {})


def _channels(visit: DeskRequest, checked: dict[str, tuple[bool, str]]) -> Response:
    found = build_channels(visit.services.settings.channels)
    rows = [(CHANNELS.get(name, name), *checked.get(name, (True, "is set up"))) for name in found.adapters]
    rows += [(CHANNELS.get(name, name), False, why) for name, why in found.problems.items()]
    return visit.render("settings_channels.html.jinja", rows=rows)


async def check_channels(visit: DeskRequest) -> Response:
    """Asks each platform whether the studio's account works."""
    adapters = build_channels(visit.services.settings.channels).adapters

    async def ask(name: str) -> tuple[str, tuple[bool, str]]:
        try:
            return name, (True, f"works: {await adapters[name].check()}")
        except SendError as problem:
            return name, (False, str(problem))

    checked = dict(await asyncio.gather(*map(ask, adapters)))
    await visit.audit("settings.channels")
    return _channels(visit, checked)


async def widget(visit: DeskRequest) -> Response:
    """The look of the chat, the line for the studio's site, and where it was seen."""
    asked = visit.request.query_params
    accent = asked.get("accent", "") if COLOUR.fullmatch(asked.get("accent", "")) else BROWN
    position = "left" if asked.get("position") == "left" else "right"
    theme = asked.get("theme", "") if asked.get("theme") in ("light", "dark") else ""
    heading = " ".join(asked.get("heading", "").split())[:60]
    return visit.render(
        "settings_widget.html.jinja",
        accent=accent,
        position=position,
        theme=theme,
        heading=heading,
        line=snippet(str(visit.request.base_url).rstrip("/"), accent, position, theme, heading),
        allowed=visit.services.settings.allowed_origins,
        seen=await asyncio.to_thread(visit.services.sites.all),
        when=lambda at: day_and_time(at, zone=visit.services.studio.zone),
    )


def snippet(gateway: str, accent: str, position: str, theme: str, heading: str) -> str:
    """The line that shows the chat on a page; values that are the default are left out."""
    values = {"heading": heading, "accent": accent if accent != BROWN else "", "theme": theme}
    values["position"] = position if position == "left" else ""
    given = "".join(f' data-{name}="{html.escape(value)}"' for name, value in values.items() if value)
    return f'<script src="{html.escape(gateway)}/widget.js" async{given}></script>'


ROUTES = [
    page("/settings/mail", mail, "owner"),
    action("/settings/mail", send_test, "owner"),
    page("/settings/channels", channels, "owner"),
    action("/settings/channels", check_channels, "owner"),
    page("/settings/widget", widget, "owner"),
]
