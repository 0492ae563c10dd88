"""The figures page and its tables as files."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Sequence

from starlette.responses import PlainTextResponse, Response

from lamoon.gateway.desk.teaching.figures import Table, bars, figures
from lamoon.gateway.desk.teaching.labels import title
from lamoon.gateway.desk.teaching.review import DAYS, topics
from lamoon.gateway.desk.visit import HEADERS, Visit, page

NO_TABLE = "There is no such table. Please choose one on the figures page."
CHARTS = {"days": 14, "topics": 15}
"""The most bars that a table's chart shows."""


async def show(visit: Visit) -> Response:
    """Charts and tables."""
    days = _days(visit)
    tables = await _tables(visit, days)
    charts = {
        "days": bars(tables[0].rows, 1, CHARTS["days"]),
        "topics": bars(tables[1].rows[: CHARTS["topics"]], 1, CHARTS["topics"]),
    }
    return visit.render("figures.html.jinja", tables=tables, charts=charts, days=days, ranges=DAYS)


async def table(visit: Visit) -> Response:
    """One table as a file for a spreadsheet."""
    wanted = visit.request.path_params["table"]
    found = next((one for one in await _tables(visit, _days(visit)) if one.id == wanted), None)
    if found is None:
        return visit.refuse(NO_TABLE, 404)
    name = {"Content-Disposition": f'attachment; filename="{found.id}.csv"'}
    return PlainTextResponse(_csv(found), media_type="text/csv", headers={**HEADERS, **name})


async def _tables(visit: Visit, days: int) -> Sequence[Table]:
    return await asyncio.to_thread(figures, visit.gateway.bookings.database, days, lambda label: title(label, topics()))


def _days(visit: Visit) -> int:
    asked = visit.request.query_params.get("days", "")
    return int(asked) if asked in map(str, DAYS) else 30


def _csv(found: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(found.columns)
    writer.writerows(found.rows)
    return text.getvalue()


ROUTES = [page("/figures", show), page("/figures/{table}.csv", table)]
