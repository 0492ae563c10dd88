"""What people at the desk read when something is not there or breaks: a page, never JSON."""

from __future__ import annotations

import httpx
import pytest
from web.fixtures import Front

from desk.conftest import DeskOf
from lamoon.chat.records import GoneError
from lamoon.errors import StoreError


def test_an_unknown_address_is_a_page_with_the_menu(desk: DeskOf) -> None:
    answer = desk.staff.get("/desk/nowhere/at/all")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "This page does not exist" in answer.text
    assert 'aria-label="Desk"' in answer.text


def test_who_is_not_signed_in_does_not_learn_which_pages_there_are(front: Front) -> None:
    for path in ("/desk/nowhere", "/desk/inbox"):
        assert httpx.get(f"{front.url}{path}", trust_env=False).headers["location"].startswith("/desk/sign-in")


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (StoreError("the database could not read"), 503, "The database is not responding"),
        (GoneError("this conversation was deleted"), 410, "has been deleted"),
        (RuntimeError("secret words of a visitor"), 500, "Something went wrong on our side"),
    ],
)
def test_a_failure_is_a_page_without_its_details(
    desk: DeskOf, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, sentence: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(desk.front.desk.audit, "latest", fail)
    answer = desk.owner.get("/desk/data/record")
    assert (answer.status_code, sentence in answer.text) == (status, True)
    assert "secret" not in answer.text
    assert "<main>" in answer.text


def test_even_a_database_that_is_gone_gives_a_page(desk: DeskOf, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str, **__: bool) -> None:
        raise StoreError("the database could not read a session")

    monkeypatch.setattr(desk.front.desk.accounts, "signed_in", fail)
    answer = desk.staff.get("/desk/inbox")
    assert (answer.status_code, "The database is not responding" in answer.text) == (503, True)


def test_programs_still_read_json(front: Front) -> None:
    answer = httpx.get(f"{front.url}/chat/nowhere", trust_env=False)
    assert answer.json()["error"]["code"] == "not_found"
