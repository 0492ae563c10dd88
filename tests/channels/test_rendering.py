"""Rendering: the same words on every platform, cut where a reader pauses, never losing any."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamoon.channels import rendering
from lamoon.channels.rendering import Run, plain, runs, split, telegram_html, utf16, whatsapp_text
from lamoon.chat.safe_tree import markdown_tree

PROSE = st.text(st.sampled_from("ab c.\n*_&<>😀é "), min_size=1, max_size=400)
SIZES = {
    "characters": lambda some: len(plain(some)),
    "utf-16 units": utf16,
    "bytes": lambda some: len(plain(some).encode()),
    "with stars": lambda some: len(whatsapp_text(some)),
}


def words(text: str) -> str:
    return plain(runs(markdown_tree(text)))


def test_paragraphs_lists_and_breaks_become_lines() -> None:
    text = "Hello.\n\nFor you:\n\n- one\n- two\n  1. inner\n\nBye  \nnow"
    assert words(text) == "Hello.\n\nFor you:\n\n- one\n- two\n   1. inner\n\nBye\nnow"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[the guide](https://studio.example/g)", "the guide (https://studio.example/g)"),
        ("[https://studio.example](https://studio.example)", "https://studio.example"),
        ("[(212) 555-0147](tel:+12125550147)", "(212) 555-0147"),
        ("[call us](tel:+12125550147)", "call us (+12125550147)"),
        ("[hi@studio.example](mailto:hi@studio.example)", "hi@studio.example"),
        ("[write](mailto:hi@studio.example) us", "write (hi@studio.example) us"),
    ],
)
def test_an_address_that_the_words_do_not_show_stands_behind_them(text: str, shown: str) -> None:
    assert words(text) == shown


def test_looks_become_each_platforms_marks() -> None:
    tree = markdown_tree("It is **very *gentle*** & 1 < 2, see [here](https://studio.example/?a=1&b=2).")
    assert telegram_html(runs(tree, links=True)) == (
        "It is <b>very </b><b><i>gentle</i></b> &amp; 1 &lt; 2, see "
        '<a href="https://studio.example/?a=1&amp;b=2">here</a>.'
    )
    assert whatsapp_text(runs(tree)).startswith("It is *very* *_gentle_* & 1 < 2")


def test_a_mark_holds_within_its_line() -> None:
    assert whatsapp_text([Run("one \n two", strong=True)]) == "*one* \n *two*"


def test_a_part_ends_where_a_paragraph_a_sentence_or_a_word_does() -> None:
    cut = [plain(part) for part in split([Run("First one here.\n\nSecond. And a third one")], 16, utf16)]
    assert cut == ["First one here.", "Second.", "And a third one"]
    assert [plain(part) for part in split([Run("No. Then we go on")], 12, utf16)] == ["No. Then we", "go on"]


def test_words_without_a_space_are_cut_anywhere() -> None:
    assert [plain(part) for part in split([Run("x" * 25)], 10, utf16)] == ["x" * 10, "x" * 10, "x" * 5]


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@given(text=PROSE, strong=st.booleans())
def test_every_part_fits_and_no_sign_is_lost(size: rendering.Size, text: str, strong: bool) -> None:
    whole = [Run(text, strong=strong), Run(" tail")]
    parts = split(whole, 20, size)
    assert all(size(part) <= 20 for part in parts)
    together = "".join(plain(part) for part in parts)
    assert re.sub(r"\s", "", together) == re.sub(r"\s", "", text + "tail")


@given(st.lists(st.tuples(PROSE, st.booleans(), st.booleans()), max_size=5))
def test_telegrams_mark_up_is_closed_and_its_words_are_ours(made: list[tuple[str, bool, bool]]) -> None:
    some = [Run(text, strong, em) for text, strong, em in made]
    marked = telegram_html(some)
    assert html.unescape(re.sub(r"</?[bi]>", "", marked)) == plain(some)
    assert [marked.count(f"<{tag}>") for tag in "bi"] == [marked.count(f"</{tag}>") for tag in "bi"]


def test_choices_are_numbered() -> None:
    assert plain(rendering.numbered(["Yes", "No"])).splitlines()[:2] == ["1. Yes", "2. No"]
