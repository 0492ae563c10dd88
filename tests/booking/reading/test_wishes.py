"""Treatment, parts of the body, minutes, for whom and which therapist."""

from __future__ import annotations

import pytest
from booking.reading.conftest import Read


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("neck massage", ("massage",)),
        ("deep tissue massage", ("deep_tissue",)),
        ("a facial and a massage", ("facial", "massage")),
        ("myofasical relese", ("mfr",)),
        ("No deep tissue then. Just the facial.", ("facial",)),
        ("swap the cupping for reflexology", ("other",)),
        ("a gift card, 60 minutes", ("gift_voucher",)),
        ("do you have gift cards? friday for my neck", ()),
    ],
)
def test_services(read: Read, text: str, services: tuple[str, ...]) -> None:
    assert read(text).services == services


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("neck, jaw and temples", ("neck", "jaw", "temple")),
        ("between the shoulder blades", ("upper_back",)),
        ("the back of my legs", ("leg",)),
        ("quads and IT band", ("thigh", "it_band")),
        ("head to toe", ("full_body",)),
        ("not my neck, my lower back", ("lower_back",)),
        ("when will you call me back?", ()),
        ("back to back slots", ()),
        ("thihgs", ("thigh",)),
    ],
)
def test_body(read: Read, text: str, body: tuple[str, ...]) -> None:
    assert read(text, "wish").body == body


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("half an hour's enough", 30),
        ("an hour and fifteen minutes", 75),
        ("one and a half hours", 90),
        ("2 hrs", 120),
        ("three quarters of an hour", 45),
        ("30 min, no wait, 60 min", 60),
        ("an hour later", None),
        ("in an hour", None),
        ("push it back an hour", None),
    ],
)
def test_minutes(read: Read, text: str, minutes: int | None) -> None:
    assert read(text, "wish").minutes == minutes


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("bring my ten year old son", "child"),
        ("My mother would like a facial", "mother"),
        ("my wife loves it, I'd like to treat her", "partner"),
        ("my husband and I", "two_people"),
        ("five of us, a hen party", "group"),
        ("It's not for me, it's for my dad", "father"),
        ("my partner's thumbs have given up", ""),
        ("my sister told me about you", ""),
        ("for myself", "self"),
    ],
)
def test_for_whom(read: Read, text: str, whom: str) -> None:
    assert read(text).for_whom == whom


@pytest.mark.parametrize(
    ("text", "therapist"),
    [
        ("a lady therapist please", "female"),
        ("I'd rather have a man", "male"),
        ("I don't mind who", "none"),
        ("the same therapist as last time", "same"),
        ("with Ana please", "Ana"),
        ("with love", ""),
    ],
)
def test_therapist(read: Read, text: str, therapist: str) -> None:
    assert read(text).therapist == therapist
