from __future__ import annotations

import pytest

from lamoon.knowledge.terms import currency, number, sentences, stem, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("up to 2,000 pounds", ["up", "to", "2000", "pounds"]),
        ("80 percent, 80 per cent, 80%", ["80%", "80%", "80%"]),
        ("3-5 minutes in the 1940s, 3D", ["3", "5", "minutes", "in", "the", "1940s", "3d"]),
        ("the body\u2019s web, don\u2019t", ["the", "body", "web", "dont"]),
        ("It ended in 1983.", ["it", "ended", "in", "1983"]),
        ("for $1,250.50", ["for", "$", "1250.50"]),
    ],
)
def test_tokens_read_one_way(text: str, expected: list[str]) -> None:
    assert [token.text for token in tokens(text)] == expected


@pytest.mark.parametrize(
    ("word", "same"), [("bodies", "body"), ("knots", "knot"), ("patches", "patch"), ("bones", "bone")]
)
def test_plural_and_singular_share_a_stem(word: str, same: str) -> None:
    assert stem(word) == stem(same)


@pytest.mark.parametrize("word", ["gluteus", "gas", "thrombosis", "less"])
def test_other_words_keep_their_ending(word: str) -> None:
    assert stem(word) == word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two", ["2"]),
        ("one tight knot", []),
        ("one week", ["1"]),
        ("twice", ["twice"]),
        ("twenty five", ["20", "5"]),
        ("the first session", []),
    ],
)
def test_numbers_are_read_as_digits_or_words(text: str, expected: list[str]) -> None:
    words = tokens(text)
    found = [number(word, following) for word, following in zip(words, [*words[1:], None], strict=True)]
    assert [value for value in found if value] == expected


def test_currencies_are_read_as_sign_code_or_word() -> None:
    assert [currency(token) for token in tokens("$ € GBP dollars cents wind")] == [
        "dollar",
        "euro",
        "pound",
        "dollar",
        "cent",
        None,
    ]


def test_sentences_end_before_a_capital_only() -> None:
    text = 'It takes 3.5 hours, e.g. outdoors. "Why?" she said. Then it rained!'
    assert [text[start:end] for start, end in sentences(text)] == [
        "It takes 3.5 hours, e.g. outdoors.",
        '"Why?" she said.',
        "Then it rained!",
    ]
