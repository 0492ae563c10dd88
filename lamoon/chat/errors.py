"""Errors of the chat API, each with a sentence that a visitor can read."""

from __future__ import annotations

import logging

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from lamoon.chat.choices import ChoiceError
from lamoon.chat.records import GoneError
from lamoon.errors import LamoonError, StoreError
from lamoon.logs import kind_and_place
from lamoon.phrasebook import say

log = logging.getLogger("lamoon.web")

KNOWN = {404: "not_found", 405: "method_not_allowed"}
"""Codes of plain HTTP errors that have a notice of their own."""


class ApiError(LamoonError):
    """An error response: `status` for HTTP, `code` for programs, the message for people."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after

    def response(self) -> JSONResponse:
        """The response as JSON."""
        wait = {} if self.retry_after is None else {"retry_after": self.retry_after}
        body = {"error": {"code": self.code, "message": str(self), **wait}}
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(body, self.status, headers)


def to_api_error(error: Exception) -> ApiError:
    """Converts any exception. Only its type is logged: its text may hold what a visitor wrote."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, GoneError):
        return ApiError(401, "conversation_deleted", say("conversation_deleted"))
    if isinstance(error, ChoiceError):
        return ApiError(409, "choice_used", say("choice_used"))
    if isinstance(error, StoreError):
        log.error("A request could not be served: %s", error)
        return ApiError(503, "store_unavailable", say("store_unavailable"), retry_after=5)
    if isinstance(error, HTTPException) and error.status_code in KNOWN:
        code = KNOWN[error.status_code]
        return ApiError(error.status_code, code, say(code))
    if isinstance(error, ClientDisconnect):
        return ApiError(400, "incomplete", say("incomplete"))
    log.error("A request failed: %s", kind_and_place(error))
    return ApiError(500, "unexpected", say("unexpected"))


async def handle(request: Request, error: Exception) -> JSONResponse:
    """Starlette exception handler."""
    response = to_api_error(error).response()
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response
