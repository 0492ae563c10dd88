"""Free times in the booking form: offered once the wish is known, held when one is chosen, kept when the request is sent.

Without a calendar this asks nothing and imports nothing. If it is unreachable, or a therapist has to review the request
first, it asks nothing either: the form then accepts wishes as usual.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Connection

from actions.base import Events
from actions.resources import store, studio
from lamoon.booking import BookingRequest
from lamoon.booking.form import HELD_TIME, OFFERED_TIMES, WAIT_LIST
from lamoon.booking.wish import Wish
from lamoon.contract import BOOKING, BOOKING_HOLD, BOOKING_PARTS
from lamoon.errors import LamoonError

if TYPE_CHECKING:
    from lamoon.booking.calendar.offers import Offers
    from lamoon.booking.calendar.times import Span
    from lamoon.booking.calendar.waiting import WaitList

log = logging.getLogger(__name__)

WISH: Final = "wish"
ON_HOLD: Final = ("yes", "details")
"""Answers to the health question after which a therapist reviews the request first."""
SEVERAL: Final = ("two_people", "group")
"""Bookings for which one time is not enough."""
Also = Callable[[Connection, BookingRequest], None]


async def offer(events: Events, tracker: Tracker, dispatcher: CollectingDispatcher) -> Events:
    """Return the events after a validation: times to offer, or that there is nothing to ask.

    Args:
        events: of the validation.
        tracker: with the slots before it.
        dispatcher: for what has to be said.
    """
    slots = {**tracker.slots, **{event["name"]: event["value"] for event in events if event["event"] == "slot"}}
    if slots.get(WISH) is None:
        return []
    if not studio().calendar.is_read:
        return [SlotSet(HELD_TIME, "")] if slots.get(HELD_TIME) is None else []
    try:
        new = await asyncio.to_thread(_offered, slots, _owner(tracker), dispatcher)
    except LamoonError as error:
        log.error("No times are offered: %s", error)
        new = _nothing()
    return [SlotSet(name, value) for name, value in new.items()]


def answer(
    asked: str, message: Mapping[str, Any], tracker: Tracker, dispatcher: CollectingDispatcher
) -> dict[str, Any]:
    """Return the slots set by a choice among the offered times; empty for any other message.

    Args:
        asked: the open question.
        message: the visitor's, with its reading.
        tracker: with the slots before it.
        dispatcher: for what has to be said.
    """
    offered = tracker.get_slot(OFFERED_TIMES) or {}
    if asked != HELD_TIME or not offered:
        return {}
    from lamoon.booking.calendar.choosing import choice_of

    whens = (message.get(BOOKING) or {}).get("when") or ()
    spans = _spans(offered)
    choice = choice_of(str(message.get("text") or ""), whens, spans, studio().zone)
    if choice is None:
        return {}
    if choice == "other":
        shown = [*offered["shown"], *offered["times"]]
        return {HELD_TIME: None, OFFERED_TIMES: {**offered, "shown": shown, "times": [], "again": True}}
    if choice == "none" or tracker.get_slot(BOOKING_HOLD):  # a condition may have been disclosed since the offer
        dispatcher.utter_message(response="utter_times_none")
        return {HELD_TIME: ""}
    if choice == "wait":
        dispatcher.utter_message(response="utter_wait_list_noted")
        return {HELD_TIME: WAIT_LIST}
    return _take(choice, offered, tracker, dispatcher)


def at_sending(tracker: Tracker, dispatcher: CollectingDispatcher) -> Also | None:
    """Return the addition to the request's transaction that keeps its time; None if it has none. An expired time is
    held again, or removed from the request if it is taken by now. Messages sent here precede the confirmation.
    """
    held = str(tracker.get_slot(HELD_TIME) or "")
    if not held or not studio().calendar.is_read:
        return None
    from lamoon.booking.calendar import holds, waiting
    from lamoon.booking.calendar.fitting import minutes_of

    owner = _owner(tracker)
    if held == WAIT_LIST:
        wish = _wish(tracker.slots)
        whens, minutes = list(wish.when), minutes_of(wish, studio())
        return lambda connection, request: waiting.join(connection, request.reference, whens, minutes)
    if not tracker.get_slot(BOOKING_HOLD) and _offers().holds.extend(owner) is None:
        dispatcher.utter_message(response="utter_time_lost", time=held)
        tracker.slots[HELD_TIME] = ""
        return None

    def keep(connection: Connection, request: BookingRequest) -> None:
        if request.hold:
            holds.give_up(connection, owner)
        else:
            holds.keep(connection, owner, request.reference)

    return keep


def take_offer(reference: str) -> str:
    """Accept the time offered to a request on the wait list, and return it; empty if it is no longer held."""
    if not studio().calendar.is_read:
        return ""
    from lamoon.booking.calendar.fitting import title

    hold = _wait_list().accept(reference)
    return title(hold.span.start.astimezone(studio().zone)) if hold else ""


def pass_offer(reference: str) -> bool:
    """Decline the offered time; False if none is offered."""
    return studio().calendar.is_read and _wait_list().decline(reference)


def _wait_list() -> WaitList:
    from lamoon.booking.calendar.waiting import WaitList

    return WaitList(studio(), store().database, _offers())


@lru_cache(maxsize=1)
def _offers() -> Offers:
    from lamoon.booking.calendar.offers import Offers

    return Offers(studio(), store().database)


def _offered(slots: Mapping[str, Any], owner: str, dispatcher: CollectingDispatcher) -> dict[str, Any]:
    """The slots to change. Raises StoreError."""
    from lamoon.booking.calendar.fitting import minutes_of

    held, offered, wish = slots.get(HELD_TIME), slots.get(OFFERED_TIMES) or {}, _wish(slots)
    if slots.get(BOOKING_HOLD) or slots.get("health_screening") in ON_HOLD:
        return _given_up(held, owner, dispatcher)
    minutes = minutes_of(wish, studio())
    key = _key(wish, minutes)
    is_current = offered.get("key") == key
    if held is not None and (is_current or not offered):
        return {}
    if held is None and is_current and offered["times"]:
        return {}  # the question is open
    if held:
        _offers().holds.release(owner)
    shown = offered.get("shown") or [] if is_current else []
    can_be = wish.for_whom not in SEVERAL and wish.services != ("gift_voucher",)
    found = _offers().find(wish.when, minutes, owner, shown) if can_be else None
    if found is None:
        return _nothing()
    times = [span.start.isoformat() for span in found.times]
    again = bool(offered.get("again")) and is_current
    new = {"key": key, "times": times, "minutes": minutes, "fits": found.fits, "shown": shown, "again": again}
    return {HELD_TIME: None, OFFERED_TIMES: new}


def _given_up(held: object, owner: str, dispatcher: CollectingDispatcher) -> dict[str, Any]:
    """Release the time, because a therapist reviews the request first."""
    if held and held != WAIT_LIST:
        _offers().holds.release(owner)
        dispatcher.utter_message(response="utter_time_not_held", time=held)
        return _nothing()
    return _nothing() if held is None else {}


def _take(span: Span, offered: Mapping[str, Any], tracker: Tracker, dispatcher: CollectingDispatcher) -> dict[str, Any]:
    """Hold the chosen time, which becomes the wish; offer others if it was taken meanwhile."""
    from lamoon.booking.calendar.fitting import as_wish, title

    local = span.start.astimezone(studio().zone)
    if _offers().holds.take(_owner(tracker), span) is None:
        dispatcher.utter_message(response="utter_time_taken", time=title(local))
        return {HELD_TIME: None, OFFERED_TIMES: {**offered, "times": []}}
    dispatcher.utter_message(response="utter_time_held", time=title(local))
    wish = replace(_wish(tracker.slots), when=(as_wish(local),))
    parts = {**(tracker.get_slot(BOOKING_PARTS) or {}), WISH: wish.to_slot()}
    settled = {**offered, "key": _key(wish, offered["minutes"])}
    return {HELD_TIME: title(local), OFFERED_TIMES: settled, BOOKING_PARTS: parts, WISH: str(wish)}


def _nothing() -> dict[str, Any]:
    return {HELD_TIME: "", OFFERED_TIMES: None}


def _spans(offered: Mapping[str, Any]) -> list[Span]:
    from lamoon.booking.calendar.times import Span

    starts = [datetime.fromisoformat(text) for text in offered.get("times") or ()]
    return [Span(start, start + timedelta(minutes=offered["minutes"])) for start in starts]


def _wish(slots: Mapping[str, Any]) -> Wish:
    return Wish.from_slot((slots.get(BOOKING_PARTS) or {}).get(WISH))


def _key(wish: Wish, minutes: int) -> str:
    """Return the values that the offered times depend on."""
    return json.dumps([[dict(when) for when in wish.when], minutes], sort_keys=True)


def _owner(tracker: Tracker) -> str:
    return str(tracker.sender_id)[:255]
