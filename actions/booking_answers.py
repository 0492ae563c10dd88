"""Answers to the booking form in one message, regardless of the open question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from lamoon.booking import Contact, Invalid, moves, parse_contact
from lamoon.booking.answers import LONGEST
from lamoon.booking.moves import area_code, is_fragment, plain
from lamoon.booking.names import continues_name, corrects_name, respelled
from lamoon.booking.readers import alters, changes, is_wish_at_health, names_time
from lamoon.booking.reading.phrases import phrases
from lamoon.booking.wish import Wish, says_something
from lamoon.contract import BOOKING_PARTS
from lamoon.studio import Studio, is_closed

HEALTH: Final = ("health_screening", "health_details")
ANSWERED_ALL: Final = ("consent", "send_booking")
"""Questions after the wish and health."""
LOCAL: Final = "local:"
NO_DAY: Final = {"gone": Invalid("gone_day"), "no_such": Invalid("no_such_day")}
"""Reasons for an impossible day, by the reading's name."""
MOST_WORDS_OF_A_DAY: Final = 8
_BODY: Final = phrases("body")
_CLAUSE: Final = re.compile(r"[,;.!?] ?")


@dataclass
class Given:
    """The form data of a message.

    Attributes:
        slots: the answers that it fills or changes.
        wish: the wish after it, in parts.
        local_phone: seven digits that lack their area code; empty if there is none.
        problem: why a contact in it is refused.
        no_time: why a day or a time in it is impossible.
    """

    slots: dict[str, str] = field(default_factory=dict)
    wish: Wish = field(default_factory=Wish)
    local_phone: str = ""
    problem: Invalid | None = None
    no_time: Invalid | None = None


def given(
    slots: Mapping[str, Any],
    reading: Mapping[str, Any],
    text: str,
    asked: str,
    studio: Studio,
    condition_words: Sequence[str] = (),
) -> Given:
    """Extract the form data of a message.

    Args:
        slots: of the conversation.
        reading: of the message.
        text: of the message.
        asked: the slot of the open question; empty if the form is just being opened.
        studio: for its country and its days.
        condition_words: the words of the message that name conditions; an area in them is not a wish.
    """
    parts = slots.get(BOOKING_PARTS) or {}
    found = Given(wish=Wish.from_slot(parts.get("wish")), local_phone=str(parts.get("local_phone") or ""))
    _name(found, slots, reading, text, asked)
    _contact(found, slots, reading, text, studio.country)
    _wish(found, slots, _possible(found, reading, studio), text, asked, condition_words)
    _one_way(found, slots, reading, text, asked)
    return found


def _one_way(found: Given, slots: Mapping[str, Any], reading: Mapping[str, Any], text: str, asked: str) -> None:
    """Note the only way to reach the visitor beside the wish: "text only, I'm deaf"."""
    contact = asked == "contact" or reading.get("email") or reading.get("phone")
    way = moves.one_way(text) if contact else ""
    if not way or way in found.wish.notes:
        return
    found.wish = replace(found.wish, notes=(*found.wish.notes, way))
    if slots.get("wish") or "wish" in found.slots:
        found.slots["wish"] = str(found.wish)


def _name(found: Given, slots: Mapping[str, Any], reading: Mapping[str, Any], text: str, asked: str) -> None:
    known, name = slots.get("visitor_name"), str(reading.get("name") or "")
    if name and name != known and (asked == "visitor_name" or not known or corrects_name(text, name, str(known))):
        found.slots["visitor_name"] = respelled(str(known), name) if known and asked != "visitor_name" else name
    elif known and asked == "contact" and (whole := continues_name(str(known), text)):
        found.slots["visitor_name"] = whole


def _contact(found: Given, slots: Mapping[str, Any], reading: Mapping[str, Any], text: str, country: str) -> None:
    email, phone = str(reading.get("email") or ""), str(reading.get("phone") or "")
    if not (email or phone) and (ending := moves.new_ending(text, str(slots.get("contact") or ""))):
        phone, email = ending, next((part for part in str(slots.get("contact")).split(" or ") if "@" in part), "")
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
    spoken = parse_contact(text, country)
    if reading.get("email") and "@" not in text and isinstance(spoken, Contact) and spoken.email:
        email = spoken.email  # of "drop me a line at ann at example dot com"
    contact = parse_contact(f"{email} {phone}".strip(), country)
    if isinstance(contact, Contact):
        found.local_phone = ""
        if str(contact) != slots.get("contact"):
            found.slots["contact"] = str(contact)
    else:
        found.problem = contact


def _wish(
    found: Given,
    slots: Mapping[str, Any],
    reading: Mapping[str, Any],
    text: str,
    asked: str,
    condition_words: Sequence[str],
) -> None:
    known = slots.get("wish")
    if (
        (asked in HEALTH and (condition_words or not is_wish_at_health(reading, text)))
        or len(text) > LONGEST
        or reading.get("move")
    ):
        return
    use = dict(reading)
    if asked not in ("", "wish") and not says_something(use):
        use.pop("notes", None)
    if asked != "wish" and ((found.wish.when and not names_time(text)) or _is_in_passing(use, text, asked)):
        use.pop("when", None)  # "first, my mail" names no day
    if asked in ANSWERED_ALL and not (is_fragment(plain(text)) or alters(text)):
        use.pop("body", None)  # at the read-back an area is either a change of the wish, or incidental
    if (
        condition_words
        and asked in ("visitor_name", "contact")
        and not any(use.get(name) for name in ("service", "when", "minutes"))
    ):
        use.pop("body", None)  # "I have a blood clot in my leg": the affected area
    if condition_words and use.get("body"):
        use["body"] = _well(use["body"], text, condition_words) or (use["body"] if asked == "wish" else [])
    before = found.wish
    if says_something(use) or use.get("for_whom"):
        found.wish = before.merged(use, text)
    answers = asked == "wish" and says_something(use) and not found.no_time
    complete = known or (found.wish.when and found.wish.says_what) or answers
    if found.wish != before and complete:
        found.slots["wish"] = str(found.wish)


def _is_in_passing(reading: Mapping[str, Any], text: str, asked: str) -> bool:
    """Return whether a day in the answer to another question is not a wish: "sorry, I'm a mess today, my husband died
    last month".
    """
    alone = not any(reading.get(name) for name in ("name", "email", "phone", "service", "body", "minutes"))
    return (
        asked in ("visitor_name", "contact") and alone and len(text.split()) > MOST_WORDS_OF_A_DAY and not changes(text)
    )


def _possible(found: Given, reading: Mapping[str, Any], studio: Studio) -> Mapping[str, Any]:
    """Return the reading without days on which the studio is closed; the reason is stored in `no_time`."""
    whens = list(reading.get("when") or ())
    open_days = [when for when in whens if not is_closed(studio, str(when.get("day") or ""))]
    if whens and not open_days:
        found.no_time = Invalid("closed_day", {"hours": studio.hours_sentence()})
    elif reading.get("problem") in NO_DAY and not whens:
        found.no_time = NO_DAY[reading["problem"]]
    return {**reading, "when": open_days}


def _well(body: Sequence[str], text: str, condition_words: Sequence[str]) -> list[str]:
    """Return the areas named outside of conditions: in "legs on Monday, I broke my ankle" the legs."""
    rest, clauses = plain(text), ""
    for words in condition_words:
        clause = _CLAUSE.split(plain(words))[-1]
        rest, clauses = rest.replace(clause, " . "), f"{clauses} . {clause}"
    return [part for part in body if _BODY[part].search(rest) or not _BODY[part].search(clauses)]
