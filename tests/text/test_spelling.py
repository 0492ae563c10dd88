"""Cautious repair: misspelt words of the two lists are found, everything else is left alone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from lamoon.screening import Screener
from lamoon.text import spelling
from lamoon.text.shorthand import expand_chat
from lamoon.text.spelling import (
    CatalogueSpelling,
    DomainSpelling,
    SpellingIndex,
    frequent_words,
    read_known_words,
    slip_cost,
)

SAMPLE: dict[str, Any] = json.loads(Path(__file__).with_name("spelling_sample.json").read_text(encoding="utf-8"))
"""Misspellings and what both repairs made of them when they were compared last: written, domain, catalogue."""


def test_both_repairs_are_what_they_were() -> None:
    domain = DomainSpelling(SAMPLE["domain_words"], read_known_words())
    catalogue = CatalogueSpelling(SAMPLE["catalogue_words"], read_known_words(), {})
    repairs = [[written, domain.repair(written), catalogue.repair(written)] for written, _, _ in SAMPLE["repairs"]]
    assert repairs == SAMPLE["repairs"]


ALIKE = st.text("abc", min_size=1, max_size=9)


@given(st.lists(ALIKE), ALIKE)
def test_the_index_finds_all_words_within_one_edit(words: list[str], word: str) -> None:
    near = {(OSA.distance(word, other), other) for other in words}
    assert set(SpellingIndex(words).near(word, 1)) == {pair for pair in near if pair[0] <= 1}


@given(st.lists(ALIKE), st.text("abc", min_size=SpellingIndex.TWO_EDITS, max_size=9))
def test_the_index_finds_all_words_within_two_edits_of_a_long_word(words: list[str], word: str) -> None:
    near = {(OSA.distance(word, other), other) for other in words}
    assert set(SpellingIndex(words).near(word, 2)) == {pair for pair in near if pair[0] <= 2}


def test_a_word_far_longer_than_all_others_is_near_to_none() -> None:
    assert list(SpellingIndex(["fascia"]).near("fascia" * 1_000, 2)) == []


DOMAIN = dict.fromkeys(
    ["fascia", "myofascial", "massage", "therapist", "roller", "should", "pain", "hurt", "knot", "mfr"], 5
)
KNOWN = ["shouldn't", "message", "paint", "knit", "here", "rolled"]


@pytest.fixture(scope="session")
def repair() -> DomainSpelling:
    return DomainSpelling(DOMAIN, KNOWN)


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
def test_misspelt_domain_words_are_repaired(repair: DomainSpelling, written: str, meant: str) -> None:
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
def test_other_words_are_left_alone(repair: DomainSpelling, text: str, why: str) -> None:
    assert repair.repair(text) == text.replace("paon", "pain").replace("pian", "pain"), why


def test_short_domain_words_are_never_a_target() -> None:
    assert DomainSpelling({"mfr": 5, "fun": 5}, []).repair("funn mfrr") == "funn mfrr"


def test_of_two_words_as_near_the_more_frequent_is_meant() -> None:
    assert DomainSpelling({"there": 90, "theme": 1}, []).repair("thege") == "there"
    assert DomainSpelling({"there": 1, "theme": 900}, []).repair("thege") == "theme"


def test_a_common_slip_counts_more_than_a_frequent_word() -> None:
    assert DomainSpelling({"actually": 5, "actual": 20}, []).repair("actualy") == "actually"


def test_a_negation_survives() -> None:
    assert DomainSpelling({"have": 900, "haven't": 30}, []).repair("havven't") == "haven't"


def test_a_misspelling_that_the_training_phrases_repeat_is_no_word() -> None:
    words = {"fascia": 300, "fasica": 4, "fascial": 40}
    assert DomainSpelling(words, []).repair("fasica fascial") == "fascia fascial"
    assert DomainSpelling(words, ["fasica"]).repair("fasica") == "fasica"


def test_shorthand_counts_as_the_words_it_stands_for() -> None:
    assert frequent_words(["u know", "you know", "r they"], 2) == {"know": 2, "you": 2}


def test_without_domain_words_nothing_changes() -> None:
    assert DomainSpelling({}, []).repair("anything gose") == "anything gose"


@given(st.text())
def test_only_letters_change(text: str) -> None:
    assume(expand_chat(text) == text)
    repaired = DomainSpelling(DOMAIN, KNOWN).repair(text)
    between = re.compile(r"[A-Za-z']+")
    assert between.split(repaired) == between.split(text)


@given(st.lists(st.sampled_from([*DOMAIN, *KNOWN, "fasica", "rollar", "xyzzy", "hurtt"])).map(" ".join))
def test_repairing_twice_changes_nothing_more(text: str) -> None:
    repair = DomainSpelling(DOMAIN, KNOWN)
    assert repair.repair(repair.repair(text)) == repair.repair(text)


@given(st.permutations(list(DOMAIN)))
def test_the_order_of_the_words_does_not_matter(words: list[str]) -> None:
    text = "fasica theripist rollar massagge knott paim"
    in_that_order = {word: DOMAIN[word] for word in words}
    assert DomainSpelling(in_that_order, KNOWN).repair(text) == DomainSpelling(DOMAIN, KNOWN).repair(text)


def test_the_known_words_are_words() -> None:
    words = read_known_words()
    assert len(words) > 10_000
    assert len(set(words)) == len(words)
    assert {word for word in words if not re.fullmatch(r"[a-z']{2,}", word)} == set()
    assert {"message", "should", "fascist"} & set(words) >= {"message", "should"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("fracutre", "fracture"),
        ("tumuor", "tumour"),
        ("infectoin", "infection"),
        ("thrombossis", "thrombosis"),
        ("warferin", "warfarin"),
        ("xeralto", "xarelto"),
        ("suicidl", "suicidal"),
        ("numonia", "pneumonia"),
        ("bloodclot", "bloodclot"),
        ("ihave", "i have"),
    ],
)
def test_misspelt_words_of_the_catalogue_are_repaired(screener: Screener, written: str, meant: str) -> None:
    assert screener.spelling.repair(written) == meant


@pytest.mark.parametrize(
    "word", ["cloth", "vain", "cancel", "stroking", "infectious", "overuse", "scarf", "slot", "canter"]
)
def test_real_words_are_left_alone(screener: Screener, word: str) -> None:
    assert screener.spelling.repair(word) == word


@pytest.mark.parametrize("name", ["Carsten", "Lumley", "Burnell", "Kirsten", "Melinda", "Tamsin"])
def test_names_are_left_alone(screener: Screener, name: str) -> None:
    assert screener.screen(f"my name is {name}")["conditions"] == []


def test_doubled_letters_and_swaps_win_over_other_slips() -> None:
    spelling = CatalogueSpelling(["puked", "pulled", "worst", "wrist"], [], {})
    assert spelling.repair("puled") == "pulled"
    assert spelling.repair("wirst") == "wrist"


WORDS = st.text("abcdeilmnorst", max_size=8)


@pytest.mark.parametrize(
    ("written", "meant", "cost"),
    [
        ("fascia", "fascia", 0.0),
        ("fasica", "fascia", spelling.SWAPPED),
        ("tisue", "tissue", spelling.DOUBLED),
        ("masssage", "massage", spelling.DOUBLED),
        ("theripist", "therapist", spelling.VOWEL_FOR_VOWEL),
        ("massahe", "massage", spelling.NEIGHBOURING_KEY),
        ("massge", "massage", spelling.VOWEL_LEFT_OUT),
        ("massagx", "massage", spelling.OTHER),
        ("masage", "massages", spelling.DOUBLED + spelling.OTHER),
        ("", "not", 2 * spelling.OTHER + spelling.VOWEL_LEFT_OUT),
        ("nob", "", 3 * spelling.OTHER),
    ],
)
def test_each_kind_of_slip_has_its_cost(written: str, meant: str, cost: float) -> None:
    assert slip_cost(written, meant) == pytest.approx(cost)


@given(WORDS, WORDS)
def test_it_is_never_dearer_than_one_for_each_edit_and_free_only_for_the_same_word(written: str, meant: str) -> None:
    edits = OSA.distance(written, meant)
    assert spelling.DOUBLED * edits - 1e-9 <= slip_cost(written, meant) <= edits + 1e-9
