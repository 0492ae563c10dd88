"""Numbers that people write back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lamoon.channels.adapter import numbered_choice
from lamoon.chat.model import Author, Choice, Message


def message(number: int, author: Author, *titles: str) -> Message:
    choices = tuple(Choice(title, title) for title in titles)
    return Message(number, author, "text", datetime.now(UTC), "words", (), choices=choices)


OFFERED = [message(1, "bot", "old"), message(2, "visitor"), message(3, "bot", "Yes", "No"), message(4, "bot")]


@pytest.mark.parametrize("text", ["2", " 2. ", "(2)", "option 2", "No. 2", "#2"])
def test_a_number_names_the_choice_that_was_offered_last(text: str) -> None:
    assert numbered_choice(text, OFFERED) == (3, 1)


@pytest.mark.parametrize("text", ["0", "3", "22", "2 of us", "2pm", "on the 2nd", "no", "", "²"])
def test_other_words_name_none(text: str) -> None:
    assert numbered_choice(text, OFFERED) is None


def test_what_was_offered_before_the_last_message_counts_no_more() -> None:
    assert numbered_choice("1", [*OFFERED, message(5, "visitor"), message(6, "bot")]) is None
    assert numbered_choice("1", []) is None
