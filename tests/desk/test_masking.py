"""What tells who somebody is does not reach the training data."""

from __future__ import annotations

import pytest

from lamoon.desk.teaching.training_phrases import masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mail me at maria.lopez+x@example.com please", "Mail me at my email please"),
        ("call (415) 555-0132 or +44 20 7946 0958", "call my number or my number"),
        ("my ref LM-K3JK6 pls", "my ref my reference pls"),
        ("I live at 12 Garden Lane, near the park", "I live at my street, near the park"),
        ("is the 3rd of March ok? or 2027-03-04? or 4/3/27", "is the that day ok? or that day? or that day"),
        ("see https://example.com/me?x=1 and www.me.org", "see a link and a link"),
        ("My name is Maria Lopez and my back hurts", "My name is Sam and my back hurts"),
        ("MARIA here, does it hurt? lopez", "Sam here, does it hurt? Sam"),
        ("insta: @maria_l", "insta: my account"),
        ("line one\n\nline  two", "line one line two"),
    ],
)
def test_what_tells_who_somebody_is_is_masked(text: str, expected: str) -> None:
    assert masked(text, ["Maria Lopez", ""], "US") == expected


@pytest.mark.parametrize(
    "text",
    [
        "does it hurt for 3 to 5 minutes?",
        "is 2,000 psi a lot",
        "I'm sore after 10 sessions in 2 weeks",
        "may I come twice in a week",
        "can it help after 40 years of desk work?",
    ],
)
def test_ordinary_questions_stay_as_they_are(text: str) -> None:
    assert masked(text, [], "US") == text
