from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from lamoon.screening.matcher import PatternMatcher
from lamoon.screening.patterns import parse
from lamoon.text.tokens import Word

LETTERS = st.sampled_from("abcd")


def words(letters: str) -> list[Word]:
    return [Word(letter, i, i + 1, "word", False, 0, i) for i, letter in enumerate(letters)]


@given(
    st.lists(st.tuples(LETTERS, st.booleans()), min_size=1, max_size=5),
    st.text("abcd", max_size=14),
)
def test_it_finds_exactly_what_a_regular_expression_finds(elements: list[tuple[str, bool]], text: str) -> None:
    elements = [("b", False), *elements, ("a", False)]  # patterns neither begin nor end with an optional word
    pattern = " ".join(f"[{letter}]" if optional else letter for letter, optional in elements)
    expression = "".join(f"{letter}?" if optional else letter for letter, optional in elements)
    matcher = PatternMatcher([("x", sequence) for sequence in parse(pattern)])
    matches = matcher.find(words(text))
    wanted = {
        end
        for end in range(len(text))
        if any(re.fullmatch(expression, text[start : end + 1]) for start in range(end + 1))
    }
    assert {match.last for match in matches} <= wanted
    # A match inside a longer one of the same label is left out.
    assert all(any(match.first <= end <= match.last for match in matches) for end in wanted)


def test_gaps_hold_up_to_their_number_of_words() -> None:
    matcher = PatternMatcher([("x", sequence) for sequence in parse("a ..2 d")])
    assert [match.last for match in matcher.find(words("abcd"))] == [3]
    assert matcher.find(words("abbbd")) == []


def test_the_longest_of_overlapping_matches_is_kept() -> None:
    matcher = PatternMatcher([("x", sequence) for sequence in [*parse("a b"), *parse("b")]])
    assert [(match.first, match.last) for match in matcher.find(words("cab"))] == [(1, 2)]
