from __future__ import annotations

import pytest

from lamoon.screening.inflection import Inflection
from lamoon.screening.matcher import PatternMatcher
from lamoon.screening.patterns import Language, PatternError, compact, parse
from lamoon.text.normalize import words_of
from lamoon.text.spelling import CatalogueSpelling
from lamoon.text.tokens import chunks

LANGUAGE = Language({"part": parse("arm|lower leg")}, Inflection(["swell swollen", "foot feet"]))


def found(pattern: str, text: str, label: str = "x") -> list[str]:
    """The words that a pattern finds in a text."""
    matcher = PatternMatcher([(label, sequence) for sequence in compact(parse(pattern, LANGUAGE))])
    words = words_of(text, chunks(text), CatalogueSpelling(sorted(matcher.words), [], {}))
    return [" ".join(word.norm for word in words[match.first : match.last + 1]) for match in matcher.find(words)]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("open wound", "an open, wound", ["open , wound"]),
        ("fractur*", "two fractures", ["fractures"]),
        ("PE", "had PE and pe kit", ["pe"]),
        ("sore (arm|lower leg)", "sore lower leg", ["sore lower leg"]),
        ("my [left] arm", "my arm my left arm", ["my arm", "my left arm"]),
        ("hurt my {part}", "hurt my lower leg", ["hurt my lower leg"]),
        ("skin .. tears", "skin on it tears", ["skin on it tears"]),
        ("skin .. tears", "skin that I really often say tears", []),
        ("skin .. tears", "skin never tears", []),
        ("# weeks", "12 weeks, a few weeks", ["12 weeks", "few weeks"]),
        ("pulse #120+", "pulse 119 pulse 128", ["pulse 128"]),
        ("swell~", "swells swelling swelled swollen well", ["swells", "swelling", "swelled", "swollen"]),
        ("foot/s", "foot feet footing", ["foot", "feet"]),
        ("can not breathe", "I can't breathe, cannot breathe", ["can not breathe", "can not breathe"]),
    ],
)
def test_the_language_means_what_it_says(pattern: str, text: str, expected: list[str]) -> None:
    assert found(pattern, text) == expected


@pytest.mark.parametrize(("label", "expected"), [("sign:x", ["pain in my the chest"]), ("negation", [])])
def test_determiners_may_stand_between_the_words_of_a_saying(label: str, expected: list[str]) -> None:
    assert found("pain in chest", "pain in my the chest", label) == expected


def test_no_pattern_reaches_over_the_end_of_a_sentence() -> None:
    assert found("open wound", "it is open. wound up") == []


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("broke my {leg}", "no group 'leg'"),
        ("(leg|arm", "not closed"),
        ("leg)", "never opened"),
        ("leg!", "not a word"),
        ("[leg]", "nothing at all"),
        ("..", "nothing at all"),
        ("sore [arm]", "begins or ends"),
        (".. sore", "begins or ends"),
        ("(leg|)", "empty choice"),
        ("(a|b c) (d|e f) " * 9, "combinations"),
    ],
)
def test_a_wrong_pattern_says_what_is_wrong(pattern: str, complaint: str) -> None:
    with pytest.raises(PatternError, match=complaint):
        parse(pattern)


def test_compacting_changes_no_meaning() -> None:
    assert len(compact(parse("(red|hot leg) arm") + parse("blue arm"))) == 2
