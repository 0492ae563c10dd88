"""Messages of emoji alone."""

from __future__ import annotations

import pytest

from lamoon.text.answers import parse_yes_no
from lamoon.text.emoji import emoji_meaning, without_emoji


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("👍", "yes"),
        ("👍🏽", "yes"),
        ("👎", "no"),
        ("👋", "hello"),
        ("🙏", "thanks"),
        ("🤰", "health"),
        ("🦵🔥😭", "health"),
        ("🆘", "emergency"),
        ("🙃🙃🦶", "health"),
        ("🙃", "other"),
        ("hello 👋", None),
        ("1️⃣", None),
        ("?!", None),
        ("", None),
        ("…", None),
    ],
)
def test_what_emoji_mean(text: str, meaning: str | None) -> None:
    assert emoji_meaning(text) == meaning


def test_a_thumb_answers_a_question() -> None:
    assert [parse_yes_no(text) for text in ("👍", "👎", "🙃")] == [True, False, None]


def test_a_thumb_beside_words_that_say_neither_answers_too() -> None:
    said = ("👌 thanks", "thank you 👎", "ok 👎", "👍 but my back hurts", "no 👍", "thanks 🙂")
    assert [parse_yes_no(text) for text in said] == [True, None, None, None, False, None]


def test_words_without_their_emoji() -> None:
    assert [without_emoji(text) for text in ("👍🏽", "ok 👍", "❤️ it")] == ["", "ok", "it"]
