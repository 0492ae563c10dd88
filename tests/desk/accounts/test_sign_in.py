"""Who gets into the desk, and for how long."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import unicodedata
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette
from web.fixtures import Front

from desk.conftest import OWNER, PASSWORD, STAFF, DeskOf
from lamoon.chat.limits import OwnBuckets
from lamoon.desk.accounts import sign_in_limits
from lamoon.desk.accounts.accounts import LONGEST, AccountError, Accounts
from lamoon.desk.accounts.sign_in import UNKNOWN
from lamoon.desk.accounts.sign_in_limits import STRANGERS, TRIES_PER_MINUTE, Tries, Try
from lamoon.desk.request import COOKIE, SIGN_IN, signer
from lamoon.web.app import make_app

ANNS = {"name": "Ann", "password": PASSWORD}


@pytest.fixture
def ann(front: Front) -> Front:
    """A gateway where Ann has an account."""
    front.desk.accounts.add("Ann", PASSWORD, "owner")
    return front


@pytest.fixture
def app(ann: Front) -> Starlette:
    """Such a gateway without a socket, so that requests can come from anywhere."""
    return make_app(ann.settings)


def sign_in(front: Front, headers: dict[str, str] | None = None, **fields: str) -> httpx.Response:
    """Sends the form."""
    return httpx.post(f"{front.url}{SIGN_IN}", data=ANNS | fields, headers=headers, trust_env=False)


def actions(front: Front) -> list[tuple[str, str]]:
    """Who did what, the oldest first."""
    return [(entry.staff, entry.action) for entry in reversed(front.desk.audit.latest())]


def test_the_desk_begins_with_the_inbox(desk: DeskOf) -> None:
    answer = desk.staff.get("/desk")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/inbox")


def test_who_signed_out_is_out_and_the_others_are_not(desk: DeskOf) -> None:
    assert desk.staff.post("/desk/sign-out").status_code == 303
    assert desk.staff.get("/desk").headers["location"] == SIGN_IN
    assert desk.owner.get("/desk/review").status_code == 200
    assert (STAFF, "sign_out") in actions(desk.front)


def test_the_cookie_is_kept_from_scripts_other_sites_and_plain_connections(ann: Front) -> None:
    cookies = sign_in(ann).headers.get_list("set-cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        name, *flags = [part.strip().lower() for part in cookie.split(";")]
        assert name.startswith("__host-")
        lasts = {flag for flag in flags if flag.startswith("max-age")}
        assert bool(lasts) is name.startswith(sign_in_limits.COOKIE.lower()), "a session ends with the browser"
        assert set(flags) - lasts == {"httponly", "secure", "samesite=strict", "path=/"}


@pytest.mark.parametrize("wrong", [{"password": "correct horse"}, {"name": "Bob"}, {"password": ""}])
def test_a_wrong_name_and_a_wrong_password_read_the_same(ann: Front, wrong: dict[str, str]) -> None:
    answer = sign_in(ann, **wrong)
    assert answer.status_code == 403
    assert "do not match" in answer.text
    assert "set-cookie" not in answer.headers


def test_the_sign_in_page_says_how_the_first_account_is_made(front: Front) -> None:
    def page() -> str:
        return httpx.get(f"{front.url}/desk/sign-in", trust_env=False).text

    assert "make staff NAME=" in page()
    front.desk.accounts.add("Ann", PASSWORD, "owner")
    assert "make staff" not in page()
    assert "the password is lost?" in page()


def test_what_was_typed_into_the_wrong_field_is_not_kept(ann: Front) -> None:
    sign_in(ann, name=PASSWORD, password="Ann")
    sign_in(ann, password="not the one at all")
    assert actions(ann) == [(UNKNOWN, "sign_in.refused"), ("Ann", "sign_in.refused")]


async def test_a_name_is_slowed_down_whatever_addresses_try_it(app: Starlette) -> None:
    """Once it is being guessed each address has one try, and then none for ten minutes."""
    for n in range(TRIES_PER_MINUTE):
        assert await status_from(app, f"10.0.0.{n}", "Ann") == 403
    for n in range(20):
        assert [await status_from(app, f"10.0.1.{n}", name) for name in ("Ann", "ANN ", "Ann")] == [403, 429, 429]
    assert await status_from(app, "10.0.1.0", "Bob") == 403


async def test_nobody_is_kept_out_by_the_guesses_of_others(app: Starlette) -> None:
    """Whoever guesses, and however fast: an address that did not fail gets in with the right password."""
    for n in range(6):
        for guess in range(40):
            await status_from(app, f"10.0.0.{guess % 4}", "Ann")
        assert await status_from(app, f"10.0.9.{n}", "Ann", PASSWORD) == 303
        assert await status_from(app, f"10.0.9.{n}", "Ann", PASSWORD) == 303, "what was right costs nothing"


async def test_a_browser_that_was_signed_in_has_tries_of_its_own(app: Starlette) -> None:
    """Even where it shares its address with whoever guesses."""
    device = await device_from(app, "10.0.0.1", "Ann")
    for n in range(TRIES_PER_MINUTE * 4):
        await status_from(app, f"10.0.0.{n % 2}", "Ann")
    assert await status_from(app, "10.0.0.1", "Ann", PASSWORD) == 429
    assert await status_from(app, "10.0.0.1", "Ann", cookie=device) == 403
    assert await status_from(app, "10.0.0.1", "Ann", PASSWORD, cookie=device) == 303


async def test_the_tries_of_a_known_browser_have_an_end_too(app: Starlette) -> None:
    device = await device_from(app, "10.0.0.1", "Ann")
    statuses = [await status_from(app, f"10.0.2.{n}", "Ann", cookie=device) for n in range(TRIES_PER_MINUTE + 3)]
    assert statuses == [403] * TRIES_PER_MINUTE + [429] * 3
    assert await status_from(app, "10.0.3.1", "Ann", PASSWORD) == 303, "and they are no guesses of strangers"


async def test_a_browser_is_known_for_the_names_that_signed_in_there(app: Starlette, ann: Front) -> None:
    """A shared computer at the reception: both, and nobody else."""
    for name in ("Sam", "Olivia"):
        ann.desk.accounts.add(name, PASSWORD, "staff")
    device = await device_from(app, "10.0.0.1", "Sam", cookie=await device_from(app, "10.0.0.1", "Ann"))
    for _ in range(TRIES_PER_MINUTE):
        await status_from(app, "10.0.0.1", "somebody else")
    statuses = [await status_from(app, "10.0.0.1", name, PASSWORD, device) for name in ("Ann", "Sam", "Olivia")]
    assert statuses == [303, 303, 429]


@pytest.mark.parametrize("change", [lambda c: c + "x", lambda c: c[:-4], lambda c: f"{sign_in_limits.COOKIE}=x.y"])
async def test_a_forged_device_is_a_stranger(app: Starlette, change: Callable[[str], str]) -> None:
    device = change(await device_from(app, "10.0.0.1", "Ann"))
    statuses = [await status_from(app, "10.0.0.1", "Ann", cookie=device) for _ in range(TRIES_PER_MINUTE + 1)]
    assert statuses[-1] == 429
    assert await status_from(app, "10.0.0.1", "Ann", PASSWORD, cookie=device) == 429


async def test_a_session_is_no_device(app: Starlette, ann: Front) -> None:
    session = sign_in(ann).headers.get_list("set-cookie")[0].partition(";")[0].partition("=")[2]
    for _ in range(TRIES_PER_MINUTE):
        await status_from(app, "10.0.0.1", "Ann", cookie=f"{sign_in_limits.COOKIE}={session}")
    assert await status_from(app, "10.0.0.1", "Ann", PASSWORD, cookie=f"{sign_in_limits.COOKIE}={session}") == 429


def test_many_addresses_guess_little_faster_than_one() -> None:
    """An hour in which a hundred addresses guess one name as fast as they are let."""
    now = [0.0]
    counted, guesses = Tries(OwnBuckets(lambda: now[0])), 0
    for _ in range(3600 // 5):
        for n in range(100):
            one = Try("ann", f"10.0.0.{n}")
            if not counted.take(one):
                guesses += 1
                counted.failed(one)
        now[0] += 5
    assert guesses <= 100 * 8 + TRIES_PER_MINUTE * 61, "one, then six an hour for each, and what the name has itself"
    assert counted.take(Try("ann", "10.0.0.200")) == 0


async def test_passwords_are_checked_a_few_at_a_time_and_known_browsers_do_not_queue(
    app: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood of guesses takes neither all memory nor the turn of somebody who was here before."""
    device = await device_from(app, "10.0.0.1", "Ann")
    checking, most, let_go = [0], [0], threading.Event()

    def check(self: Accounts, kept: str, password: str) -> bool:
        if password == PASSWORD:
            return True
        checking[0] += 1
        most[0] = max(most[0], checking[0])
        let_go.wait(20)
        checking[0] -= 1
        return False

    monkeypatch.setattr(Accounts, "_matches", check)
    flood = [asyncio.create_task(status_from(app, f"10.1.0.{n}", "Ann")) for n in range(20)]
    while checking[0] < STRANGERS:
        await asyncio.sleep(0.01)
    assert await status_from(app, "10.0.0.1", "Ann", PASSWORD, cookie=device) == 303
    let_go.set()
    assert await asyncio.gather(*flood) == [403] * 20
    assert most[0] == STRANGERS


async def test_an_address_is_slowed_down_whatever_names_it_tries(app: Starlette) -> None:
    statuses = [await status_from(app, "10.0.0.1", f"name {n}") for n in range(TRIES_PER_MINUTE + 20)]
    assert statuses == [403] * TRIES_PER_MINUTE + [429] * 20
    assert await status_from(app, "10.0.0.1", "Ann", PASSWORD) == 429
    assert await status_from(app, "10.0.0.2", "Ann", PASSWORD) == 303


async def test_a_household_with_ipv6_is_one_address(app: Starlette) -> None:
    statuses = [await status_from(app, f"2001:db8::{n}", f"name {n}") for n in range(TRIES_PER_MINUTE + 1)]
    assert statuses[-1] == 429


async def test_an_address_that_was_slowed_down_uses_up_nobodys_tries(app: Starlette) -> None:
    for _ in range(TRIES_PER_MINUTE):
        await status_from(app, "10.0.0.1", "somebody else")
    for _ in range(TRIES_PER_MINUTE):
        assert await status_from(app, "10.0.0.1", "Ann") == 429
    assert await status_from(app, "10.0.0.2", "Ann", PASSWORD) == 303


def test_a_session_that_was_foisted_on_somebody_is_not_taken_over(desk: DeskOf) -> None:
    answer = sign_in(desk.front, {"cookie": desk.staff.cookie}, name=OWNER)
    assert answer.headers["set-cookie"].partition(";")[0] != desk.staff.cookie
    assert desk.staff.get("/desk").headers["location"] == SIGN_IN


def test_a_cookie_that_we_did_not_sign_opens_nothing(desk: DeskOf) -> None:
    session = desk.front.desk.accounts.sign_in(STAFF, PASSWORD)
    assert session
    for forged in (session.session, f"{signer(desk.front.parts).dumps(session.session)}x", ""):
        answer = httpx.get(f"{desk.front.url}/desk", headers={"cookie": f"{COOKIE}={forged}"}, trust_env=False)
        assert answer.headers["location"] == SIGN_IN


@pytest.mark.parametrize("origin", ["https://evil.example", "https://studio.example", "null"])
def test_another_page_cannot_sign_somebody_in(ann: Front, origin: str) -> None:
    """Not even a page that may show the chat."""
    answer = sign_in(ann, {"origin": origin})
    assert (answer.status_code, answer.headers.get("set-cookie")) == (403, None)
    assert sign_in(ann, {"origin": ann.url}).status_code == 303


def test_a_form_of_another_page_does_nothing_even_with_the_token(desk: DeskOf) -> None:
    desk.staff.http.headers["origin"] = "https://studio.example"
    assert desk.staff.post("/desk/sign-out").status_code == 403
    del desk.staff.http.headers["origin"]
    assert desk.staff.get("/desk").headers["location"] == "/desk/inbox"


def test_who_does_not_click_for_long_is_signed_out(desk: DeskOf) -> None:
    age(desk, timedelta(minutes=desk.front.settings.desk_idle_minutes - 1), "seen_at")
    assert desk.staff.get("/desk").headers["location"] == "/desk/inbox"
    age(desk, timedelta(minutes=desk.front.settings.desk_idle_minutes + 1), "seen_at")
    assert desk.staff.get("/desk").headers["location"] == SIGN_IN


def test_no_session_lasts_for_ever(desk: DeskOf) -> None:
    age(desk, LONGEST, "begun_at")
    assert desk.staff.get("/desk").headers["location"] == SIGN_IN


def test_a_click_keeps_a_session(desk: DeskOf) -> None:
    for _ in range(3):
        age(desk, timedelta(minutes=desk.front.settings.desk_idle_minutes - 1), "seen_at")
        assert desk.staff.get("/desk").headers["location"] == "/desk/inbox"


def test_a_clock_that_was_set_back_makes_no_session_last_longer(desk: DeskOf) -> None:
    """Seen in what is the future by now: it counts from the next click."""
    age(desk, -timedelta(hours=6), "seen_at")
    age(desk, -timedelta(hours=6), "begun_at")
    assert desk.staff.get("/desk").headers["location"] == "/desk/inbox"
    with closing(sqlite3.connect(desk.front.settings.data / "lamoon.db")) as connection:
        seen = [datetime.fromisoformat(row[0]) for row in connection.execute("SELECT seen_at FROM desk_sessions")]
    assert min(seen) <= datetime.now(UTC).replace(tzinfo=None)
    age(desk, -LONGEST - timedelta(hours=1), "begun_at")
    assert desk.staff.get("/desk").headers["location"] == SIGN_IN


def test_a_closed_account_and_a_new_password_end_sessions_at_once(desk: DeskOf) -> None:
    accounts = desk.front.desk.accounts
    accounts.deactivate(STAFF)
    accounts.add(OWNER, "another battery staple")
    assert desk.staff.get("/desk").headers["location"] == SIGN_IN
    assert desk.owner.get("/desk").headers["location"] == SIGN_IN
    assert sign_in(desk.front, name=STAFF).status_code == 403
    assert sign_in(desk.front, name=OWNER, password="another battery staple").status_code == 303


def test_a_new_password_leaves_an_owner_an_owner(desk: DeskOf) -> None:
    desk.front.desk.accounts.add(OWNER, "another battery staple")
    assert {account.name: account.role for account in desk.front.desk.accounts.all()}[OWNER] == "owner"


@pytest.mark.parametrize(("name", "password"), [("", PASSWORD), ("n" * 81, PASSWORD), ("Ann", "elevenchars")])
def test_an_account_needs_a_name_and_a_long_password(front: Front, name: str, password: str) -> None:
    with pytest.raises(AccountError):
        front.desk.accounts.add(name, password, "staff")
    assert front.desk.accounts.all() == []


def test_passwords_are_kept_as_argon2id(ann: Front) -> None:
    with closing(sqlite3.connect(ann.settings.data / "lamoon.db")) as connection:
        ((kept,),) = connection.execute("SELECT password FROM desk_staff").fetchall()
    assert kept.startswith("$argon2id$")


def test_a_password_is_the_same_on_every_keyboard(front: Front) -> None:
    front.desk.accounts.add("Zoe", unicodedata.normalize("NFD", "caf\u00e9 au lait cr\u00e8me"), "staff")
    assert front.desk.accounts.sign_in("Zoe", unicodedata.normalize("NFC", "caf\u00e9 au lait cr\u00e8me"))


def age(desk: DeskOf, by: timedelta, column: str) -> None:
    """Makes every session older."""
    moment = (datetime.now(UTC) - by).replace(tzinfo=None)
    with closing(sqlite3.connect(desk.front.settings.data / "lamoon.db")) as connection, connection:
        connection.execute(f"UPDATE desk_sessions SET {column} = ?", (moment.isoformat(" "),))


async def answer_from(app: Starlette, host: str, name: str, password: str, cookie: str) -> httpx.Response:
    """What somebody at an address gets for a try."""
    transport = httpx.ASGITransport(app, client=(host, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://studio") as http:
        return await http.post(SIGN_IN, data={"name": name, "password": password}, headers={"cookie": cookie})


async def status_from(app: Starlette, host: str, name: str, password: str = "wrong", cookie: str = "") -> int:
    """The status of that answer."""
    return (await answer_from(app, host, name, password, cookie)).status_code


async def device_from(app: Starlette, host: str, name: str, cookie: str = "") -> str:
    """Signs somebody in: the device cookie of that browser."""
    answer = await answer_from(app, host, name, PASSWORD, cookie)
    (device,) = [found for found in answer.headers.get_list("set-cookie") if found.startswith(sign_in_limits.COOKIE)]
    return device.partition(";")[0]
