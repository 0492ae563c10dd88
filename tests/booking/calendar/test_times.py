"""Free times: never over a busy one, never outside opening hours, always a time that the clock shows."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from booking.calendar.calendar_servers import NOW, a_studio, span
from hypothesis import given, settings
from hypothesis import strategies as st

from lamoon.booking.calendar.times import Span, bounds, free_times, merged, moments
from lamoon.studio import DayHours, Studio
from lamoon.studio.model import WEEKDAYS

NEW_YORK = ZoneInfo("America/New_York")
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "UTC")
CLOCKS = st.integers(0, 24 * 12 - 1).map(lambda at: time(at * 5 // 60, at * 5 % 60))


def test_the_first_time_is_after_the_notice_and_within_hours() -> None:
    free = free_times(a_studio(), 60, [], NOW)
    assert [found.start.astimezone(NEW_YORK).strftime("%a %H:%M") for found in free[:3]] == [
        "Mon 12:00",
        "Mon 12:30",
        "Mon 13:00",
    ]
    assert free[-1].start <= NOW + timedelta(days=14)


def test_an_appointment_ends_before_closing_time() -> None:
    starts = [found.start.astimezone(NEW_YORK) for found in free_times(a_studio(), 90, [], NOW)]
    assert max(start.time() for start in starts) == time(15, 30)


def test_a_busy_time_keeps_its_buffer() -> None:
    free = free_times(a_studio(), 60, [span("2026-12-01T16:00")], NOW)  # 11 to 12 in New York
    tuesday = [found.start.astimezone(NEW_YORK) for found in free if found.start.date() == date(2026, 12, 1)]
    assert [f"{start:%H:%M}" for start in tuesday[:4]] == ["09:00", "09:30", "12:30", "13:00"]


def test_closed_days_and_days_without_hours_have_none() -> None:
    studio = dataclasses.replace(a_studio(), closed_days=(date(2026, 12, 1),))
    days = {found.start.astimezone(NEW_YORK).strftime("%a %d") for found in free_times(studio, 60, [], NOW)}
    assert "Tue 01" not in days
    assert not any(day[:3] in ("Sat", "Sun") for day in days)


@pytest.mark.parametrize(
    ("day", "clock", "times"),
    [(date(2027, 3, 14), time(2, 30), 0), (date(2026, 11, 1), time(1, 30), 2), (date(2026, 11, 2), time(1, 30), 1)],
)
def test_a_wall_time_is_shown_never_once_or_twice(day: date, clock: time, times: int) -> None:
    assert len(moments(day, clock, NEW_YORK)) == times


def test_hours_across_a_change_of_the_clock_are_as_long_as_they_are() -> None:
    assert bounds(date(2027, 3, 14), time(1), time(4), NEW_YORK).end - bounds(
        date(2027, 3, 14), time(1), time(4), NEW_YORK
    ).start == timedelta(hours=2)
    night = dataclasses.replace(
        a_studio(days_ahead=60), hours={"sunday": DayHours("", ((time(1), time(4)),))}, time_zone="America/New_York"
    )
    spring = free_times(night, 60, [], datetime(2027, 3, 13, 0, tzinfo=UTC))
    walls = [
        f"{found.start.astimezone(NEW_YORK):%d %H:%M}" for found in spring if found.start.date() == date(2027, 3, 14)
    ]
    assert walls == ["14 01:00", "14 01:30", "14 03:00"]


SPANS = st.builds(
    lambda at, long: Span(NOW + timedelta(minutes=at), NOW + timedelta(minutes=at + long)),
    st.integers(-3000, 30_000),
    st.integers(0, 3000),
)


@given(st.lists(SPANS, max_size=12))
def test_merged_spans_are_the_same_time_apart(spans: list[Span]) -> None:
    found = merged(spans)
    assert all(one.end < two.start for one, two in pairwise(found))
    points = {point for one in spans for point in (one.start, one.end - timedelta(seconds=1)) if one.start < one.end}
    assert all(any(one.start <= point < one.end for one in found) for point in points)


@st.composite
def studios(draw: st.DrawFn) -> Studio:
    hours = {}
    for day in draw(st.sets(st.sampled_from(WEEKDAYS))):
        edges = sorted(draw(st.sets(CLOCKS, min_size=2, max_size=4)))
        edges = edges[: len(edges) // 2 * 2]
        hours[day] = DayHours("", tuple(zip(edges[::2], edges[1::2], strict=True)))
    rules = {
        "buffer_minutes": draw(st.sampled_from((0, 10, 15, 45))),
        "notice_hours": draw(st.integers(0, 48)),
        "days_ahead": draw(st.integers(1, 12)),
        "step_minutes": draw(st.sampled_from((15, 30, 60))),
    }
    studio = dataclasses.replace(a_studio(**rules), hours=hours, time_zone=draw(st.sampled_from(ZONES)))
    closed = draw(st.lists(st.integers(0, 12), max_size=2))
    return studio, closed  # type: ignore[return-value]


@settings(max_examples=150, deadline=None)
@given(
    made=studios(),
    minutes=st.sampled_from((15, 30, 50, 60, 90)),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC)),
    busy=st.lists(st.tuples(st.integers(-500, 18_000), st.integers(1, 2000)), max_size=10),
)
def test_no_offered_time_breaks_a_rule(
    made: tuple[Studio, list[int]], minutes: int, now: datetime, busy: list[tuple[int, int]]
) -> None:
    studio, closed = made
    studio = dataclasses.replace(studio, closed_days=tuple(now.date() + timedelta(days=ahead) for ahead in closed))
    zone, rules = ZoneInfo(studio.time_zone), studio.calendar
    taken = [Span(now + timedelta(minutes=at), now + timedelta(minutes=at + long)) for at, long in busy]
    found = free_times(studio, minutes, taken, now)
    assert found == sorted(found)
    for free in found:
        assert free.end - free.start == timedelta(minutes=minutes)
        assert now + timedelta(hours=rules.notice_hours) <= free.start < now + timedelta(days=rules.days_ahead)
        assert not any(free.overlaps(one.widened(timedelta(minutes=rules.buffer_minutes))) for one in taken)
        start, end = free.start.astimezone(zone), free.end.astimezone(zone)
        assert start.replace(tzinfo=None) == start.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
        assert start.date() not in studio.closed_days
        spans = studio.hours[WEEKDAYS[start.weekday()]].spans
        assert any(
            opens <= start.time() and end.date() == start.date() and end.time() <= closes for opens, closes in spans
        )
        second = start.minute * 60 + start.second
        assert second % 300 == 0
