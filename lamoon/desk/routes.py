"""All pages of the desk, and its error pages."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from lamoon.chat.errors import to_api_error
from lamoon.chat.records import GoneError
from lamoon.desk import app_files, figures
from lamoon.desk.accounts import pages as account_pages
from lamoon.desk.accounts import sign_in
from lamoon.desk.inbox import (
    agenda_pages,
    conversation_pages,
    health_form_pages,
    live,
    ready_reply_pages,
    request_pages,
)
from lamoon.desk.inbox import pages as inbox_pages
from lamoon.desk.notifications import pages as notification_pages
from lamoon.desk.privacy import pages as personal_data_pages
from lamoon.desk.request import DeskRequest, action, page, trouble_page
from lamoon.desk.settings import first_steps, setup_pages
from lamoon.desk.settings import pages as settings_pages
from lamoon.desk.teaching import learn, reviews
from lamoon.desk.teaching import pages as teaching_pages
from lamoon.desk.trials import sandbox_pages as trial
from lamoon.desk.trials import saved_tests_pages as saved
from lamoon.errors import StoreError

NOT_THERE = "This page does not exist."
GONE = "This conversation has been deleted. Nothing was changed."
STORE = "The database is not responding, so nothing was changed. Please try again in a minute."
BROKEN = "Something went wrong on our side. Please try again; if it keeps happening, tell whoever runs the server."


def is_at_desk(request: Request) -> bool:
    """Whether the request is for the desk."""
    path = request.url.path
    return path == "/desk" or path.startswith("/desk/")


async def show_trouble(request: Request, error: Exception) -> Response:
    """The page for an error, which is logged as everywhere."""
    status = to_api_error(error).status
    if isinstance(error, GoneError):
        return trouble_page(request, GONE, HTTPStatus.GONE)
    if isinstance(error, HTTPException):
        status = error.status_code
    sentence = STORE if isinstance(error, StoreError) else NOT_THERE if status == HTTPStatus.NOT_FOUND else BROKEN
    return trouble_page(request, sentence, status)


async def not_there(visit: DeskRequest) -> Response:
    """The page for unknown addresses under /desk."""
    return visit.error_page(NOT_THERE, HTTPStatus.NOT_FOUND)


LAST: list[BaseRoute] = [page("/{rest:path}", not_there), action("/{rest:path}", not_there)]


ROUTES: list[BaseRoute] = [
    Mount("/desk/static", StaticFiles(directory=Path(__file__).with_name("static"))),
    *sign_in.ROUTES,
    *app_files.ROUTES,
    *inbox_pages.ROUTES,
    *conversation_pages.ROUTES,
    *request_pages.ROUTES,
    *agenda_pages.ROUTES,
    *health_form_pages.ROUTES,
    *live.ROUTES,
    *ready_reply_pages.ROUTES,
    *notification_pages.ROUTES,
    *trial.ROUTES,
    *reviews.ROUTES,
    *learn.ROUTES,
    *teaching_pages.ROUTES,
    *saved.ROUTES,
    *figures.ROUTES,
    *personal_data_pages.ROUTES,
    *personal_data_pages.RECORD_ROUTES,
    *account_pages.ROUTES,
    *first_steps.ROUTES,
    *setup_pages.ROUTES,
    *settings_pages.ROUTES,
    *LAST,  # last: matches everything else
]
