"""Accounts at the desk: an invitation sets one password, roles, closing, and one's own password."""

from __future__ import annotations

import html
import re
import time
from urllib.parse import urlsplit

import httpx
import pyotp
import pytest

from desk.conftest import PASSWORD, STAFF, DeskOf, DeskVisitor
from lamoon.desk.accounts.accounts import CodeError
from lamoon.desk.accounts.pages import QrCode

NEW = "a brand new password"


def link_in(page: str) -> str:
    found = re.search(r'class="copied" readonly value="([^"]+)"', page)
    assert found, page
    return urlsplit(html.unescape(found[1])).path


def set_password(desk: DeskOf, path: str, password: str = NEW, again: str = NEW) -> httpx.Response:
    return httpx.post(
        f"{desk.front.url}{path}", data={"password": password, "again": again}, trust_env=False, follow_redirects=False
    )


def test_an_invitation_sets_a_password_once(desk: DeskOf) -> None:
    path = link_in(desk.owner.post("/desk/settings/accounts/invite", name="Ann", role="staff").text)
    assert "Welcome, Ann" in httpx.get(f"{desk.front.url}{path}", trust_env=False).text
    assert set_password(desk, path, again="another one here").status_code == 422
    assert set_password(desk, path, "short", "short").status_code == 422
    assert set_password(desk, path).status_code == 303
    assert DeskVisitor(desk.front.url, "Ann", NEW).get("/desk/teach").status_code == 200
    assert set_password(desk, path, "yet another password", "yet another password").status_code == 422
    assert httpx.get(f"{desk.front.url}{path}", trust_env=False).status_code == 410


def test_a_forgotten_password_is_replaced_by_a_link(desk: DeskOf) -> None:
    path = link_in(desk.owner.post("/desk/settings/accounts/invite", name=STAFF, do="again").text)
    set_password(desk, path)
    assert desk.staff.get("/desk/teach").status_code == 303  # the old session is over
    assert DeskVisitor(desk.front.url, STAFF, NEW)


def test_a_name_is_invited_once(desk: DeskOf) -> None:
    refused = desk.owner.post("/desk/settings/accounts/invite", name=STAFF, role="staff")
    assert (refused.status_code, "already" in refused.text) == (409, True)


def test_roles_change_and_the_last_owner_stays(desk: DeskOf) -> None:
    last = desk.owner.post("/desk/settings/accounts/change", name="Olivia", do="role", role="staff")
    assert (last.status_code, "only owner" in last.text) == (409, True)
    desk.owner.post("/desk/settings/accounts/change", name=STAFF, do="role", role="owner")
    assert desk.staff.get("/desk/settings").status_code == 200
    assert desk.owner.post("/desk/settings/accounts/change", name="Olivia", do="close").status_code == 409
    assert desk.staff.post("/desk/settings/accounts/change", name="Olivia", do="close").status_code == 303
    assert desk.owner.get("/desk/settings").status_code == 303


@pytest.mark.parametrize(
    ("present", "password", "again", "status"),
    [
        ("wrong", NEW, NEW, 422),
        (PASSWORD, NEW, "other", 422),
        (PASSWORD, "short", "short", 422),
        (PASSWORD, NEW, NEW, 303),
    ],
)
def test_ones_own_password(desk: DeskOf, present: str, password: str, again: str, status: int) -> None:
    done = desk.staff.post("/desk/account", present=present, password=password, again=again)
    assert done.status_code == status
    if status == 303:
        assert DeskVisitor(desk.front.url, STAFF, NEW)


def test_accounts_are_an_owners(desk: DeskOf) -> None:
    assert desk.staff.post("/desk/settings/accounts/invite", name="Eve", role="owner").status_code == 403
    assert desk.staff.get("/desk/account").status_code == 200


def code_of(secret: str) -> str:
    return str(pyotp.TOTP(secret.replace(" ", "")).now())


def test_a_second_factor_is_asked_for_once_it_is_confirmed(desk: DeskOf) -> None:
    page = desk.staff.post("/desk/account/code", do="begin").text
    found = re.search(r'name="secret" class="copied" readonly value="([A-Z2-7 ]+)"', page)
    assert found
    address = pyotp.TOTP(found[1].replace(" ", "")).provisioning_uri(STAFF, "La Moon Massage and Facial")
    assert QrCode.of(address).path in page  # for the camera, beside the key
    assert DeskVisitor(desk.front.url, STAFF)  # not confirmed yet
    wrong = desk.staff.post("/desk/account/code", do="confirm", code="000000", secret=found[1])
    assert (wrong.status_code, found[1] in wrong.text) == (422, True)
    accounts = desk.front.desk.accounts
    code = code_of(found[1])
    assert desk.staff.post("/desk/account/code", do="confirm", code=code).status_code == 303
    for given in ("", "123", code):  # a code is good once
        with pytest.raises(CodeError):
            accounts.sign_in(STAFF, PASSWORD, given)
    assert accounts.sign_in(STAFF, "wrong", code) is None
    later = pyotp.TOTP(found[1].replace(" ", "")).at(int(time.time()) + 30)
    assert accounts.sign_in(STAFF, PASSWORD, later)


def test_the_sign_in_page_asks_for_the_code(desk: DeskOf) -> None:
    accounts = desk.front.desk.accounts
    person = accounts.sign_in(STAFF, PASSWORD)
    assert person
    accounts.confirm_second_factor(person.id, code_of(accounts.begin_second_factor(person.id)))
    form = {"name": STAFF, "password": PASSWORD}
    refused = httpx.post(f"{desk.front.url}/desk/sign-in", data=form, trust_env=False)
    assert (refused.status_code, "code that your app shows" in refused.text) == (403, True)
    assert f'value="{STAFF}"' in refused.text


def test_the_second_factor_ends_with_the_password(desk: DeskOf) -> None:
    accounts = desk.front.desk.accounts
    person = accounts.sign_in(STAFF, PASSWORD)
    assert person
    accounts.confirm_second_factor(person.id, code_of(accounts.begin_second_factor(person.id)))
    assert desk.staff.post("/desk/account/code", do="end", present="wrong").status_code == 422
    assert desk.staff.post("/desk/account/code", do="end", present=PASSWORD).status_code == 303
    assert accounts.sign_in(STAFF, PASSWORD)
