"""One id a request: what may be one, and where it is known."""

from __future__ import annotations

import asyncio

import pytest

from lamoon import request_id
from lamoon.chat import request_ids
from lamoon.chat.request_ids import RequestIds

NGINX = "0123456789abcdef0123456789abcdef"
CADDY = "5f0c7a6e-31b3-4d0f-9a57-0d3c9b1f2e4a"


@pytest.mark.parametrize("text", [NGINX, CADDY, f" {NGINX} ", NGINX.upper(), "0123456789abcdef"])
def test_what_proxies_make_is_taken(text: str) -> None:
    assert request_id.valid(text) == text.strip().lower()


@pytest.mark.parametrize(
    "text",
    [None, "", "short", "my-blood-clot-is-bad", "0" * 65, f"{NGINX}\nlevel=ERROR", f'{NGINX}"', "--" * 16, "٣" * 20],
)
def test_what_could_hold_words_is_not(text: str | None) -> None:
    assert request_id.valid(text) == ""


def test_a_new_one_is_valid() -> None:
    made = request_id.new_id()
    assert request_id.valid(made) == made


async def test_each_task_has_its_own() -> None:
    async def work(name: str) -> str:
        with request_id.working_on(name):
            await asyncio.sleep(0)
            return request_id.headers()[request_id.HEADER]

    assert await asyncio.gather(work("a"), work("b")) == ["a", "b"]
    assert request_id.current() == ""
    assert request_id.headers() == {}


def test_a_message_keeps_the_id_of_the_request_that_brought_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_ids, "MOST", 2)
    ids = RequestIds()
    with request_id.working_on(NGINX):
        ids.keep(1)
        other = ids.of(2)
    assert ids.of(1) == NGINX
    assert other == ids.of(2) != NGINX
    ids.of(3)
    assert ids.of(1) != NGINX, "the oldest goes first"
    ids.forget(3)
    ids.forget(99)
