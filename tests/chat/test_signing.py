"""Tokens and choices: only ours are taken."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from lamoon.chat.signing import Choices, TokenError, Tokens

KEY, OTHER = "k" * 32, "o" * 32
DAY = timedelta(days=1)


def test_a_token_names_its_conversation() -> None:
    tokens = Tokens(KEY, DAY)
    assert tokens.read(tokens.make("abc")[0]) == "abc"


def test_a_token_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens(KEY, DAY)
    token, expires = tokens.make("abc")
    assert expires.timestamp() == pytest.approx(time.time() + DAY.total_seconds(), abs=5)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + DAY.total_seconds() + 5)
    with pytest.raises(TokenError) as caught:
        tokens.read(token)
    assert caught.value.expired


@pytest.mark.parametrize(("back", "is_read"), [(30, True), (3600, True), (23 * 3600, True), (25 * 3600, False)])
def test_a_token_outlives_a_clock_that_is_set_back(monkeypatch: pytest.MonkeyPatch, back: int, is_read: bool) -> None:
    tokens = Tokens(KEY, DAY)
    token, _ = tokens.make("abc")
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - back)
    if is_read:
        assert tokens.read(token) == "abc"
    else:
        with pytest.raises(TokenError):
            tokens.read(token)


@pytest.mark.parametrize(
    "change", [lambda t: t + "x", lambda t: "x" + t, lambda t: t[:-3] + "AAA", lambda t: "", lambda t: "..."]
)
def test_a_forged_token_is_refused(change: object) -> None:
    tokens = Tokens(KEY, DAY)
    with pytest.raises(TokenError) as caught:
        tokens.read(change(tokens.make("abc")[0]))  # type: ignore[operator]
    assert not caught.value.expired


def test_a_token_of_another_key_is_refused() -> None:
    with pytest.raises(TokenError):
        Tokens(KEY, DAY).read(Tokens(OTHER, DAY).make("abc")[0])


def test_a_choice_is_no_token_and_a_token_no_choice() -> None:
    tokens, choices = Tokens(KEY, DAY), Choices(KEY)
    assert choices.read(choices.make("abc", 3, 1)) == ("abc", 3, 1)
    with pytest.raises(TokenError):
        tokens.read(choices.make("abc", 3, 1))
    with pytest.raises(TokenError):
        choices.read(tokens.make("abc")[0])
