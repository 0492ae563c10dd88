from __future__ import annotations

import pytest

from lamoon.screening import Screener
from lamoon.text.shorthand import spelled_out
from lamoon.text.speller import Speller


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
def test_misspelt_words_are_repaired(screener: Screener, written: str, meant: str) -> None:
    assert screener.speller.repair(written) == meant


@pytest.mark.parametrize(
    "word", ["cloth", "vain", "cancel", "stroking", "infectious", "overuse", "scarf", "slot", "canter"]
)
def test_real_words_are_left_alone(screener: Screener, word: str) -> None:
    assert screener.speller.repair(word) == word


@pytest.mark.parametrize("name", ["Carsten", "Lumley", "Burnell", "Kirsten", "Melinda", "Tamsin"])
def test_names_are_left_alone(screener: Screener, name: str) -> None:
    assert screener.screen(f"my name is {name}")["conditions"] == []


def test_doubled_letters_and_swaps_win_over_other_slips() -> None:
    speller = Speller(["puked", "pulled", "worst", "wrist"], [], {})
    assert speller.repair("puled") == "pulled"
    assert speller.repair("wirst") == "wrist"


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
    assert spelled_out(written) == full
