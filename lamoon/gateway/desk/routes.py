"""All pages of the desk."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from lamoon.gateway.desk import sign_in, trouble
from lamoon.gateway.desk.data import pages as data
from lamoon.gateway.desk.data import record
from lamoon.gateway.desk.inbox import live, pages, request_pages
from lamoon.gateway.desk.saved import pages as saved
from lamoon.gateway.desk.teaching import figure_pages, learn, review
from lamoon.gateway.desk.trial import pages as trial

ROUTES: list[BaseRoute] = [
    Mount("/desk/static", StaticFiles(directory=Path(__file__).with_name("static"))),
    *sign_in.ROUTES,
    *pages.ROUTES,
    *request_pages.ROUTES,
    *live.ROUTES,
    *trial.ROUTES,
    *review.ROUTES,
    *learn.ROUTES,
    *saved.ROUTES,
    *figure_pages.ROUTES,
    *data.ROUTES,
    *record.ROUTES,
    *trouble.LAST,  # last: every other address
]
