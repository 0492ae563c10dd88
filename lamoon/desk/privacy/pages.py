"""Owners' pages: find a person's data, export it, delete it; retention; the audit record.

Search terms travel in forms only, never in a URL: browsers and proxies keep URLs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from lamoon.booking import Invalid
from lamoon.chat.services import Services
from lamoon.checks import parse_int
from lamoon.desk.accounts.accounts import Entry
from lamoon.desk.inbox.health_form import readable
from lamoon.desk.privacy.personal_data import (
    PersonRecords,
    Rows,
    as_json,
    asked_for,
    belongings,
    erase,
    find_parts,
    load_parts,
)
from lamoon.desk.request import HEADERS, DeskRequest, action, page
from lamoon.desk.words import CHANNELS
from lamoon.rasa_client import RasaError

MOST_ROWS = 100


async def show_record(visit: DeskRequest) -> Response:
    """The audit record, all of it or of one person or kind of action."""
    asked = visit.request.query_params
    staff, action, before = asked.get("staff", ""), asked.get("action", ""), parse_int(asked.get("before", ""))
    record = visit.desk.audit
    entries = await asyncio.to_thread(record.latest, MOST_ROWS + 1, before, staff, action)
    return visit.render(
        "data_record.html.jinja",
        entries=[_audit_view(visit, entry) for entry in entries[:MOST_ROWS]],
        older=entries[MOST_ROWS - 1].id if len(entries) > MOST_ROWS else None,
        people=await asyncio.to_thread(record.people),
        actions=[(name, _in_words(name)) for name in await asyncio.to_thread(record.actions)],
        chosen={"staff": staff, "action": action},
    )


def _audit_view(visit: DeskRequest, entry: Entry) -> dict[str, str]:
    """An entry for the page; times in the studio's zone."""
    return {
        "at": f"{entry.at.astimezone(visit.services.studio.zone):%d %b %Y, %H:%M:%S}",
        "staff": entry.staff,
        "action": _in_words(entry.action),
        "subject": entry.subject,
        "details": ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in entry.details.items()),
    }


def _in_words(action: str) -> str:
    """Such as "inbox: give back" for "inbox.give_back"."""
    return action.replace(".", ": ").replace("_", " ").replace("-", " ")


RECORD_ROUTES = [page("/data/record", show_record, role="owner")]


NEITHER = "Please type a booking reference such as LM-7K3F9, an e-mail address or a phone number."
NOTHING_CHOSEN = "Nothing was ticked, so nothing was done. Please go back and tick what belongs to the person."
ALREADY_GONE = "Nothing is left of this: it has been erased, or was deleted when its time was up."
RASA_DOWN = "The assistant is not running, and its data would be missing. Please try again when it is."
ERASED = "Everything was erased."
ERASED_SOON = "Everything was erased here; the assistant's own record is erased as soon as it runs again."
WHAT_THIS_IS = "Everything that the chat assistant stores about one person. Times are in UTC."
TITLES = {
    "chat_conversations": "conversations",
    "chat_messages": "messages",
    "chat_turns": "notes on why the assistant answered so",
    "chat_notes": "notes of the team",
    "chat_handovers": "conversations that wait for the team or that the team has",
    "chat_withdrawals": "messages whose deletion is not done everywhere yet",
    "chat_summaries": "what the inbox shows of a conversation",
    "desk_mentions": "colleagues named in notes",
    "booking_requests": "requests to the studio",
    "health_form_links": "links to health forms",
    "health_forms": "health forms",
    "booking_waits": "places on the wait list",
    "outbox": "notices about requests",
    "booking_history": "what happened to requests",
    "desk_reviews": "notes of a review",
    "desk_trials": "tries of the team",
    "channel_people": "details of messaging apps",
    "channel_deliveries": "deliveries to messaging apps",
}


async def show(visit: DeskRequest) -> Response:
    """The search, and the retention figures."""
    return await _start(visit)


async def find(visit: DeskRequest) -> Response:
    """What is stored about a person."""
    wanted = asked_for(visit.text("person"), visit.services.studio.country)
    if isinstance(wanted, Invalid):
        return await _start(visit, NEITHER, 422)
    parts = await asyncio.to_thread(_found, visit.services, wanted)
    await visit.audit("data.find", conversations=len(parts))
    names = sorted({row.name for part in parts for row in part.requests})
    return visit.render("data_found.html.jinja", parts=[_view(visit.services, part) for part in parts], names=names)


async def export(visit: DeskRequest) -> Response:
    """Exports everything in one file."""
    parts, rows = await _chosen(visit)
    if not parts:
        return visit.error_page(NOTHING_CHOSEN if not _ids(visit) else ALREADY_GONE, 409)
    try:
        events = {sender: await visit.services.rasa.kept(sender) for part in parts for sender in part.senders}
    except RasaError:
        return visit.error_page(RASA_DOWN, 503)
    await visit.audit("data.export", conversations=len(parts), rows=_count(rows))
    made = datetime.now(UTC)
    kept = rows | readable(visit.services, rows)
    body = {"about": WHAT_THIS_IS, "made_at": made, "kept": kept, "assistant_remembers": events}
    text = json.dumps(body, default=as_json, ensure_ascii=False, indent=2)
    name = f'attachment; filename="person-{made:%Y-%m-%d}.json"'
    return Response(text, media_type="application/json", headers=HEADERS | {"Content-Disposition": name})


async def confirm(visit: DeskRequest) -> Response:
    """Shows what would be deleted; nothing is deleted yet."""
    parts, rows = await _chosen(visit)
    if not parts:
        return visit.error_page(NOTHING_CHOSEN if not _ids(visit) else ALREADY_GONE, 409)
    return visit.render(
        "data_confirm.html.jinja",
        counts=[(len(found), TITLES.get(name, name.replace("_", " "))) for name, found in rows.items()],
        names=sorted({row.name for part in parts for row in part.requests}),
        references=[row.reference for part in parts for row in part.requests],
        ids=[part.id for part in parts],
        mailed=any(row["status"] == "sent" for row in rows.get("outbox", ())),
    )


async def delete(visit: DeskRequest) -> Response:
    """Deletes it permanently."""
    parts, rows = await _chosen(visit)
    if not parts:
        return visit.error_page(ALREADY_GONE, 409)
    await visit.audit("data.erase", conversations=len(parts), rows=_count(rows))
    whole = await erase(visit.services, parts)
    return visit.redirect("/desk/data", ERASED if whole else ERASED_SOON)


async def _start(visit: DeskRequest, problem: str = "", status: int = 200) -> Response:
    retention = visit.services.retention
    purges = await asyncio.to_thread(retention.latest)
    days = {"idle_days": retention.idle.days, "request_days": retention.age.days}
    return visit.render("data.html.jinja", status, problem=problem, purges=purges, **days)


def _ids(visit: DeskRequest) -> Sequence[str]:
    return [value for value in visit.form.getlist("part") if isinstance(value, str)]


def _count(rows: dict[str, Rows]) -> int:
    return sum(map(len, rows.values()))


async def _chosen(visit: DeskRequest) -> tuple[Sequence[PersonRecords], dict[str, Rows]]:
    return await asyncio.to_thread(_loaded, visit.services, _ids(visit))


def _loaded(services: Services, ids: Sequence[str]) -> tuple[Sequence[PersonRecords], dict[str, Rows]]:
    with services.bookings.database.reading("read what is kept of a person") as connection:
        parts = load_parts(connection, ids)
        return parts, belongings(connection, parts)


def _found(services: Services, wanted: Any) -> Sequence[PersonRecords]:
    with services.bookings.database.reading("look for a person") as connection:
        return find_parts(connection, wanted)


def _view(services: Services, part: PersonRecords) -> dict[str, object]:
    """A part for the page; times in the studio's zone."""
    local = part.latest.replace(tzinfo=UTC).astimezone(services.studio.zone)
    contacts = dict.fromkeys(value for row in part.requests for value in (row.name, row.email, row.phone) if value)
    return {
        "id": part.id,
        "at": f"{local:%d %b %Y, %H:%M}",
        "channel": CHANNELS.get(part.conversation.channel, "") if part.conversation else "",
        "there": part.conversation is not None,
        "who": ", ".join(contacts),
        "references": ", ".join(row.reference for row in part.requests),
        "why": ", ".join(sorted(part.why)),
    }


ROUTES = [
    page("/data", show, role="owner"),
    action("/data/find", find, role="owner"),
    action("/data/export", export, role="owner"),
    action("/data/confirm", confirm, role="owner"),
    action("/data/erase", delete, role="owner"),
]
