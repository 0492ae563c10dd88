"""The pages: find a person, hand out what is kept of them, delete it, and what goes by itself. For owners.

What was searched for stands in forms only, never in an address: browsers and proxies keep addresses.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from lamoon.booking import Invalid
from lamoon.gateway.desk.data.belongings import Rows, as_json, belongings
from lamoon.gateway.desk.data.erasing import erase
from lamoon.gateway.desk.data.people import Part, asked_for, find_parts, load_parts
from lamoon.gateway.desk.inbox.words import CHANNELS
from lamoon.gateway.desk.visit import HEADERS, Visit, action, page
from lamoon.gateway.parts import Gateway
from lamoon.gateway.rasa import RasaError

NEITHER = "Please type a booking reference such as LM-7K3F9, an e-mail address or a phone number."
NOTHING_CHOSEN = "Nothing was ticked, so nothing was done. Please go back and tick what belongs to the person."
ALREADY_GONE = "There is nothing left of this: it was erased or has gone by itself meanwhile."
RASA_DOWN = "The assistant does not run at the moment, and its part would be missing. Please try again when it runs."
ERASED = "Everything was erased."
ERASED_SOON = "Everything was erased here; what the assistant remembers goes as soon as it runs again."
WHAT_THIS_IS = "Everything that the chat assistant keeps of one person. Times are in UTC."
TITLES = {
    "chat_conversations": "conversations",
    "chat_messages": "messages",
    "chat_turns": "notes on why the assistant answered so",
    "chat_notes": "notes of the team",
    "chat_handovers": "conversations that wait for the team or that somebody has",
    "booking_requests": "requests to the studio",
    "outbox": "notices about requests",
    "desk_requests": "what the team noted on requests",
    "desk_reviews": "notes of a review",
    "desk_trials": "tries of the team",
    "channel_people": "details of messaging apps",
    "channel_deliveries": "deliveries to messaging apps",
}


async def show(visit: Visit) -> Response:
    """The search, and what goes by itself."""
    return await _start(visit)


async def find(visit: Visit) -> Response:
    """What is kept of a person."""
    wanted = asked_for(visit.text("person"), visit.gateway.studio.country)
    if isinstance(wanted, Invalid):
        return await _start(visit, NEITHER, 422)
    parts = await asyncio.to_thread(_found, visit.gateway, wanted)
    await visit.note("data.find", conversations=len(parts))
    names = sorted({row.name for part in parts for row in part.requests})
    return visit.render("data_found.html.jinja", parts=[_view(visit.gateway, part) for part in parts], names=names)


async def export(visit: Visit) -> Response:
    """One file with everything."""
    parts, rows = await _chosen(visit)
    if not parts:
        return visit.refuse(NOTHING_CHOSEN if not _ids(visit) else ALREADY_GONE, 409)
    try:
        events = {sender: await visit.gateway.rasa.kept(sender) for part in parts for sender in part.senders}
    except RasaError:
        return visit.refuse(RASA_DOWN, 503)
    await visit.note("data.export", conversations=len(parts), rows=_count(rows))
    made = datetime.now(UTC)
    body = {"about": WHAT_THIS_IS, "made_at": made, "kept": rows, "assistant_remembers": events}
    text = json.dumps(body, default=as_json, ensure_ascii=False, indent=2)
    name = f'attachment; filename="person-{made:%Y-%m-%d}.json"'
    return Response(text, media_type="application/json", headers=HEADERS | {"Content-Disposition": name})


async def confirm(visit: Visit) -> Response:
    """What would go; nothing is done yet."""
    parts, rows = await _chosen(visit)
    if not parts:
        return visit.refuse(NOTHING_CHOSEN if not _ids(visit) else ALREADY_GONE, 409)
    return visit.render(
        "data_confirm.html.jinja",
        counts=[(len(found), TITLES.get(name, name.replace("_", " "))) for name, found in rows.items()],
        names=sorted({row.name for part in parts for row in part.requests}),
        references=[row.reference for part in parts for row in part.requests],
        ids=[part.id for part in parts],
        mailed=any(row["status"] == "sent" for row in rows.get("outbox", ())),
    )


async def delete(visit: Visit) -> Response:
    """Deletes it for good."""
    parts, rows = await _chosen(visit)
    if not parts:
        return visit.refuse(ALREADY_GONE, 409)
    await visit.note("data.erase", conversations=len(parts), rows=_count(rows))
    whole = await erase(visit.gateway, parts)
    return visit.go("/desk/data", ERASED if whole else ERASED_SOON)


async def _start(visit: Visit, problem: str = "", status: int = 200) -> Response:
    retention = visit.gateway.retention
    purges = await asyncio.to_thread(retention.latest)
    days = {"idle_days": retention.idle.days, "request_days": retention.age.days}
    return visit.render("data.html.jinja", status, problem=problem, purges=purges, **days)


def _ids(visit: Visit) -> Sequence[str]:
    return [value for value in visit.form.getlist("part") if isinstance(value, str)]


def _count(rows: dict[str, Rows]) -> int:
    return sum(map(len, rows.values()))


async def _chosen(visit: Visit) -> tuple[Sequence[Part], dict[str, Rows]]:
    return await asyncio.to_thread(_loaded, visit.gateway, _ids(visit))


def _loaded(gateway: Gateway, ids: Sequence[str]) -> tuple[Sequence[Part], dict[str, Rows]]:
    with gateway.bookings.database.reading("read what is kept of a person") as connection:
        parts = load_parts(connection, ids)
        return parts, belongings(connection, parts)


def _found(gateway: Gateway, wanted: Any) -> Sequence[Part]:
    with gateway.bookings.database.reading("look for a person") as connection:
        return find_parts(connection, wanted)


def _view(gateway: Gateway, part: Part) -> dict[str, object]:
    """A part as the page shows it; times at the studio."""
    local = part.latest.replace(tzinfo=UTC).astimezone(gateway.studio.zone)
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
