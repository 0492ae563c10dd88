"""Pages of requests: what the team decides, the notices to the client, and the hold, which only these pages lift."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from starlette.responses import Response

from lamoon.booking.appointment import Appointment, AppointmentError, read_appointment
from lamoon.booking.changes import MissingError, StaleError
from lamoon.booking.client_words import EDITABLE, usual_text
from lamoon.booking.form import answers
from lamoon.booking.life import NEEDS_TIME, STATES, Event, HeldError, TransitionError
from lamoon.checks import parse_int
from lamoon.desk import words
from lamoon.desk.inbox.health_form import form_view
from lamoon.desk.inbox.pages import rendered, whole
from lamoon.desk.inbox.requests import MOST_ROWS, Entry, Requests
from lamoon.desk.request import DeskRequest, action, page
from lamoon.rasa_client import RasaError
from lamoon.storage.time import now

IN_HEADING = ("visitor_name", "contact")
MOST_REASON = 500
MOST_TEXT = 1000
DECISIONS: tuple[Event, ...] = (*EDITABLE, "seen", "done")


@dataclass(frozen=True)
class Typed:
    """What a form of the page holds: after a mistake, just what was typed."""

    event: str = ""
    day: str = ""
    time: str = ""
    minutes: str = ""
    text: str = ""
    reason: str = ""


def requests_of(visit: DeskRequest) -> Requests:
    """The requests as the team handles them."""
    bookings = visit.services.bookings
    return Requests(bookings.database, bookings.notice_settings)


async def requests(visit: DeskRequest) -> Response:
    """The newest requests."""
    asked = visit.request.query_params
    state = next((known for known in STATES if known == asked.get("status")), None)
    undelivered = asked.get("status") == words.UNDELIVERED
    found = requests_of(visit)
    entries = await asyncio.to_thread(found.latest, state, whole(visit, "before"), undelivered=undelivered)
    older = entries[-1].id if len(entries) == MOST_ROWS else 0
    chosen = words.UNDELIVERED if undelivered else state
    return rendered(visit, "inbox_requests.html.jinja", entries=entries, chosen=chosen, older=older)


async def request(visit: DeskRequest) -> Response:
    """One request; one that is new counts as seen from now on."""
    try:
        entry = await asyncio.to_thread(requests_of(visit).get, _reference(visit))
        if entry.state == "requested" and not entry.is_held and "seen" in entry.possible:
            with suppress(StaleError, TransitionError):  # somebody was faster
                decide = requests_of(visit).decide
                await asyncio.to_thread(decide, _reference(visit), "seen", visit.staff.name, entry.version)
        return await show(visit)
    except MissingError:
        return visit.error_page(words.NO_REQUEST, 404)


async def decide(visit: DeskRequest) -> Response:
    """Confirms, declines, proposes, moves, cancels, or marks as seen or done; the client reads the text."""
    event = next((known for known in DECISIONS if known == visit.text("event")), None)
    if event is None:
        return visit.error_page("This decision does not exist.", 422)
    try:
        appointment = _appointment(visit) if event in NEEDS_TIME else None
        if len(visit.text("text")) > MOST_TEXT:
            return await show(visit, words.TOO_LONG.format(most=MOST_TEXT), 422)
        said = visit.text("text") if event in EDITABLE else ""
        if event == "declined" and not said:
            return await show(visit, words.NO_TEXT, 422)
        await _happen(visit, event, said, appointment)
    except AppointmentError as error:
        return await show(visit, str(error), 422)
    except MissingError:
        return visit.error_page(words.NO_REQUEST, 404)
    except (StaleError, TransitionError) as error:
        return await show(visit, _refusal(error), 409)
    await visit.audit("request.decide", _reference(visit), event=event)
    return visit.redirect(_place(visit), words.DECIDED[event])


async def lift_hold(visit: DeskRequest) -> Response:
    """Lifts the hold: at the assistant first, so that the page never claims more than happened."""
    reason = visit.text("reason")
    try:
        if not reason or len(reason) > MOST_REASON:
            problem = words.TOO_LONG.format(most=MOST_REASON) if reason else words.NO_REASON
            return await show(visit, problem, 422)
        entry = await asyncio.to_thread(requests_of(visit).get, _reference(visit))
        await visit.services.rasa.lift_hold(entry.request.conversation_id)
        await _happen(visit, "lifted", reason, None)
    except RasaError:
        return await show(visit, words.NOT_LIFTED, 503)
    except MissingError:
        return visit.error_page(words.NO_REQUEST, 404)
    except (StaleError, TransitionError) as error:
        return await show(visit, _refusal(error), 409)
    await visit.audit("request.lift_hold", _reference(visit))
    visit.services.hub.wake(entry.conversation_id)
    return visit.redirect(_place(visit), words.LIFTED)


async def send_again(visit: DeskRequest) -> Response:
    """Queues an undelivered notice again."""
    notice = parse_int(visit.text("notice")) or 0
    queued = await asyncio.to_thread(requests_of(visit).send_again, _reference(visit), notice)
    if queued:
        await visit.audit("request.send_again", _reference(visit))
    return visit.redirect(_place(visit), words.SENT_AGAIN if queued else words.NOT_FAILED)


async def _happen(visit: DeskRequest, event: Event, said: str, appointment: Appointment | None) -> None:
    """Records the decision; the version that the page showed has to be the latest one."""
    version, staff = parse_int(visit.text("version")) or 0, visit.staff.name
    await asyncio.to_thread(
        requests_of(visit).decide, _reference(visit), event, staff, version, words=said, appointment=appointment
    )


def _appointment(visit: DeskRequest) -> Appointment:
    zone = visit.services.studio.zone
    return read_appointment(visit.text("day"), visit.text("time"), visit.text("minutes"), zone, now())


def _refusal(error: StaleError | TransitionError) -> str:
    if isinstance(error, HeldError):
        return words.HELD
    return words.STALE_REQUEST if isinstance(error, StaleError) else words.NOT_POSSIBLE


async def show(visit: DeskRequest, problem: str = "", status: int = 200) -> Response:
    """The request's page. Raises MissingError."""
    found, reference = requests_of(visit), _reference(visit)
    entry: Entry = await asyncio.to_thread(found.get, reference)
    form = await asyncio.to_thread(form_view, visit, entry.request)
    return rendered(
        visit,
        "inbox_request.html.jinja",
        status,
        entry=entry,
        answers=[(label, answer) for slot, label, answer in answers(entry.request) if slot not in IN_HEADING],
        form=form,
        visit_at=visit.text("visit_at"),
        history=await asyncio.to_thread(found.history, reference),
        notices=await asyncio.to_thread(found.notices, reference),
        zone=visit.services.studio.zone,
        forms={event: _typed(visit, entry, event) for event in entry.possible},
        problem=problem,
        typed=Typed(event=visit.text("event"), text=visit.text("text"), reason=visit.text("reason")),
        most=MOST_REASON,
        most_text=MOST_TEXT,
    )


def _typed(visit: DeskRequest, entry: Entry, event: Event) -> Typed:
    """What the form of a decision holds: as typed, or the agreed or wished time and the usual text."""
    if visit.text("event") == event:
        return Typed(event, *(visit.text(name) for name in ("day", "time", "minutes", "text")))
    text = usual_text(event) if event in EDITABLE else ""
    agreed, wished = entry.stage.appointment, entry.request.wished
    usual = str(next((service.minutes for service in visit.services.studio.services if service.minutes), 60))
    if agreed:
        local = agreed.starts_at.astimezone(visit.services.studio.zone)
        return Typed(event, f"{local:%Y-%m-%d}", f"{local:%H:%M}", str(agreed.minutes), text)
    if wished:
        clock = f"{wished.clock:%H:%M}" if wished.clock else ""
        return Typed(event, wished.day.isoformat(), clock, str(wished.minutes or usual), text)
    return Typed(event, minutes=usual, text=text)


def _reference(visit: DeskRequest) -> str:
    return str(visit.request.path_params["reference"])


def _place(visit: DeskRequest) -> str:
    return f"/desk/inbox/requests/{_reference(visit)}"


_PATH = "/inbox/requests/{reference}"
ROUTES = [
    page("/inbox/requests", requests),
    page(_PATH, request),
    action(f"{_PATH}/decide", decide),
    action(f"{_PATH}/lift-hold", lift_hold),
    action(f"{_PATH}/send-again", send_again),
]
