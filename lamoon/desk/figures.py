"""Counts for the figures page. Sandbox conversations never count. All functions block: call them in a thread."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from starlette.responses import PlainTextResponse, Response

from lamoon.contract import SANDBOX
from lamoon.desk.request import HEADERS, DeskRequest, page
from lamoon.desk.reviews import DAYS, since
from lamoon.desk.training_phrases import title, topics
from lamoon.storage.database import Database
from lamoon.storage.event_counts import event_totals
from lamoon.storage.tables import conversations, messages, requests, turns
from lamoon.storage.time import now

BOOKING_FORM = "booking_form"
EVENTS = {
    "user": "message:",
    "action": "done:",
    "active_loop": "form:",
    "action_execution_rejected": "answer not taken by",
}
"""Rasa's types of events as people read them."""


@dataclass(frozen=True)
class Table:
    """A table: the first column is a name or a day, the others are numbers."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str | int | float, ...]]


def figures(database: Database, days: int, title: Callable[[str], str]) -> Sequence[Table]:
    """All tables for the last so many days, including today."""
    with database.reading("count") as connection:
        daily = _turns(connection, days)
        return [
            _by_day(daily, days),
            _topics(daily, title),
            _thumbs(connection, days),
            _funnel(connection, days),
            *_events(connection, days),
        ]


@dataclass(frozen=True)
class _Turn:
    day: str
    label: str
    outcome: str
    seconds: float


def _turns(connection: Connection, days: int) -> list[_Turn]:
    query = (
        select(turns.c.at, turns.c.label, turns.c.outcome, turns.c.seconds)
        .join(conversations, conversations.c.id == turns.c.conversation_id)
        .where(turns.c.at >= since(days), conversations.c.channel != SANDBOX)
    )
    return [_Turn(str(row.at)[:10], row.label, row.outcome, row.seconds) for row in connection.execute(query)]


def _by_day(found: Sequence[_Turn], days: int) -> Table:
    """Questions, those the guide does not answer, those not understood, warnings, and response times."""
    today = now().date()
    by_day: dict[str, list[_Turn]] = {_day(today - timedelta(days=back)): [] for back in range(days - 1, -1, -1)}
    for turn in found:
        by_day.setdefault(turn.day, []).append(turn)
    columns = ("Day (UTC)", "Questions", "Not in the guide %", "Not understood %", "Warnings", "Emergencies",
               "Median s", "95th percentile s")  # fmt: skip
    return Table("days", "By day", columns, [_row(day, by_day[day]) for day in sorted(by_day)])


def _row(day: str, found: Sequence[_Turn]) -> tuple[str | int | float, ...]:
    outside = sum(turn.label.startswith("out_of_scope") for turn in found)
    unknown = sum(turn.label in ("", "nlu_fallback") for turn in found)
    seconds = sorted(turn.seconds for turn in found)
    return (
        day,
        len(found),
        _percent(outside, len(found)),
        _percent(unknown, len(found)),
        sum(turn.outcome in ("warn", "ask_doctor") for turn in found),
        sum(turn.outcome == "emergency" for turn in found),
        round(median(seconds), 2) if seconds else 0,
        round(seconds[min(len(seconds) - 1, int(len(seconds) * 0.95))], 2) if seconds else 0,
    )


def _topics(found: Sequence[_Turn], title: Callable[[str], str]) -> Table:
    counts: dict[str, int] = {}
    for turn in found:
        counts[turn.label] = counts.get(turn.label, 0) + 1
    rows = [(title(label), count) for label, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    return Table("topics", "What people asked", ("Topic", "Questions"), rows)


def _thumbs(connection: Connection, days: int) -> Table:
    query = (
        select(messages.c.feedback, func.count())
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(messages.c.feedback.in_(("up", "down")), messages.c.at >= since(days))
        .where(conversations.c.channel != SANDBOX)
        .group_by(messages.c.feedback)
    )
    counts = {row[0]: row[1] for row in connection.execute(query).all()}
    rows = [("Helpful", counts.get("up", 0)), ("Not helpful", counts.get("down", 0))]
    return Table("thumbs", "Thumbs", ("Thumb", "Answers"), rows)


def _funnel(connection: Connection, days: int) -> Table:
    """How far booking requests came. A conversation that started twice counts once."""
    began = (
        select(func.count(func.distinct(turns.c.conversation_id)))
        .join(conversations, conversations.c.id == turns.c.conversation_id)
        .where(turns.c.form == BOOKING_FORM, turns.c.at >= since(days), conversations.c.channel != SANDBOX)
    )
    sent = (
        select(requests.c.hold, requests.c.state)
        .where(requests.c.kind == "booking", requests.c.created_at >= since(days))
        .where(requests.c.channel != SANDBOX)
    )
    found = connection.execute(sent).all()
    rows = [
        ("Began", int(connection.execute(began).scalar_one())),
        ("Sent a request", len(found)),
        ("Held for a therapist", _count(found, lambda row: row.hold)),
        ("Confirmed", _count(found, lambda row: row.state in ("confirmed", "change_asked", "done"))),
        ("Declined", _count(found, lambda row: row.state == "declined")),
    ]
    return Table("bookings", "Booking requests", ("Step", "Conversations"), rows)


def _events(connection: Connection, days: int) -> Sequence[Table]:
    """What a consumer of Rasa's events counted, where there is one."""
    found = event_totals(connection, now().date() - timedelta(days=days - 1))
    if found is None:
        return []
    rows = [(f"{EVENTS.get(kind, kind)} {name}".strip(), count) for kind, name, count in found]
    return [Table("events", "What happened in conversations", ("Event", "Times"), rows)]


def bars(rows: Iterable[tuple[str | int | float, ...]], column: int, most: int = 14) -> Sequence[Mapping[str, Any]]:
    """Bars of a chart: name, value, and share of the longest in percent. Of days the last `most` rows."""
    kept = list(rows)[-most:]
    longest = max((float(row[column]) for row in kept), default=0.0) or 1.0
    return [
        {"what": row[0], "value": row[column], "share": round(100 * float(row[column]) / longest, 1)} for row in kept
    ]


def _count(rows: Sequence[Any], so: Callable[[Any], bool]) -> int:
    return sum(1 for row in rows if so(row))


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0


def _day(day: date) -> str:
    return day.isoformat()


NO_TABLE = "This table does not exist. Please choose one on the figures page."
CHARTS = {"days": 14, "topics": 15}
"""Most bars in a chart."""


async def show(visit: DeskRequest) -> Response:
    """Charts and tables."""
    days = _days(visit)
    tables = await _tables(visit, days)
    charts = {
        "days": bars(tables[0].rows, 1, CHARTS["days"]),
        "topics": bars(tables[1].rows[: CHARTS["topics"]], 1, CHARTS["topics"]),
    }
    return visit.render("figures.html.jinja", tables=tables, charts=charts, days=days, ranges=DAYS)


async def table(visit: DeskRequest) -> Response:
    """One table as a file for a spreadsheet."""
    wanted = visit.request.path_params["table"]
    found = next((one for one in await _tables(visit, _days(visit)) if one.id == wanted), None)
    if found is None:
        return visit.error_page(NO_TABLE, 404)
    name = {"Content-Disposition": f'attachment; filename="{found.id}.csv"'}
    return PlainTextResponse(_csv(found), media_type="text/csv", headers={**HEADERS, **name})


async def _tables(visit: DeskRequest, days: int) -> Sequence[Table]:
    return await asyncio.to_thread(
        figures, visit.services.bookings.database, days, lambda label: title(label, topics())
    )


def _days(visit: DeskRequest) -> int:
    asked = visit.request.query_params.get("days", "")
    return int(asked) if asked in map(str, DAYS) else 30


def _csv(found: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(found.columns)
    writer.writerows(found.rows)
    return text.getvalue()


ROUTES = [page("/figures", show), page("/figures/{table}.csv", table)]
