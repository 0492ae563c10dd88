"""Pages of requests: their status, and the hold, which only these pages can lift."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from lamoon.booking.form import answers
from lamoon.desk import words
from lamoon.desk.health_form import form_view
from lamoon.desk.inbox_pages import rendered, whole
from lamoon.desk.request import DeskRequest, action, page
from lamoon.desk.requests import MOST_ROWS, STATUSES, Entry, HeldError, MissingError, Requests
from lamoon.rasa_client import RasaError

MOST_REASON = 500


def requests_of(visit: DeskRequest) -> Requests:
    """The requests as the team handles them."""
    return Requests(visit.services.bookings.database)


async def requests(visit: DeskRequest) -> Response:
    """The newest requests."""
    asked = visit.request.query_params
    status = next((known for known in STATUSES if known == asked.get("status")), None)
    entries = await asyncio.to_thread(requests_of(visit).latest, status, whole(visit, "before"))
    older = entries[-1].id if len(entries) == MOST_ROWS else 0
    return rendered(visit, "inbox_requests.html.jinja", entries=entries, chosen=status, older=older)


async def request(visit: DeskRequest) -> Response:
    """One request."""
    try:
        return await show(visit)
    except MissingError:
        return visit.error_page(words.NO_REQUEST, 404)


async def set_status(visit: DeskRequest) -> Response:
    """Sets a request's status."""
    status = next((known for known in STATUSES if known == visit.text("status")), None)
    if status is None:
        return visit.error_page("This status does not exist.", 422)
    try:
        await asyncio.to_thread(requests_of(visit).set_status, _reference(visit), status, visit.staff.name)
    except HeldError:
        return await show(visit, words.HELD, 409)
    except MissingError:
        return visit.error_page(words.NO_REQUEST, 404)
    await visit.audit("request.status", _reference(visit), status=status)
    return visit.redirect(_place(visit), words.STATUS_SET.format(status=words.STATUSES[status]))


async def lift_hold(visit: DeskRequest) -> Response:
    """Lifts the hold: at the assistant first, so that the page never claims more than happened."""
    reason = visit.text("reason")
    try:
        if not reason or len(reason) > MOST_REASON:
            problem = words.TOO_LONG.format(most=MOST_REASON) if reason else words.NO_REASON
            return await show(visit, problem, 422)
        entry = await asyncio.to_thread(requests_of(visit).get, _reference(visit))
        await visit.services.rasa.lift_hold(entry.request.conversation_id)
        await asyncio.to_thread(requests_of(visit).lift, _reference(visit), visit.staff.name, reason)
    except RasaError:
        return await show(visit, words.NOT_LIFTED, 503)
    except MissingError:
        return visit.error_page(words.NO_REQUEST, 404)
    await visit.audit("request.lift_hold", _reference(visit))
    visit.services.hub.wake(entry.conversation_id)
    return visit.redirect(_place(visit), words.LIFTED)


async def send_again(visit: DeskRequest) -> Response:
    """Queues an undeliverable e-mail again."""
    queued = await asyncio.to_thread(requests_of(visit).send_again, _reference(visit))
    if queued:
        await visit.audit("request.send_again", _reference(visit))
    return visit.redirect(_place(visit), words.SENT_AGAIN if queued else words.NOT_FAILED)


async def show(visit: DeskRequest, problem: str = "", status: int = 200) -> Response:
    """The request's page. Raises MissingError."""
    entry: Entry = await asyncio.to_thread(requests_of(visit).get, _reference(visit))
    form = await asyncio.to_thread(form_view, visit, entry.request)
    return rendered(
        visit,
        "inbox_request.html.jinja",
        status,
        entry=entry,
        answers=list(answers(entry.request)),
        form=form,
        visit_at=visit.text("visit_at"),
        problem=problem,
        reason=visit.text("reason"),
        most=MOST_REASON,
    )


def _reference(visit: DeskRequest) -> str:
    return str(visit.request.path_params["reference"])


def _place(visit: DeskRequest) -> str:
    return f"/desk/inbox/requests/{_reference(visit)}"


_PATH = "/inbox/requests/{reference}"
ROUTES = [
    page("/inbox/requests", requests),
    page(_PATH, request),
    action(f"{_PATH}/status", set_status),
    action(f"{_PATH}/lift-hold", lift_hold),
    action(f"{_PATH}/send-again", send_again),
]
