"""Invariants of any message, tested on generated ones."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lamoon.screening import Screener
from lamoon.screening.findings import MOST_MENTIONS
from lamoon.screening.screener import MAX_LENGTH
from lamoon.text.spelling import read_known_words

EVERYDAY = frozenset(read_known_words())
OUTCOMES = {"none", "inform", "ask_doctor", "warn", "emergency"}
STATUSES = {"affirmed", "negated", "other_person", "resolved", "hypothetical"}
BLOW_UP = 4.0  # seconds of processor time for 10,000 characters, on any machine: speed is tools.bench.screening's

# Disclosures, and the same denied.
TOLD = ("a blood clot", "cancer", "an open wound", "an infection", "shingles", "a fracture", "thrombosis", "cellulitis")
WARNINGS = tuple(f"I have {what}" for what in TOLD)
FILLERS = ("um", "well", "like", "honestly", "you know", "btw", "oh", "hey", "so", "anyway")
UNRELATED = (
    "Do you have parking?",
    "I like the music there.",
    "Tuesday would be fine.",
    "What is fascia?",
    "My name is Ann.",
)
LONG_WORDS = (
    "infection",
    "thrombosis",
    "fracture",
    "cellulitis",
    "shingles",
    "tumour",
    "melanoma",
    "lymphoma",
    "abscess",
)
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


@relaxed
@given(text=st.text(max_size=400))
def test_any_text_gives_a_valid_result(screener: Screener, text: str) -> None:
    found = screener.screen(text)
    assert found["outcome"] in OUTCOMES
    for mention in found["conditions"]:
        assert mention["status"] in STATUSES
        assert text[mention["start"] : mention["end"]] == mention["text"]
        assert mention["id"] in screener.catalogue.conditions


@relaxed
@given(message=st.sampled_from(WARNINGS), mark=st.sampled_from(["!", "!!!", "...", " :(", "?!", " 😢", ",", " -"]))
def test_marks_do_not_drop_a_warning(screener: Screener, message: str, mark: str) -> None:
    assert screener.screen(message + mark)["outcome"] == "warn"


@relaxed
@given(message=st.sampled_from(WARNINGS), change=st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
def test_case_does_not_drop_a_warning(screener: Screener, message: str, change: object) -> None:
    assert callable(change)
    assert screener.screen(change(message))["outcome"] == "warn"


@relaxed
@given(message=st.sampled_from(WARNINGS), before=st.sampled_from(FILLERS), after=st.sampled_from(FILLERS))
def test_filler_words_do_not_drop_a_warning(screener: Screener, message: str, before: str, after: str) -> None:
    assert screener.screen(f"{before} {message} {after}")["outcome"] == "warn"


@relaxed
@given(message=st.sampled_from(WARNINGS), other=st.sampled_from(UNRELATED))
def test_an_unrelated_sentence_does_not_drop_a_warning(screener: Screener, message: str, other: str) -> None:
    assert screener.screen(f"{other} {message}.")["outcome"] == "warn"
    assert screener.screen(f"{message}. {other}")["outcome"] == "warn"


@relaxed
@given(word=st.sampled_from(LONG_WORDS), data=st.data())
def test_one_typo_does_not_drop_a_warning(screener: Screener, word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word) - 2))
    kind = data.draw(st.sampled_from(["swap", "drop", "double"]))
    typo = {
        "swap": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        "drop": word[:at] + word[at + 1 :],
        "double": word[:at] + word[at] + word[at:],
    }[kind]
    assume(typo not in EVERYDAY)  # "singles" for "shingles" is beyond repair
    assert screener.screen(f"I have {typo} on my leg")["outcome"] == "warn"


@relaxed
@given(
    what=st.sampled_from(TOLD),
    denial=st.sampled_from(["I don't have", "I do not have", "i dont have", "I have never had"]),
)
def test_a_denial_in_front_drops_it(screener: Screener, what: str, denial: str) -> None:
    assert screener.screen(f"{denial} {what}")["outcome"] == "none"


def seconds(screener: Screener, text: str) -> float:
    start = time.process_time()
    screener.screen(text)
    return time.process_time() - start


HOSTILE = {
    "one letter": "a ",
    "clots": "clot ",
    "no clots": "no clots or wounds, ",
    "signs": "chest pain arm leg swollen hot sick dizzy numb ",
    "people": "my mum my dad has cancer can my wife come ",
    "gibberish": "xqzjv bklmw fraktion kloth wond ",
    "marks": "?!",
    "one word": "x",
    "emoji": "😀",
    "line breaks": "\n",
    "control": "\x00\x1b",
    "chinese": "血栓",
    "combining": "a\u0301",
    "not": "not no never ",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_messages_do_not_blow_up(screener: Screener, name: str) -> None:
    assert seconds(screener, (HOSTILE[name] * MAX_LENGTH)[:MAX_LENGTH]) < BLOW_UP


@pytest.mark.parametrize(
    "before",
    ["clot ", "my mum has cancer. ", "my back hurts and the pain is bad. ", "so is it, or am I, ", "no clots, "],
)
@pytest.mark.parametrize("length", [1000, 5000, MAX_LENGTH])
def test_whatever_stands_before_it_an_emergency_is_found(screener: Screener, before: str, length: int) -> None:
    told = ". I have crushing chest pain and cannot breathe"
    message = (before * length)[: length - len(told)] + told
    assert screener.screen(message)["outcome"] == "emergency"


def test_of_one_condition_not_more_mentions_are_told_than_anybody_reads(screener: Screener) -> None:
    found = screener.screen("clot " * (MAX_LENGTH // 5))["conditions"]
    assert len(found) == MOST_MENTIONS
    assert found[-1]["end"] > MAX_LENGTH - 10


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(
    words=st.lists(
        st.sampled_from("clot leg no my mum had years ago is it swollen what if chest - , . ?".split()), min_size=900
    )
)
def test_long_messages_of_the_catalogues_words_do_not_blow_up(screener: Screener, words: list[str]) -> None:
    assert seconds(screener, " ".join(words)[:MAX_LENGTH]) < BLOW_UP


@pytest.mark.parametrize(
    "text", ["", " ", "\ufeff", "😀😀", "¿Tienen aparcamiento?", "\x00\x01", "Ⅷ ² ½", "a\u0301" * 100]
)
def test_bad_input_is_no_condition(screener: Screener, text: str) -> None:
    found = screener.screen(text)
    assert (found["outcome"], found["conditions"]) == ("none", [])


def test_what_lies_beyond_the_limit_is_not_read(screener: Screener) -> None:
    assert screener.screen("x " * (MAX_LENGTH // 2) + "I have cancer")["outcome"] == "none"


def test_screening_is_deterministic(screener: Screener) -> None:
    message = "My calf is swollen and hot, I had a clot, mum has cancer, is a fracture a problem?"
    assert len({repr(screener.screen(message)) for _ in range(5)}) == 1
