"""Cautious repair: misspelt domain words are found, everything else is left alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lamoon.text.shorthand import expand_chat
from lamoon.text.spelling import SpellingRepair, frequent_words, read_known_words

DOMAIN = dict.fromkeys(
    ["fascia", "myofascial", "massage", "therapist", "roller", "should", "pain", "hurt", "knot", "mfr"], 5
)
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
        ("ufascia, afscia", "ufascia, fascia"),
        ("thx, r u sure", "thanks, are you sure"),
    ],
)
def test_misspelt_domain_words_are_repaired(repair: SpellingRepair, written: str, meant: str) -> None:
    assert repair.repair(written) == meant


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("mft", "under four letters"),
        ("shouldntt, shouldn't", "known, and near to a domain word"),
        ("message the knit paint", "known words near to a domain word"),
        ("rAscia FASICA iFascia", "capitals inside"),
        ("gascia", "another first letter"),
        ("fsc", "too short"),
        ("paon pian9 fascia2go", "nothing else to hold on to"),
        ("fxxxia", "two letters away"),
        ("faskea", "dearer than a word of its length may be"),
        ("painless pained massaged therapists", "a known word with another ending"),
        ("", "nothing"),
    ],
)
def test_other_words_are_left_alone(repair: SpellingRepair, text: str, why: str) -> None:
    assert repair.repair(text) == text.replace("paon", "pain").replace("pian", "pain"), why


def test_short_domain_words_are_never_a_target() -> None:
    assert SpellingRepair({"mfr": 5, "fun": 5}, []).repair("funn mfrr") == "funn mfrr"


def test_of_two_words_as_near_the_more_frequent_is_meant() -> None:
    assert SpellingRepair({"there": 90, "theme": 1}, []).repair("thege") == "there"
    assert SpellingRepair({"there": 1, "theme": 900}, []).repair("thege") == "theme"


def test_a_common_slip_counts_more_than_a_frequent_word() -> None:
    assert SpellingRepair({"actually": 5, "actual": 20}, []).repair("actualy") == "actually"


def test_a_negation_survives() -> None:
    assert SpellingRepair({"have": 900, "haven't": 30}, []).repair("havven't") == "haven't"


def test_a_misspelling_that_the_training_phrases_repeat_is_no_word() -> None:
    words = {"fascia": 300, "fasica": 4, "fascial": 40}
    assert SpellingRepair(words, []).repair("fasica fascial") == "fascia fascial"
    assert SpellingRepair(words, ["fasica"]).repair("fasica") == "fasica"


def test_shorthand_counts_as_the_words_it_stands_for() -> None:
    assert frequent_words(["u know", "you know", "r they"], 2) == {"know": 2, "you": 2}


def test_without_domain_words_nothing_changes() -> None:
    assert SpellingRepair({}, []).repair("anything gose") == "anything gose"


@given(st.text())
def test_only_letters_change(text: str) -> None:
    assume(expand_chat(text) == text)
    repaired = SpellingRepair(DOMAIN, KNOWN).repair(text)
    between = re.compile(r"[A-Za-z']+")
    assert between.split(repaired) == between.split(text)


@given(st.lists(st.sampled_from([*DOMAIN, *KNOWN, "fasica", "rollar", "xyzzy", "hurtt"])).map(" ".join))
def test_repairing_twice_changes_nothing_more(text: str) -> None:
    repair = SpellingRepair(DOMAIN, KNOWN)
    assert repair.repair(repair.repair(text)) == repair.repair(text)


@given(st.permutations(list(DOMAIN)))
def test_the_order_of_the_words_does_not_matter(words: list[str]) -> None:
    text = "fasica theripist rollar massagge knott paim"
    in_that_order = {word: DOMAIN[word] for word in words}
    assert SpellingRepair(in_that_order, KNOWN).repair(text) == SpellingRepair(DOMAIN, KNOWN).repair(text)


def test_the_known_words_are_words() -> None:
    words = read_known_words()
    assert len(words) > 10_000
    assert len(set(words)) == len(words)
    assert {word for word in words if not re.fullmatch(r"[a-z']{2,}", word)} == set()
    assert {"message", "should", "fascist"} & set(words) >= {"message", "should"}
