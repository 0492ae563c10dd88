"""Two questions in one message."""

from __future__ import annotations

import itertools
import time

import pytest

from lamoon.understanding.followups import Reading
from lamoon.understanding.questions import asked, is_question, possible_questions, question_beside, undecided


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("what's fascia and does it hurt?", ["what's fascia", "does it hurt?"]),
        ("hi! how much is it, and do I need to undress", ["how much is it", "do I need to undress"]),
        ("is it painful how long until I feel better", ["is it painful", "how long until I feel better"]),
        ("Does it hurt? Where are you?", ["Does it hurt?", "Where are you?"]),
        ("thanks! who invented this & is it safe", ["who invented this", "is it safe"]),
        ("My back is stiff. Can this help with that? What does it cost?", ["My back is stiff. Can this help with that?", "What does it cost?"]),
        ("I have a pacemaker. how much is a session and are you open saturday?", ["how much is a session", "are you open saturday?"]),
    ],
)  # fmt: skip
def test_a_message_is_cut_where_a_question_begins(text: str, questions: list[str]) -> None:
    assert possible_questions(text) == questions


@pytest.mark.parametrize(
    "text",
    [
        "",
        "???",
        "does it hurt",
        "what's the difference between direct and indirect release?",
        "can you tell me what fascia is",
        "do you know how long it takes",
        "how often should I get a massage?",
        "what mattress do you recommend for a bad back",
        "will I feel better straight away or is it a long haul thing",
        "if I am pregnant, can I still have a massage?",
        "should I tip my therapist? If so, how much?",
        "my neck and shoulders are stiff and sore",
        "foam roller, ball and massage gun",
    ],
)
def test_a_single_question_is_not_cut(text: str) -> None:
    assert possible_questions(text) == []


def test_no_message_makes_more_than_four_parts() -> None:
    assert len(possible_questions("does it hurt? " * 40)) == 4


@pytest.mark.parametrize(
    "piece", ["so, ", "and ", ", and , ", "hi ", " ", "is it and ", " - ", "? ", "do you , and n what's "]
)
def test_no_message_takes_long_to_cut(piece: str) -> None:
    started = time.perf_counter()
    possible_questions(piece * (10_000 // len(piece)))
    possible_questions((piece * 600)[:600])
    assert time.perf_counter() - started < 15


@pytest.mark.parametrize(
    ("text", "is_one"), [("does it hurt", True), ("really?", True), ("tuesday", False), ("", False)]
)
def test_a_question_is_one_with_or_without_its_mark(text: str, is_one: bool) -> None:
    assert is_question(text) is is_one


WHOLE = Reading("a and b", "faq/cost", 0.9)


def part(label: str, confidence: float = 0.95, text: str = "is it") -> Reading:
    return Reading(text, label, confidence)


def test_two_sure_and_different_parts_are_both_asked_in_order() -> None:
    parts = [part("faq/does_it_hurt"), part("ask_hours")]
    assert asked(WHOLE, parts) == parts


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [part("faq/does_it_hurt"), part("faq/does_it_hurt")],
        [part("faq/does_it_hurt"), part("ask_hours", 0.55)],
        [part("faq/does_it_hurt"), part("thank")],
        [part("faq/does_it_hurt"), part("report_condition")],
        [part("faq/does_it_hurt"), part("faq/history", text="I want to know the history")],
        [part("book_appointment"), part("handoff_to_human")],
    ],
)
def test_in_doubt_the_message_is_one(parts: list[Reading]) -> None:
    assert asked(WHOLE, parts) == [WHOLE]


def test_the_part_that_says_the_same_as_the_whole_needs_less_certainty() -> None:
    parts = [part("faq/cost", 0.5), part("ask_hours")]
    assert asked(WHOLE, parts) == parts


def test_what_opens_a_form_comes_last() -> None:
    book = part("book_appointment", text="I'd like to book")
    assert asked(WHOLE, [book, part("faq/does_it_hurt")]) == [part("faq/does_it_hurt"), book]


def test_a_fourth_question_is_left_out() -> None:
    parts = [part("faq/does_it_hurt"), part("ask_hours"), part("ask_location"), part("ask_services")]
    assert asked(WHOLE, parts) == parts[:3]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("does it hurt? I had a blood clot last year", "does it hurt?"),
        ("I had a hernia, does it hurt?", "does it hurt?"),
        ("does it hurt?", ""),
        ("I had a hernia", ""),
        ("does it hurt? what does it cost? I had a hernia", ""),
    ],
)
def test_the_only_question_beside_a_statement(text: str, question: str) -> None:
    assert question_beside(text) == question


HURTS, COSTS = Reading("does it hurt", "faq/does_it_hurt", 0.95), Reading("what is it", "faq/cost", 0.95)
HOURS = Reading("when", "ask_hours", 0.95)
UNSURE = Reading("zzz", "faq/cost", 0.2)


@pytest.mark.parametrize(
    ("read", "unread", "open_still"),
    [
        ([], 2, True),
        ([HURTS], 1, True),
        ([HURTS, UNSURE], 1, True),
        ([HURTS, HURTS], 1, True),
        ([UNSURE], 1, False),
        ([UNSURE], 2, True),
        ([HURTS, COSTS], 2, True),
        ([HURTS, COSTS, HOURS], 2, False),
        ([HURTS, COSTS], 0, False),
        ([HURTS], 0, False),
        ([], 0, False),
    ],
)
def test_parts_are_read_while_they_may_change_what_is_asked(read: list[Reading], unread: int, open_still: bool) -> None:
    assert undecided(Reading("all of it", "faq/benefits", 0.9), read, unread) is open_still


@pytest.mark.parametrize("parts", itertools.product([HURTS, COSTS, UNSURE], repeat=4))
def test_what_is_left_unread_changes_nothing(parts: tuple[Reading, ...]) -> None:
    whole = Reading("all of it", "faq/benefits", 0.9)
    read = list(itertools.takewhile(lambda place: undecided(whole, parts[:place], 4 - place), range(4)))
    assert asked(whole, parts[: len(read)]) == asked(whole, parts)
