"""What one message gives the booking form, whatever the open question is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lamoon.booking import Contact, Invalid, parse_contact
from lamoon.booking.answers import LONGEST
from lamoon.booking.moves import area_code
from lamoon.booking.names import corrects_name
from lamoon.booking.readers import changes, names_time
from lamoon.booking.wish import Wish, says_something
from lamoon.contract import BOOKING_PARTS

HEALTH: Final = ("health_screening", "health_details")
LOCAL: Final = "local:"


@dataclass
class Given:
    """What a message gives.

    Attributes:
        slots: the answers that it fills or changes.
        wish: the wish after it, in parts.
        local_phone: seven digits that lack their area code; empty for none.
        problem: why a contact in it cannot be taken.
    """

    slots: dict[str, str] = field(default_factory=dict)
    wish: Wish = field(default_factory=Wish)
    local_phone: str = ""
    problem: Invalid | None = None


def given(
    slots: Mapping[str, Any], reading: Mapping[str, Any], text: str, asked: str, country: str, health: bool
) -> Given:
    """What a message gives the form.

    Args:
        slots: of the conversation.
        reading: of the message.
        text: of the message.
        asked: the slot of the open question; empty where the form is only being opened.
        country: the studio's.
        health: whether the message names conditions; an area in it is then no wish, unless the wish was asked.
    """
    parts = slots.get(BOOKING_PARTS) or {}
    found = Given(wish=Wish.from_slot(parts.get("wish")), local_phone=str(parts.get("local_phone") or ""))
    _name(found, slots, reading, text, asked)
    _contact(found, slots, reading, text, country)
    _wish(found, slots, reading, text, asked, health)
    return found


def _name(found: Given, slots: Mapping[str, Any], reading: Mapping[str, Any], text: str, asked: str) -> None:
    known, name = slots.get("visitor_name"), str(reading.get("name") or "")
    if name and name != known and (asked == "visitor_name" or not known or corrects_name(text, name)):
        found.slots["visitor_name"] = name


def _contact(found: Given, slots: Mapping[str, Any], reading: Mapping[str, Any], text: str, country: str) -> None:
    email, phone = str(reading.get("email") or ""), str(reading.get("phone") or "").partition(";")[0]
    code = area_code(text) if found.local_phone and not phone else ""
    if code:
        phone = code + found.local_phone
    if phone.startswith(LOCAL):
        found.local_phone = phone.removeprefix(LOCAL)
        phone = ""
        if not email:
            found.problem = Invalid("local_phone")
    if not (email or phone):
        return
    plain = parse_contact(text, country)
    if email and isinstance(plain, Contact) and plain.email:
        email = plain.email  # of "drop me a line at ann at example dot com"
    contact = parse_contact(f"{email} {phone}".strip(), country)
    if isinstance(contact, Contact):
        found.local_phone = ""
        if str(contact) != slots.get("contact"):
            found.slots["contact"] = str(contact)
    else:
        found.problem = contact


def _wish(
    found: Given, slots: Mapping[str, Any], reading: Mapping[str, Any], text: str, asked: str, health: bool
) -> None:
    known = slots.get("wish")
    if (asked in HEALTH and (health or not changes(text))) or len(text) > LONGEST:
        return
    use = dict(reading)
    if asked != "wish":
        use.pop("notes", None)
        if found.wish.when and not names_time(text):
            use.pop("when", None)  # "first, my mail" names no day
        if health:
            use.pop("body", None)
        if reading.get("move"):
            return
    before = found.wish
    if says_something(use) or use.get("for_whom"):
        found.wish = before.merged(use, text)
    complete = known or (found.wish.when and found.wish.says_what) or (asked == "wish" and says_something(use))
    if found.wish != before and complete:
        found.slots["wish"] = str(found.wish)
