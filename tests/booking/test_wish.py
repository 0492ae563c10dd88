"""The wish keeps the visitor's own words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamoon.booking import Invalid, parse_wish
from lamoon.text.clean import clean


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Tue or Thu after 5, neck & shoulders pls", "Tue or Thu after 5, neck & shoulders pls"),
        ("  two\n\nlines\twith\u00a0gaps ", "two lines with gaps"),
        ("a\u0000b\u202ec\ud83d", "abc"),
        ("<b>soon</b> \U0001f64f", "<b>soon</b> \U0001f64f"),
        ("\u660e\u5929", "\u660e\u5929"),
        ("5", "5"),
        ("\U0001f468\u200d\U0001f469 for two", "\U0001f468\u200d\U0001f469 for two"),
        ("x" * 1000, "x" * 1000),
    ],
)
def test_kept(text: str, wish: str) -> None:
    assert parse_wish(text) == wish


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_words"),
        ("  \n", "no_words"),
        ("\U0001f64f\U0001f64f", "no_words"),
        ("...?!", "no_words"),
        ("\u200d", "no_words"),
        ("x" * 1001, "too_many_words"),
    ],
)
def test_refused(text: str, code: str) -> None:
    found = parse_wish(text)
    assert isinstance(found, Invalid)
    assert found.code == code


@settings(deadline=None)  # a busy machine is not an error
@given(st.text(max_size=1200))
def test_never_raises_and_is_safe_to_store(text: str) -> None:
    found = parse_wish(text)
    if isinstance(found, str):
        assert len(found) <= 1000
        assert not {unicodedata.category(letter) for letter in found} & {"Cc", "Cs"}
        assert found.encode("utf-8")


@settings(deadline=None)  # a busy machine is not an error
@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
