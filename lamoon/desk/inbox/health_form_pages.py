"""Pages of the health form at the desk: its link, and what was filled in, to be read and printed."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from starlette.responses import Response

from lamoon.booking.changes import MissingError
from lamoon.booking.health_form import LONGEST, UNREAD, Signed, form_catalogue, groups, label
from lamoon.booking.health_form_mail import send_link
from lamoon.booking.health_form_store import Link, LinkError
from lamoon.checks import parse_int
from lamoon.desk import words
from lamoon.desk.inbox.health_form import address_of, forms_of
from lamoon.desk.inbox.pages import rendered
from lamoon.desk.inbox.request_pages import requests_of, show
from lamoon.desk.request import DeskRequest, action, page
from lamoon.errors import NotificationError
from lamoon.phrasebook import say
from lamoon.storage.encryption import EncryptionError
from lamoon.studio.model import spoken

log = logging.getLogger("lamoon.desk.health_form")

MOST_VERSIONS = 1_000_000


async def make_link(visit: DeskRequest) -> Response:
    """Makes the link, or prolongs it; `visit_at` is when the visit begins, where that is known."""
    return await _make(visit, "request.health_form_link", words.LINK_MADE)


async def replace_link(visit: DeskRequest) -> Response:
    """Makes a new link; the earlier one opens nothing any more."""
    return await _make(visit, "request.replace_health_form_link", words.LINK_REPLACED, replace=True)


async def send(visit: DeskRequest) -> Response:
    """Sends the link to the client by e-mail."""
    try:
        entry = await asyncio.to_thread(requests_of(visit).get, _reference(visit))
        link = await _link(visit)
        until = spoken(link.expires_at.astimezone(visit.services.studio.zone).date())
        settings, studio = visit.services.settings, visit.services.studio
        await asyncio.to_thread(send_link, settings, studio, entry.request, address_of(visit, link), until)
    except _WrongTimeError as error:
        return await show(visit, str(error), 422)
    except NotificationError as error:
        log.warning("The link to a health form was not sent: %s", error)
        return await show(visit, words.LINK_NOT_SENT, 503)
    except MissingError:
        return visit.error_page(words.NO_REQUEST, 404)
    await asyncio.to_thread(forms_of(visit.services).note_sent, link.reference)
    await visit.audit("request.send_health_form", link.reference)
    return visit.redirect(_place(visit), words.LINK_SENT)


async def mark_sent(visit: DeskRequest) -> Response:
    """Records that the team sent the link by its own means."""
    await asyncio.to_thread(forms_of(visit.services).note_sent, _reference(visit))
    await visit.audit("request.mark_health_form_sent", _reference(visit))
    return visit.redirect(_place(visit), words.LINK_MARKED)


async def read(visit: DeskRequest) -> Response:
    """A version of the form, the latest by default, to be read and printed. Each time is in the record."""
    forms, reference = forms_of(visit.services), _reference(visit)
    versions = (await asyncio.to_thread(forms.state, reference)).versions
    number = parse_int(visit.request.query_params.get("version", ""), 1, MOST_VERSIONS)
    chosen = next((one for one in reversed(versions) if number in (None, one.number)), None)
    if chosen is None:
        return visit.error_page(words.NO_FORM, 404)
    try:
        signed = await asyncio.to_thread(forms.get, reference, chosen.number)
    except EncryptionError as error:
        return visit.error_page(words.FORM_LOCKED.format(problem=error), 503)
    if signed is None:
        return visit.error_page(words.NO_FORM, 404)
    await visit.audit("request.read_health_form", reference, version=chosen.number)
    return rendered(
        visit,
        "health_form.html.jinja",
        reference=reference,
        versions=versions,
        chosen=chosen,
        signed=signed,
        day=spoken(signed.signed_on),
        conditions=_conditions(signed),
        texts=[name for name in LONGEST if getattr(signed.answers, name) and name not in ("guardian", "signature")],
        is_unread=signed.outcome == UNREAD,
        say=say,
    )


def _conditions(signed: Signed) -> list[tuple[str, list[tuple[str, bool, bool]]]]:
    """The conditions by severity: title, whether it was ticked (or found in the texts), whether it holds a booking.

    One that the catalogue no longer has is named by its id.
    """
    catalogue = form_catalogue()
    ticked = signed.answers.conditions
    ids = list(dict.fromkeys((*ticked, *signed.found)))
    sections = []
    for group in groups(catalogue):
        known = {one.id: one for one in group.conditions}
        rows = [(label(known[id]), id in ticked, known[id].hold) for id in ids if id in known]
        ids = [id for id in ids if id not in known]
        sections.append((say(f"form_group_{group.severity}"), rows))
    sections.append((words.OTHER_CONDITIONS, [(words.plainly(id), id in ticked, False) for id in ids]))
    return [(title, rows) for title, rows in sections if rows]


async def _make(visit: DeskRequest, action: str, done: str, *, replace: bool = False) -> Response:
    try:
        link = await _link(visit, replace=replace)
    except _WrongTimeError as error:
        return await show(visit, str(error), 422)
    except MissingError:
        return visit.error_page(words.NO_REQUEST, 404)
    await visit.audit(action, link.reference)
    return visit.redirect(_place(visit), done)


class _WrongTimeError(Exception):
    """The time of the visit cannot be read, or has passed."""


async def _link(visit: DeskRequest, *, replace: bool = False) -> Link:
    try:
        return await asyncio.to_thread(
            forms_of(visit.services).link, _reference(visit), _visit_at(visit), replace=replace
        )
    except LinkError as error:
        if error.reason == "expired":
            raise _WrongTimeError(words.VISIT_PASSED) from None
        raise MissingError("there is no such request") from None


def _visit_at(visit: DeskRequest) -> datetime | None:
    """The time in the field, at the studio; None when it is empty."""
    text = visit.text("visit_at")
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=visit.services.studio.zone)
    except ValueError:
        raise _WrongTimeError(words.WRONG_VISIT) from None


def _reference(visit: DeskRequest) -> str:
    return str(visit.request.path_params["reference"])


def _place(visit: DeskRequest) -> str:
    return f"/desk/inbox/requests/{_reference(visit)}"


_PATH = "/inbox/requests/{reference}/health-form"
ROUTES = [
    page(_PATH, read),
    action(f"{_PATH}/link", make_link),
    action(f"{_PATH}/replace-link", replace_link),
    action(f"{_PATH}/send", send),
    action(f"{_PATH}/mark-sent", mark_sent),
]
