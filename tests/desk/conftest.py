"""People at the desk of a gateway over a scripted Rasa."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from web.fixtures import Front

from lamoon.desk.accounts.accounts import Role
from lamoon.desk.request import COOKIE, CSRF_FIELD, SIGN_IN

PASSWORD = "correct horse battery"
OWNER, STAFF = "Olivia", "Sam"


class DeskVisitor:
    """Somebody who is signed in at the desk. Redirects are not followed."""

    def __init__(self, url: str, name: str, password: str = PASSWORD) -> None:
        self.name = name
        # Browsers count loopback as safe for such a cookie; httpx does not, so it is sent by hand.
        self.http = httpx.Client(base_url=url, trust_env=False, timeout=30)
        answer = self.http.post(SIGN_IN, data={"name": name, "password": password})
        assert answer.status_code == 303, answer.text
        value = answer.headers["set-cookie"].partition(";")[0].removeprefix(f"{COOKIE}=")
        self.cookie = f"{COOKIE}={value}"
        self.http.headers["cookie"] = self.cookie
        (self.csrf,) = set(re.findall(rf'name="{CSRF_FIELD}" value="(\w+)"', self.get("/desk/nowhere").text))

    def get(self, path: str, **parameters: str) -> httpx.Response:
        """A page."""
        return self.http.get(path, params=parameters or None)

    def post(self, path: str, **fields: str) -> httpx.Response:
        """What a form of the desk sends: the fields and the CSRF token, unless `fields` has another."""
        return self.http.post(path, data={CSRF_FIELD: self.csrf} | fields)


@dataclass
class DeskOf:
    """A gateway's desk, with an owner and somebody of the staff signed in."""

    front: Front
    owner: DeskVisitor
    staff: DeskVisitor

    def join(self, name: str, role: Role = "staff") -> DeskVisitor:
        """One more person, signed in."""
        return signed_in(self.front, name, role)


def signed_in(front: Front, name: str, role: Role) -> DeskVisitor:
    """A new account, signed in."""
    front.desk.accounts.add(name, PASSWORD, role)
    return DeskVisitor(front.url, name)


@pytest.fixture
def desk(front: Front) -> Iterator[DeskOf]:
    """The desk of `front`."""
    people = DeskOf(front, signed_in(front, OWNER, "owner"), signed_in(front, STAFF, "staff"))
    yield people
    people.owner.http.close()
    people.staff.http.close()


@pytest.fixture(autouse=True)
def _quick(quick_passwords: None) -> None:
    """Passwords cost little in these tests."""
