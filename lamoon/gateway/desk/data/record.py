"""The record of who did what, the newest first. No route changes it."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from lamoon.gateway.desk.audit import Entry
from lamoon.gateway.desk.visit import Visit, page

MOST_ROWS = 100


async def show(visit: Visit) -> Response:
    """A page of the record, of everybody and everything or of one person or kind of action."""
    asked = visit.request.query_params
    staff, action, before = asked.get("staff", ""), asked.get("action", ""), _number(asked.get("before", ""))
    record = visit.gateway.desk.audit
    entries = await asyncio.to_thread(record.latest, MOST_ROWS + 1, before, staff, action)
    return visit.render(
        "data_record.html.jinja",
        entries=[_view(visit, entry) for entry in entries[:MOST_ROWS]],
        older=entries[MOST_ROWS - 1].id if len(entries) > MOST_ROWS else None,
        people=await asyncio.to_thread(record.people),
        actions=[(name, _in_words(name)) for name in await asyncio.to_thread(record.actions)],
        chosen={"staff": staff, "action": action},
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _view(visit: Visit, entry: Entry) -> dict[str, str]:
    """An entry as the page shows it; times at the studio."""
    return {
        "at": f"{entry.at.astimezone(visit.gateway.studio.zone):%d %b %Y, %H:%M:%S}",
        "staff": entry.staff,
        "action": _in_words(entry.action),
        "subject": entry.subject,
        "details": ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in entry.details.items()),
    }


def _in_words(action: str) -> str:
    """Such as "inbox: give back" for "inbox.give_back"."""
    return action.replace(".", ": ").replace("_", " ").replace("-", " ")


ROUTES = [page("/data/record", show, role="owner")]
