"""Days and times: ranges, exclusions, corrections, what cannot be."""

from __future__ import annotations

import pytest
from booking.reading.conftest import Read


def shown(read: Read, text: str) -> list[str]:
    """Each wish as "day from-to", with "x" before days left out."""
    return [
        " ".join([w.day or "?", f"{w.begins or ''}-{w.ends or ''}", *(f"x{day}" for day in w.excluded)])
        for w in read(text, "when").when
    ]


@pytest.mark.parametrize(
    ("text", "whens"),
    [
        ("Tuesday's fine, say half four", ["tue 16:30-16:30"]),
        ("weds before 1115", ["wed -11:15"]),
        ("430pm sat or 6 sun", ["sat 16:30-16:30", "sun 18:00-18:00"]),
        ("sat at 1530", ["sat 15:30-15:30"]),
        ("fri for 120 minutes, had it since 2012", ["fri -"]),
        ("she knocks off at four on Mondays, so any time after that", ["mon 16:00-"]),
        ("Monday's yoga, so it has to be Tuesday at 2", ["tue 14:00-14:00"]),
        ("the 9th at 10, ah damn, that's the plumber, the 11th at 10", ["2026-12-11 10:00-10:00"]),
        ("I can't get there before 3 on Fridays", ["fri 15:00-"]),
        ("tue after 3 / thu morning / sat 10 to 12", ["tue 15:00-", "thu -12:00", "sat 10:00-12:00"]),
        ("mon: morning, tue: after 5", ["mon -12:00", "tue 17:00-"]),
        ("haf past 4 on friday", ["fri 16:30-16:30"]),
        ("Mon-Wed 9-12", ["mon 09:00-12:00", "tue 09:00-12:00", "wed 09:00-12:00"]),
        ("monday through friday after 5", ["weekday 17:00-"]),
        ("the 8th or 9th after 3", ["2026-12-08 15:00-", "2026-12-09 15:00-"]),
        ("between Dec 10 and Dec 14", ["2026-12-10/2026-12-14 -"]),
        ("any day but Sunday, preferably afternoons", ["any 12:00-17:00 xsun"]),
        ("weekday evenings, except wednesdays", ["weekday 17:00- xwed"]),
        ("tomorrow or the day after, around lunchtime", ["2026-12-01 12:00-14:00", "2026-12-02 12:00-14:00"]),
        ("a week from tomorrow at nine", ["2026-12-08 09:00-09:00"]),
        ("two weeks from Friday", ["2026-12-18 -"]),
        ("thursday week", ["2026-12-10 -"]),
        ("the monday after next", ["2026-12-14 -"]),
        ("Next week Monday or Tuesday", ["2026-12-07 -", "2026-12-08 -"]),
        ("on the 21st, after three but before five", ["2026-12-21 15:00-17:00"]),
        ("2pm Tuesday or 4pm Thursday", ["tue 14:00-14:00", "thu 16:00-16:00"]),
        ("evenings, Tuesday or Thursday", ["tue 17:00-", "thu 17:00-"]),
        ("noon to two on any Tuesday", ["tue 12:00-14:00"]),
        ("tomorrow evening at 8", ["2026-12-01 20:00-20:00"]),
        ("the 8th at 7 to 9 pm", ["2026-12-08 19:00-21:00"]),
        ("first monday in january", ["2027-01-04 -"]),
        ("the second week of december", ["2026-12-07/2026-12-13 -"]),
        ("Christmas Eve in the morning", ["2026-12-24 -12:00"]),
        ("the Saturday 12 at 15h30", ["2026-12-12 15:30-15:30"]),
        ("twenty to six", ["? 17:40-17:40"]),
        ("from 6 pm any day", ["any 18:00-"]),
        ("whenever you have space", ["any -"]),
        ("thrsday aftrnoon", ["thu 12:00-17:00"]),
        ("not the 8th, the 9th", ["2026-12-09 -"]),
        ("the 12th, not the 11th", ["2026-12-12 -"]),
        ("I can't do Mondays. Tuesdays are good, from 4", ["tue 16:00-"]),
        ("Monday at 3, no, Tuesday", ["tue 15:00-15:00"]),
        ("scratch the 5pm, 6pm is better", ["? 18:00-18:00"]),
        ("I'm away until the 5th, then the 9th at noon", ["2026-12-09 12:00-12:00"]),
        ("once work ends at five, on Friday", ["fri 17:00-"]),
        ("I play tennis on Saturdays so Sunday is best", ["sun -"]),
        ("I coach kids Monday and Wednesday, so any other day", ["any - xmon xwed"]),
        ("I visit my dad at the weekend, otherwise any evening", ["any 17:00- xweekend"]),
        ("I drop the kids off at 8 so any time after 9", ["any 09:00-"]),
        ("we have visitors until Sunday so next week, any evening", ["2026-12-07/2026-12-13 17:00-"]),
        ("I go with Tuesday at 3, or Wednesday", ["tue 15:00-15:00", "wed -"]),
        ("my wife drives me on Tuesdays, so Tuesday at 2", ["tue 14:00-14:00"]),
        ("any day except Tuesday, Thursday and Friday", ["any - xtue xthu xfri"]),
        ("all mornings with the exception of Monday", ["any -12:00 xmon"]),
        ("all days good, only Monday not", ["any - xmon"]),
        ("Monday, hour 15", ["mon 15:00-15:00"]),
        ("tuesday 17 hour", ["tue 17:00-17:00"]),
        ("the Friday 11, between 9 and 11", ["2026-12-11 09:00-11:00"]),
        ("wensday at 3", ["wed 15:00-15:00"]),
    ],
)
def test_when(read: Read, text: str, whens: list[str]) -> None:
    assert shown(read, text) == whens


@pytest.mark.parametrize(
    ("text", "whens"),
    [
        ("30 February, 2pm", ["? 14:00-14:00"]),
        ("Tuesday 25:00", ["tue -"]),
        ("Wednesday 3 December at 4", ["? 16:00-16:00"]),
        ("yesterday afternoon", []),
        ("November 12", []),
        ("29 February", []),
        ("from 4pm to 2pm on thursday", ["thu -"]),
        ("today at 8am", []),
        ("13/13", []),
    ],
)
def test_what_cannot_be_is_left_out_and_said(read: Read, text: str, whens: list[str]) -> None:
    assert read(text, "when").invalid
    assert shown(read, text) == whens


@pytest.mark.parametrize(
    "text", ["call me before 9", "my neck went stiff on Sunday", "I haven't heard since Friday", "I work nights"]
)
def test_other_times_are_no_wishes(read: Read, text: str) -> None:
    message = read(text)
    assert (message.when, message.invalid) == ((), False)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("stiff ever since the stroke in April", []),
        ("since my tumble on Monday my hip is sore", []),
        ("since my gym is shut on Mondays, Tuesday please", ["tue"]),
        ("my aunt died in July and I don't sleep", []),
        ("operation last June, neck", []),
        ("we landed on Wednesday, feet please", []),
        ("back from my trip on Thursday", []),
        ("I carried a sofa on Saturday, could you see me on Monday?", ["mon"]),
        ("knee replacement in October, Friday morning if possible", ["fri"]),
        ("my knotted shoulder on Friday", ["fri"]),
        ("I hoped for Tuesday", ["tue"]),
        ("I've got Thursday off", ["thu"]),
        ("a massage on Friday after the operation", ["fri"]),
        ("I'd like to get my hip looked at on Friday", ["fri"]),
    ],
)
def test_times_of_past_events_are_no_wishes(read: Read, text: str, days: list[str]) -> None:
    assert [when.day for when in read(text, "wish").when] == days


def test_the_order_of_figures_is_the_countrys(read: Read) -> None:
    assert read("12/11", "when", region="US").when[0].day == "2026-12-11"
    assert read("11/12", "when", region="GB").when[0].day == "2026-12-11"


def test_asap_counts_where_no_day_is_said(read: Read) -> None:
    assert shown(read, "asap please") == ["asap -"]
    assert shown(read, "first available on tuesday") == ["tue -"]
