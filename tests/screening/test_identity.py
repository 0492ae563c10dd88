"""Names, streets and addresses hold words of illness and disclose none."""

from __future__ import annotations

import pytest

from lamoon.screening import Screener


@pytest.mark.parametrize(
    "message",
    [
        "john.clot@gmail.com",
        "mail me at anne.fever@web.example please",
        "see www.ulcer.example",
        "12 Cancer Lane",
        "I live at 4 burns road",
        "My name is Mary Ulcer",
        "booking with Dr Wound please",
        "name: Angina Smith",
        "Bennett",
        "Jo Ewing",
        "Tia Ross",
        "Hans Bruch",
        "it's Moira Stroke",
        "Book for Tia Ross please",
    ],
)
def test_identity_discloses_nothing(screener: Screener, message: str) -> None:
    assert screener.screen(message)["conditions"] == []


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("My name is Anna and I have a blood clot", "warn"),
        ("Name: Jo Hart. Cancer in 2025, still treated", "warn"),
        ("jo@mail.example, I have a DVT", "warn"),
        ("I collapsed on Mill Road, chest pain and sweating", "emergency"),
        ("Dr Smith says I have an infection", "warn"),
        ("illness: Cancer", "warn"),
        ("Bennett fracture", "warn"),
        ("Breast Cancer", "warn"),
        ("Gastric Cancer", "warn"),
        ("Blood Clot", "warn"),
        ("a blood clot I mean", "warn"),
        ("Ewing sarcoma", "warn"),
        ("I have Addison's", "ask_doctor"),
    ],
)
def test_illness_beside_identity_counts(screener: Screener, message: str, outcome: str) -> None:
    assert screener.screen(message)["outcome"] == outcome


@pytest.mark.parametrize("message", ["gibberish", "abcd", "this is gibberish to me", "bruh", "mois", "chima"])
def test_an_odd_word_discloses_nothing(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "none"


@pytest.mark.parametrize(
    "message",
    [
        "mum is talking gibberish",
        "he's suddenly speaking gibberish",
        "my words come out as gibberish",
        "dad: gibberish since this morning",
    ],
)
def test_a_person_who_talks_gibberish_is_an_emergency(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "emergency"
