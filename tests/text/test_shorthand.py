"""Shorthand and contractions become full words; everything else stays."""

from __future__ import annotations

import pytest

from lamoon.screening import Screener
from lamoon.text import shorthand
from lamoon.text.shorthand import CHAT_SHORTHAND, CONTRACTIONS, expand_chat, expand_clinical, expand_contraction
from lamoon.text.spelling import read_known_words
from lamoon.text.tokens import chunks

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
    assert {short: full for short, full in CHAT_SHORTHAND.items() if expand_chat(full) != full} == {}


def test_no_everyday_word_is_taken_for_shorthand() -> None:
    everyday = set(read_known_words()) & CHAT_SHORTHAND.keys()
    assert {word for word in everyday if CHAT_SHORTHAND[word].replace("'", "") != word} <= ALSO_SHORT


def test_each_word_has_one_place_in_the_tables() -> None:
    tables = (shorthand._FOR_BOTH, shorthand._FOR_CLASSIFIER, shorthand._FOR_SCREENING)
    words = [pair.partition("=")[0].strip() for table in tables for pair in table.split(",")]
    words += [*shorthand._negations(), *shorthand._verbs_after_pronouns()]
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize(
    ("short", "sentence", "words"),
    [
        ("u", "you", "you"),
        ("im", "i'm", "i am"),
        ("dunno", "don't know", "do not know"),
        ("dont", "don't", "do not"),
        ("probs", "probably", "problems"),
    ],
)
def test_the_classifier_reads_sentences_and_the_screening_words(short: str, sentence: str, words: str) -> None:
    assert (CHAT_SHORTHAND[short], CONTRACTIONS[short]) == (sentence, words)


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("can't", "can not"),
        ("doesnt", "does not"),
        ("i've", "i have"),
        ("mum's", "mum"),
        ("u", "you"),
        ("hasn't", "has not"),
    ],
)
def test_contractions_are_written_out(written: str, full: str) -> None:
    assert expand_contraction(written) == full


def read(text: str) -> str:
    """The message as the patterns see it, as far as shorthand goes."""
    parts = chunks(text)
    words: list[str] = []
    for at, part in enumerate(parts):
        expanded = expand_clinical(parts, at)
        words += [part.norm] if expanded is None else expanded
    return " ".join(words)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("THR 8/52 ago", "thr 8 weeks ago"),
        ("fell 3/7 ago", "fell 3 days ago"),
        ("op 4/12 ago", "op 4 months ago"),
        ("28/40, sore hips", "28 weeks pregnant , sore hips"),
        ("#NOF", "fracture nof"),
        ("# L wrist", "fracture l wrist"),
        ("rib # last week", "rib fracture last week"),
        ("did me left ankle in", "did my left ankle in"),
    ],
)
def test_clinical_shorthand_and_dialect_are_written_out(written: str, meant: str) -> None:
    assert read(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "I can come 3/7 or 5/12",
        "call me back",
        "number # 4",
        "#massage",
        "scored 50/40",
        "L5/S1",
        "12 /40",
        "/",
        "/52",
        "#",
        "me",
    ],
)
def test_what_only_looks_like_shorthand_stays(text: str) -> None:
    assert read(text) == " ".join(part.norm for part in chunks(text))


@pytest.mark.parametrize("text", ["#NOF 8/52 ago", "snapped me collarbone snowboarding", "28/40 and me hips ache"])
def test_a_condition_in_shorthand_is_found_at_its_place(screener: Screener, text: str) -> None:
    found = screener.screen(text)
    assert found["outcome"] in ("warn", "ask_doctor")
    assert all(text[place["start"] : place["end"]] == place["text"] for place in found["conditions"])
