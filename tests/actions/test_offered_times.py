"""Free times in the booking form: offered, chosen, held, kept with the request; nothing of it without a calendar."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete

from actions import offered_times
from actions.action_ask_booking_form_held_time import ActionAskBookingFormHeldTime
from actions.action_hand_off_booking import ActionHandOffBooking
from actions.validate_booking_form import ValidateBookingForm
from lamoon.booking import BookingStore
from lamoon.booking.calendar import copy
from lamoon.booking.calendar.adapter import Busy
from lamoon.booking.calendar.fitting import title
from lamoon.booking.calendar.holds import Holds
from lamoon.booking.calendar.times import Span
from lamoon.booking.form import HELD_TIME, OFFERED_TIMES, WAIT_LIST, read_back
from lamoon.booking.wish import Wish
from lamoon.screening.conditions import load_facts
from lamoon.settings import PROJECT
from lamoon.storage.tables import calendar_copies, waits

ZONE = ZoneInfo("America/New_York")
HOURS = "\n".join(f"  {day}: 09:00-17:00" for day in ("monday", "tuesday", "wednesday", "thursday", "friday"))
CALENDAR = f"time_zone: America/New_York\nhours:\n{HOURS}\ncalendar:\n  source: caldav\n"
SENDER = "visitor-1"


@pytest.fixture
def with_calendar(settings_of_test: Path) -> Iterator[None]:
    """A studio.yml that names a calendar, before the store and the studio are opened."""
    path = settings_of_test.parent / "studio.yml"
    text = path.read_text(encoding="utf-8").replace("hours:\n  monday: 09:00-17:00\n", CALENDAR)
    path.write_text(text, encoding="utf-8")
    offered_times._offers.cache_clear()
    yield
    offered_times._offers.cache_clear()


@dataclass
class Form:
    """The booking form of one conversation: `says` gives a message to the open question."""

    turn: Callable[..., Any]
    slots: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)

    def says(self, text: str, asked: str = HELD_TIME, **reading: Any) -> None:
        here = self.turn(**{**self.slots, "requested_slot": asked, asked: text})
        here.form, here.sender = "booking_form", SENDER
        here.latest_message = {"text": text, "intent": {"name": "inform"}, "booking": reading}
        here.events = [
            {"event": "action", "name": "booking_form"},
            {"event": "slot", "name": asked, "value": text},
        ]
        done = here.run(ValidateBookingForm())
        self.slots.update(done.slots)
        self.said = [message["response"] for message in done.messages]

    def asks(self) -> str | None:
        here = self.turn(**self.slots)
        done = here.run(ActionAskBookingFormHeldTime())
        self.buttons = done.buttons
        return done.response

    def sends(self, **slots: Any) -> list[str]:
        here = self.turn(**{**self.slots, **slots})
        here.form = "booking_form"
        done = here.run(ActionHandOffBooking())
        return [message["response"] for message in done.messages]


@pytest.fixture
def form(with_calendar: None, turn: Callable[..., Any]) -> Form:
    return Form(turn, {"visitor_name": "Ann", "contact": "ann@example.com"})


def copied(store: BookingStore, *busy: Span, at: datetime | None = None) -> None:
    moment = at or datetime.now(UTC)
    copy.store(store.database, copy.Copy(moment, moment + timedelta(days=40), tuple(Busy(span) for span in busy)))


def wishes(form: Form, when: dict[str, Any] | None = None, **reading: Any) -> None:
    whens = [when] if when else []
    form.says("neck", "wish", **{"body": ["neck"], "when": whens, **reading})


def a_weekday(ahead: int = 7) -> date:
    """A Wednesday some days ahead."""
    day = datetime.now(ZONE).date() + timedelta(days=ahead)
    return day + timedelta(days=(2 - day.weekday()) % 7)


def on(day: date, begins: str | None = None, ends: str | None = None) -> dict[str, Any]:
    return {"day": day.isoformat(), "from": begins, "to": ends}


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def test_once_the_wish_is_known_three_free_times_are_choices(form: Form, store: BookingStore) -> None:
    day = a_weekday()
    copied(store, Span(at(day, 9), at(day, 11)))
    wishes(form, on(day))
    assert form.asks() == "utter_offer_times"
    first = title(at(day, 11) + timedelta(minutes=30))
    assert form.buttons[0] == first
    assert form.buttons[3:] == ["Other times", "None of these"]


def test_a_chosen_time_is_held_and_becomes_the_wish_as_data(form: Form, store: BookingStore) -> None:
    day = a_weekday()
    copied(store)
    wishes(form, on(day))
    form.says(title(at(day, 9)), when=[on(day, "09:00", "09:00")])
    assert form.said == ["utter_time_held"]
    assert form.slots[HELD_TIME] == title(at(day, 9))
    assert Wish.from_slot(form.slots["booking_parts"]["wish"]).when == (on(day, "09:00", "09:00"),)
    assert form.slots["wish"].startswith("neck, Wednesday, ")
    hold = Holds(store.database).of(SENDER)
    assert hold is not None
    assert hold.span.start == at(day, 9)
    assert f"Held time: {title(at(day, 9))}\n" in read_back(form.slots, load_facts())


def test_the_request_keeps_the_time_and_says_it(form: Form, store: BookingStore, filled: dict[str, Any]) -> None:
    day = a_weekday()
    copied(store)
    wishes(form, on(day))
    form.says("the first one")
    said = form.sends(**{key: filled[key] for key in ("health_screening", "consent", "send_booking")})
    assert said == ["utter_booking_sent", "utter_time_kept"]
    (row,) = store.list()
    assert row.request.details[HELD_TIME] == title(at(day, 9))
    hold = Holds(store.database).for_request(row.request.reference)
    assert hold is not None
    assert (hold.state, hold.span.start) == ("kept", at(day, 9))


def test_other_times_are_others(form: Form, store: BookingStore) -> None:
    copied(store)
    wishes(form, on(a_weekday()))
    form.asks()
    first = form.buttons[:3]
    form.says("Other times")
    assert form.asks() == "utter_offer_other_times"
    assert not set(first) & set(form.buttons[:3])


def test_none_of_these_leaves_the_wish_as_it_was(form: Form, store: BookingStore, filled: dict[str, Any]) -> None:
    copied(store)
    wishes(form, on(a_weekday()))
    before = form.slots["wish"]
    form.says("None of these")
    assert (form.slots[HELD_TIME], form.slots["wish"], form.said) == ("", before, ["utter_times_none"])
    assert form.sends(**{key: filled[key] for key in ("health_screening", "consent", "send_booking")}) == [
        "utter_booking_sent"
    ]
    assert "Held" not in read_back(form.slots, load_facts())


def test_another_day_is_another_wish_with_its_own_times(form: Form, store: BookingStore) -> None:
    day, other = a_weekday(), a_weekday() + timedelta(days=1)
    copied(store)
    wishes(form, on(day))
    form.says("rather thursday", when=[on(other)])
    assert form.slots[HELD_TIME] is None
    assert form.asks() == "utter_offer_times"
    assert form.buttons[0] == title(at(other, 9))


def test_changing_the_wish_later_gives_the_time_up_and_offers_again(form: Form, store: BookingStore) -> None:
    day, other = a_weekday(), a_weekday() + timedelta(days=1)
    copied(store)
    wishes(form, on(day))
    form.says("1")
    form.says("no, thursday instead", "consent", when=[on(other)])
    assert form.slots[HELD_TIME] is None
    assert Holds(store.database).of(SENDER) is None
    assert form.asks() == "utter_offer_times"


def test_what_is_no_choice_is_asked_again(form: Form, store: BookingStore) -> None:
    copied(store)
    wishes(form, on(a_weekday()))
    form.says("purple")
    assert form.slots[HELD_TIME] is None
    assert form.said == ["utter_invalid_no_time_choice"]
    assert form.asks() == "utter_offer_times"


def test_a_time_that_somebody_else_took_is_not_held(form: Form, store: BookingStore) -> None:
    day = a_weekday()
    copied(store)
    wishes(form, on(day))
    Holds(store.database).take("somebody else", Span(at(day, 9), at(day, 10)))
    form.says("the first")
    assert form.said == ["utter_time_taken"]
    assert form.slots[HELD_TIME] is None
    form.asks()
    assert title(at(day, 9)) not in form.buttons


def test_a_time_lost_before_sending_is_passed_on_as_a_wish(
    form: Form, store: BookingStore, filled: dict[str, Any]
) -> None:
    day = a_weekday()
    copied(store)
    wishes(form, on(day))
    form.says("the first")
    Holds(store.database).release(SENDER)
    Holds(store.database).take("somebody else", Span(at(day, 9), at(day, 10)))
    said = form.sends(**{key: filled[key] for key in ("health_screening", "consent", "send_booking")})
    assert said == ["utter_time_lost", "utter_booking_sent"]
    (row,) = store.list()
    assert HELD_TIME not in row.request.details
    assert "9 am" in row.request.wish


@pytest.mark.parametrize("slots", [{"booking_hold": True}, {"health_screening": "yes"}])
def test_who_needs_a_look_at_their_health_is_offered_no_time(
    form: Form, store: BookingStore, slots: dict[str, Any]
) -> None:
    copied(store)
    form.slots.update(slots)
    wishes(form, on(a_weekday()))
    assert (form.slots[HELD_TIME], form.slots.get(OFFERED_TIMES)) == ("", None)


def test_health_told_while_times_are_offered_leaves_them_free(form: Form, store: BookingStore) -> None:
    copied(store)
    wishes(form, on(a_weekday()))
    form.slots["booking_hold"] = True
    form.says("the first")
    assert (form.slots[HELD_TIME], form.said) == ("", ["utter_times_none"])
    assert Holds(store.database).of(SENDER) is None


def test_health_told_later_gives_the_time_up(form: Form, store: BookingStore) -> None:
    copied(store)
    wishes(form, on(a_weekday()))
    form.says("the first")
    form.says("yes", "health_screening")
    assert form.said == ["utter_time_not_held"]
    assert form.slots[HELD_TIME] == ""
    assert Holds(store.database).of(SENDER) is None


def test_a_request_on_hold_never_takes_a_time_with_it(form: Form, store: BookingStore, filled: dict[str, Any]) -> None:
    copied(store)
    wishes(form, on(a_weekday()))
    form.says("the first")
    said = form.sends(
        booking_hold=True, **{key: filled[key] for key in ("health_screening", "consent", "send_booking")}
    )
    assert said == ["utter_booking_sent_on_hold"]
    (row,) = store.list()
    assert Holds(store.database).for_request(row.request.reference) is None
    assert Holds(store.database).of(SENDER) is None


def test_where_nothing_suits_the_wait_list_is_a_choice(form: Form, store: BookingStore, filled: dict[str, Any]) -> None:
    day = a_weekday()
    copied(store)
    wishes(form, on(day, "19:00", "21:00"))
    assert form.asks() == "utter_offer_nearest_times"
    assert form.buttons[-2:] == ["Put me on the wait list", "None of these"]
    form.says("Put me on the wait list")
    assert (form.slots[HELD_TIME], form.said) == (WAIT_LIST, ["utter_wait_list_noted"])
    form.sends(**{key: filled[key] for key in ("health_screening", "consent", "send_booking")})
    with store.database.reading("look") as connection:
        (row,) = connection.execute(waits.select()).all()
    assert (row.reference, row.whens, row.minutes) == (
        store.list()[0].request.reference,
        [on(day, "19:00", "21:00")],
        60,
    )


def test_full_weeks_offer_the_wait_list_alone(form: Form, store: BookingStore) -> None:
    now = datetime.now(UTC)
    copied(store, Span(now, now + timedelta(days=40)))
    wishes(form, on(a_weekday()))
    assert form.asks() == "utter_offer_wait_list"
    assert form.buttons == ["Put me on the wait list", "None of these"]
    form.says("no")
    assert form.slots[HELD_TIME] == ""


@pytest.mark.parametrize("age", [None, 20])
def test_a_calendar_that_is_away_leaves_wishes(form: Form, store: BookingStore, age: int | None) -> None:
    if age:
        copied(store, at=datetime.now(UTC) - timedelta(minutes=age))
    wishes(form, on(a_weekday()))
    assert (form.slots[HELD_TIME], form.slots.get(OFFERED_TIMES), form.said) == ("", None, [])


def test_a_broken_database_leaves_wishes(form: Form, store: BookingStore, break_store: Callable[[Any], None]) -> None:
    with store.database.writing("empty") as connection:
        connection.execute(delete(calendar_copies))
    break_store(calendar_copies)
    wishes(form, on(a_weekday()))
    assert form.slots[HELD_TIME] == ""


def test_several_people_are_left_to_the_team(form: Form, store: BookingStore) -> None:
    copied(store)
    wishes(form, on(a_weekday()), for_whom="two_people")
    assert form.slots[HELD_TIME] == ""


def test_without_a_calendar_nothing_is_asked(turn: Callable[..., Any]) -> None:
    form = Form(turn)
    wishes(form, on(a_weekday()))
    assert (form.slots[HELD_TIME], form.slots.get(OFFERED_TIMES), form.said) == ("", None, [])


def test_without_a_calendar_nothing_of_it_is_imported() -> None:
    program = """
import sys, asyncio
import actions.validate_booking_form, actions.action_hand_off_booking, actions.offered_times
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
tracker = Tracker("x", {"wish": "neck"}, {}, [], False, None, {}, "action_listen")
dispatcher = CollectingDispatcher()
print(asyncio.run(actions.offered_times.offer([], tracker, dispatcher)))
print(actions.offered_times.answer("held_time", {}, tracker, dispatcher), actions.offered_times.at_sending(tracker, dispatcher))
invitations = [name for name in sys.modules if name.startswith("icalendar")]  # the worker's mails need it
import lamoon.booking.__main__
heavy = ("lamoon.booking.calendar.keeper", "lamoon.booking.calendar.offers", "caldav", "recurring_ical_events", "lxml")
print([*invitations, *(name for name in sys.modules if name.startswith(heavy))])
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    *_, offered, answered, imported = done.stdout.splitlines()
    assert offered.endswith("'name': 'held_time', 'value': ''}]")
    assert (answered, imported) == ("{} None", "[]")
