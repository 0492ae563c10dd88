"""Stories of an illness that never say its name, and harmless ones of the same words."""

from __future__ import annotations

import pytest

from lamoon.screening import Screener

TOLD = [
    "a vein in my thigh got plugged and they put me on tablets",
    "blood thinners for three months, until they check my leg again",
    "they spotted a shadow on my pancreas",
    "the treatment makes my hair fall out",
    "two pins are still sticking out of my thumb",
    "the bone has not joined yet",
    "a parked car and my shoulder had a collision on Monday and now it hurts",
    "the district nurse packs it every morning",
    "the fox scratched my arm to ribbons",
    "crusty patch on my lip, yellow stuff",
    "the plaster took the skin with it",
]

HARMLESS = [
    "my diary is blocked and the sink is clogged",
    "spotted a nice massage on your page",
    "my plates are full, any slot in December",
    "the plaster fell off our ceiling",
    "I landed a new job on Monday and my shoulders are stiff",
    "as a nurse I change dressings all day",
    "the cat shredded my sofa",
    "heat or ice on a stiff neck",
    "I use kinesio tape at the gym",
]


@pytest.mark.parametrize("message", TOLD)
def test_a_story_without_the_name_of_the_illness_warns(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "warn"


@pytest.mark.parametrize("message", HARMLESS)
def test_harmless_stories_of_the_same_words_do_not_warn(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] in ("none", "inform")


def test_what_one_wishes_left_out_is_no_denial(screener: Screener) -> None:
    assert screener.screen("I have stitches so no back please")["outcome"] == "warn"
