from __future__ import annotations

import pytest

from lamoon.text.clean import fold


@pytest.mark.parametrize(
    "text",
    ["What's MFR?", "whats mfr", "WHATS  MFR!!", "what\u2019s \u2014 m\uff46r", " whats\tmfr "],
)
def test_capitals_punctuation_and_spaces_do_not_count(text: str) -> None:
    assert fold(text) == "whats mfr"


@pytest.mark.parametrize(("text", "folded"), [("?!", "?!"), ("\U0001f44d", "\U0001f44d"), ("", ""), ("நன்றி!", "நன்றி")])
def test_text_without_latin_words_stays_itself(text: str, folded: str) -> None:
    assert fold(text) == folded
