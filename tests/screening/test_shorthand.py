from __future__ import annotations

import pytest

from lamoon.screening.screener import Screener
from lamoon.text.shorthand import expand_clinical
from lamoon.text.tokens import chunks


def read(text: str) -> str:
    """The message as the patterns see it, as far as shorthand goes."""
    parts = chunks(text)
    words: list[str] = []
    for at, part in enumerate(parts):
        shorthand = expand_clinical(parts, at)
        words += [part.norm] if shorthand is None else shorthand
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
def test_shorthand_and_dialect_are_written_out(written: str, meant: str) -> None:
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
