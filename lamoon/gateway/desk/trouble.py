"""What people at the desk read when a page is not there or something broke."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from lamoon.errors import StoreError
from lamoon.gateway.desk.visit import Visit, action, page, trouble_page
from lamoon.gateway.errors import told
from lamoon.gateway.records import GoneError

NOT_THERE = "There is no such page at the desk."
GONE = "This conversation was deleted meanwhile. Nothing was changed."
STORE = "The database does not answer at the moment, so nothing was changed. Please try again in a minute."
BROKEN = "Something went wrong on our side. Please try again; if it stays so, tell who looks after the computer."


def is_at_desk(request: Request) -> bool:
    """Whether somebody of the team asks."""
    path = request.url.path
    return path == "/desk" or path.startswith("/desk/")


async def show_trouble(request: Request, error: Exception) -> Response:
    """The page for an error; what there is to log is logged as everywhere."""
    status = told(error).status
    if isinstance(error, GoneError):
        return trouble_page(request, GONE, HTTPStatus.GONE)
    if isinstance(error, HTTPException):
        status = error.status_code
    sentence = STORE if isinstance(error, StoreError) else NOT_THERE if status == HTTPStatus.NOT_FOUND else BROKEN
    return trouble_page(request, sentence, status)


async def not_there(visit: Visit) -> Response:
    """Any other address under /desk."""
    return visit.refuse(NOT_THERE, HTTPStatus.NOT_FOUND)


LAST: list[BaseRoute] = [page("/{rest:path}", not_there), action("/{rest:path}", not_there)]
