"""Cautious repair: misspelt domain words are found, everything else is left alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamoon.understanding.spelling import SpellingRepair, read_known_words

DOMAIN = ["fascia", "myofascial", "massage", "therapist", "roller", "should", "pain", "hurt", "knot", "mfr"]
KNOWN = ["shouldn't", "message", "paint", "knit", "here", "rolled"]


@pytest.fixture(scope="session")
def repair() -> SpellingRepair:
    return SpellingRepair(DOMAIN, KNOWN)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("what is fasica", "what is fascia"),
        ("myofacial relese", "myofascial relese"),
        ("my theripist has a rollar!", "my therapist has a roller!"),
        ("Fasica", "fascia"),
        ("massagee-roler", "massage-roller"),
        ("myofasical?", "myofascial?"),
    ],
)
def test_misspelt_domain_words_are_repaired(repair: SpellingRepair, written: str, meant: str) -> None:
    assert repair.repair(written) == meant


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("mft", "under four letters"),
        ("shouldnt, shouldn't", "known, with and without its apostrophe"),
        ("message the knit paint", "known words near to a domain word"),
        ("rAscia FASICA iFascia", "capitals inside"),
        ("gascia", "another first letter"),
        ("fsc", "too short"),
        ("paon pian9 fascia2go", "nothing else to hold on to"),
        ("fxxxia", "two letters away, and short"),
        ("", "nothing"),
    ],
)
def test_other_words_are_left_alone(repair: SpellingRepair, text: str, why: str) -> None:
    assert repair.repair(text) == text.replace("paon", "pain").replace("pian", "pain"), why


def test_short_domain_words_are_never_a_target() -> None:
    assert SpellingRepair(["mfr", "fun"], []).repair("funn mfrr") == "funn mfrr"


def test_without_domain_words_nothing_changes() -> None:
    assert SpellingRepair([], []).repair("anything gose") == "anything gose"


@given(st.text())
def test_only_letters_change(text: str) -> None:
    repaired = SpellingRepair(DOMAIN, KNOWN).repair(text)
    between = re.compile(r"[A-Za-z']+")
    assert between.split(repaired) == between.split(text)


@given(st.lists(st.sampled_from([*DOMAIN, *KNOWN, "fasica", "rollar", "xyzzy", "hurtt"])).map(" ".join))
def test_repairing_twice_changes_nothing_more(text: str) -> None:
    repair = SpellingRepair(DOMAIN, KNOWN)
    assert repair.repair(repair.repair(text)) == repair.repair(text)


@given(st.permutations(DOMAIN))
def test_the_order_of_the_words_does_not_matter(words: list[str]) -> None:
    text = "fasica theripist rollar massagge knott paim"
    assert SpellingRepair(words, KNOWN).repair(text) == SpellingRepair(DOMAIN, KNOWN).repair(text)


def test_the_known_words_are_words() -> None:
    words = read_known_words()
    assert len(words) > 10_000
    assert len(set(words)) == len(words)
    assert {word for word in words if not re.fullmatch(r"[a-z']{2,}", word)} == set()
    assert {"message", "should", "fascist"} & set(words) >= {"message", "should"}
