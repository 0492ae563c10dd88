"""Counts for the figures page. Sandbox conversations never count. All functions block: call them in a thread."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from starlette.responses import PlainTextResponse, Response

from lamoon.chat.gathering import read_together
from lamoon.contract import UNREAL
from lamoon.desk.request import HEADERS, DeskRequest, page
from lamoon.desk.teaching.reviews import DAYS
from lamoon.desk.teaching.teaching import desk_encoder
from lamoon.desk.teaching.training_phrases import title, topics
from lamoon.storage.database import Database
from lamoon.storage.event_counts import event_totals
from lamoon.storage.tables import conversations, messages, requests, turns
from lamoon.storage.time import now, to_naive_utc
from lamoon.teaching.collisions import groups_of

BOOKING_FORM = "booking_form"
HANDOFF = "handoff_to_human"
NOT_UNDERSTOOD = ("", "nlu_fallback")
NOT_ASKED = ("inform", "affirm", "deny", "stop", "greet", "goodbye", "thank", *NOT_UNDERSTOOD)
"""Labels of messages that ask nothing."""
MOST_UNKNOWN = 300
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


@dataclass(frozen=True)
class Headline:
    """One of the numbers that come first: its value as it is read, and what exactly was counted."""

    title: str
    value: str
    note: str


@dataclass(frozen=True)
class Figures:
    """What the page shows. `unknown` are the latest messages that were not understood."""

    headlines: Sequence[Headline]
    tables: Sequence[Table]
    unknown: Sequence[str] = field(repr=False)


def figures(database: Database, days: int, title: Callable[[str], str], zone: tzinfo) -> Figures:
    """All figures of the last so many days in a time zone, including today."""
    today = now().astimezone(zone).date()
    begin = to_naive_utc(datetime.combine(today - timedelta(days=days - 1), time(), zone))
    with database.reading("count") as connection:
        found = _turns(connection, begin, zone)
        funnel = _funnel(connection, begin)
        tables = [_by_day(found, today, days), _topics(found, title), _thumbs(connection, begin), funnel]
        tables += _events(connection, today - timedelta(days=days - 1))
        return Figures(_headlines(connection, begin, found, funnel), tables, _unknown(connection, begin))


@dataclass(frozen=True)
class _Turn:
    conversation: str
    at: datetime
    day: str
    label: str
    outcome: str
    seconds: float


def _turns(connection: Connection, begin: datetime, zone: tzinfo) -> list[_Turn]:
    query = (
        select(turns.c.conversation_id, turns.c.at, turns.c.label, turns.c.outcome, turns.c.seconds)
        .join(conversations, conversations.c.id == turns.c.conversation_id)
        .where(turns.c.at >= begin, conversations.c.channel.not_in(UNREAL))
    )
    return [
        _Turn(row.conversation_id, row.at, _day(row.at, zone), row.label, row.outcome, row.seconds)
        for row in connection.execute(query)
    ]


def _day(moment: datetime, zone: tzinfo) -> str:
    """The day of a moment that is stored in UTC, at the studio."""
    return moment.replace(tzinfo=UTC).astimezone(zone).date().isoformat()


def _headlines(connection: Connection, begin: datetime, found: Sequence[_Turn], funnel: Table) -> list[Headline]:
    everybody = {turn.conversation for turn in found}
    asked: dict[str, datetime] = {}
    for turn in found:
        if turn.label == HANDOFF and turn.at < asked.get(turn.conversation, datetime.max):
            asked[turn.conversation] = turn.at
    came = _first_answers(connection, begin)
    with_person = (asked.keys() | came.keys()) & everybody
    waits = [(came[one] - at).total_seconds() / 60 for one, at in asked.items() if one in came and came[one] >= at]
    warned = sum(turn.outcome in ("warn", "ask_doctor") for turn in found)
    emergencies = sum(turn.outcome == "emergency" for turn in found)
    alone = f"{100 * (len(everybody) - len(with_person)) / len(everybody):.0f} %" if everybody else "none yet"
    return [
        Headline("Answered without a person", alone, f"of {len(everybody)} conversations"),
        Headline("Asked for a person", str(len(asked)), "conversations"),
        Headline(
            "Wait for a person",
            f"{median(waits):.0f} min" if waits else "none yet",
            "half of them waited less" if waits else "for those who asked",
        ),
        Headline("Requests sent", str(funnel.rows[1][1]), "booking requests"),
        Headline("Emergencies and warnings", f"{emergencies} and {warned}", "messages"),
    ]


def _first_answers(connection: Connection, begin: datetime) -> dict[str, datetime]:
    """When the team first wrote in each conversation."""
    query = (
        select(messages.c.conversation_id, func.min(messages.c.at))
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(messages.c.author == "team", messages.c.at >= begin, conversations.c.channel.not_in(UNREAL))
        .group_by(messages.c.conversation_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _unknown(connection: Connection, begin: datetime) -> list[str]:
    query = (
        select(messages.c.id, messages.c.text)
        .join(turns, turns.c.message_id == messages.c.id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(turns.c.label.in_(NOT_UNDERSTOOD), turns.c.at >= begin, conversations.c.channel.not_in(UNREAL))
        .order_by(messages.c.id.desc())
        .limit(MOST_UNKNOWN)
    )
    rows = connection.execute(query).all()
    together = read_together(connection, [row.id for row in rows])
    return [together.get(row.id, row.text) for row in rows]


def _by_day(found: Sequence[_Turn], today: date, days: int) -> Table:
    """Questions, those the guide does not answer, those not understood, warnings and times; the latest day first."""
    by_day: dict[str, list[_Turn]] = {(today - timedelta(days=back)).isoformat(): [] for back in range(days)}
    for turn in found:
        by_day.setdefault(turn.day, []).append(turn)
    columns = ("Day", "Questions", "Not in the guide %", "Not understood %", "Warnings", "Emergencies",
               "Usual answer time (s)", "Slow answer time (s)")  # fmt: skip
    return Table("days", "By day", columns, [_row(day, by_day[day]) for day in sorted(by_day, reverse=True)])


def _row(day: str, found: Sequence[_Turn]) -> tuple[str | int | float, ...]:
    outside = sum(turn.label.startswith("out_of_scope") for turn in found)
    unknown = sum(turn.label in NOT_UNDERSTOOD for turn in found)
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
    """What was asked. Answers to our own questions ("Maria", "yes") are none."""
    counts: dict[str, int] = {}
    for turn in found:
        if turn.label not in NOT_ASKED:
            counts[turn.label] = counts.get(turn.label, 0) + 1
    rows = [(title(label), count) for label, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    return Table("topics", "What people asked", ("Topic", "Questions"), rows)


def _thumbs(connection: Connection, begin: datetime) -> Table:
    query = (
        select(messages.c.feedback, func.count())
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(messages.c.feedback.in_(("up", "down")), messages.c.at >= begin)
        .where(conversations.c.channel.not_in(UNREAL))
        .group_by(messages.c.feedback)
    )
    counts = {row[0]: row[1] for row in connection.execute(query).all()}
    rows = [("Helpful", counts.get("up", 0)), ("Not helpful", counts.get("down", 0))]
    return Table("thumbs", "Ratings", ("Rating", "Answers"), rows)


def _funnel(connection: Connection, begin: datetime) -> Table:
    """How far booking requests came. A conversation that started twice counts once."""
    began = (
        select(func.count(func.distinct(turns.c.conversation_id)))
        .join(conversations, conversations.c.id == turns.c.conversation_id)
        .where(turns.c.form == BOOKING_FORM, turns.c.at >= begin, conversations.c.channel.not_in(UNREAL))
    )
    sent = (
        select(requests.c.hold, requests.c.state)
        .where(requests.c.kind == "booking", requests.c.created_at >= begin)
        .where(requests.c.channel.not_in(UNREAL))
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


def _events(connection: Connection, first: date) -> Sequence[Table]:
    """What a consumer of Rasa's events counted, where there is one."""
    found = event_totals(connection, first)
    if found is None:
        return []
    rows = [(f"{EVENTS.get(kind, kind)} {name}".strip(), count) for kind, name, count in found]
    return [Table("events", "What happened in conversations", ("Event", "Times"), rows)]


def bars(rows: Iterable[tuple[str | int | float, ...]], column: int, most: int) -> Sequence[Mapping[str, Any]]:
    """Bars of a chart: name, value, and share of the longest in percent; of the first `most` rows."""
    kept = list(rows)[:most]
    longest = max((float(row[column]) for row in kept), default=0.0) or 1.0
    return [
        {"what": row[0], "value": row[column], "share": round(100 * float(row[column]) / longest, 1)} for row in kept
    ]


def _count(rows: Sequence[Any], so: Callable[[Any], bool]) -> int:
    return sum(1 for row in rows if so(row))


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0


NO_TABLE = "This table does not exist. Please choose one on the figures page."
CHARTS = {"days": 90, "topics": 15, "thumbs": 2, "bookings": 5, "events": 15}
"""Most bars in a chart."""
GROUPS = "not-understood"


async def show(visit: DeskRequest) -> Response:
    """Headline numbers, charts and tables."""
    days = _days(visit)
    found = await _figures(visit, days)
    groups = await asyncio.to_thread(grouped, found.unknown)
    charts = {table.id: bars(table.rows, 1, CHARTS[table.id]) for table in found.tables}
    return visit.render(
        "figures.html.jinja",
        headlines=found.headlines,
        tables=found.tables,
        charts=charts,
        groups=groups,
        days=days,
        ranges=DAYS,
    )


async def table(visit: DeskRequest) -> Response:
    """One table as a file for a spreadsheet."""
    wanted = visit.request.path_params["table"]
    figures = await _figures(visit, _days(visit))
    found = next((one for one in figures.tables if one.id == wanted), None)
    if wanted == GROUPS:
        groups = await asyncio.to_thread(grouped, figures.unknown)
        found = Table(GROUPS, "Not understood", ("For example", "Messages"), [(one[0], len(one)) for one in groups])
    if found is None:
        return visit.error_page(NO_TABLE, 404)
    name = {"Content-Disposition": f'attachment; filename="{found.id}.csv"'}
    return PlainTextResponse(_csv(found), media_type="text/csv", headers={**HEADERS, **name})


def grouped(texts: Sequence[str]) -> list[list[str]]:
    """Messages that mean much the same together, the largest group first; the first of each represents it."""
    return groups_of(texts, desk_encoder().encode(texts)) if texts else []


async def _figures(visit: DeskRequest, days: int) -> Figures:
    database, zone = visit.services.bookings.database, visit.services.studio.zone
    return await asyncio.to_thread(figures, database, days, lambda label: title(label, topics()), zone)


def _days(visit: DeskRequest) -> int:
    asked = visit.request.query_params.get("days", "")
    return int(asked) if asked in map(str, DAYS) else 30


def _csv(found: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(found.columns)
    writer.writerows([_inert(cell) for cell in row] for row in found.rows)
    return text.getvalue()


def _inert(cell: str | int | float) -> str | int | float:
    """A cell that no spreadsheet takes for a formula: visitors' words may begin like one."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell


ROUTES = [page("/figures", show), page("/figures/{table}.csv", table)]
