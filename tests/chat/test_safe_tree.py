"""Markup becomes a tree of harmless tags, whatever is in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamoon.chat.model import Node
from lamoon.chat.safe_tree import is_safe_link, markdown_tree, plain_tree, with_choices
from lamoon.web.openapi import check

LINKS = {"(212) 555-0147": "tel:+12125550147", "911": "tel:911", "hello@example.com": "mailto:hello@example.com"}


def nodes(tree: list[Node]) -> Iterator[dict[str, Any]]:
    """Every node."""
    for node in tree:
        yield node
        yield from nodes(node.get("c", []))


def text(tree: list[Node]) -> str:
    """All text."""
    return "".join(node.get("v", "") for node in nodes(tree))


def test_paragraphs_lists_and_emphasis() -> None:
    tree = markdown_tree("One **two** *three*\n\n- a\n- b")
    assert [node["t"] for node in nodes(tree)] == [
        "p", "text", "strong", "text", "text", "em", "text", "ul", "li", "text", "li", "text",
    ]  # fmt: skip
    assert text(tree) == "One two threeab"


def test_spaces_around_emphasis_stay() -> None:
    assert text(markdown_tree("say **yes** or **no** now")) == "say yes or no now"


def test_a_single_line_break_is_a_space_and_two_spaces_before_it_a_break() -> None:
    assert text(markdown_tree("a\nb")) == "a b"
    assert "br" in [node["t"] for node in nodes(markdown_tree("a  \nb"))]


def test_a_good_link_stays_a_link() -> None:
    (link,) = [node for node in nodes(markdown_tree("[book](https://example.com/book)")) if node["t"] == "a"]
    assert link["href"] == "https://example.com/book"


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "http://example.com", "//evil.example",
        "/relative", "#x", "", "https:", "https://", "ftp://x/y", "file:///etc/passwd", "blob:https://x/y", "java\tscript:x",
        "tel:", "mailto:", "http://[::1", "intent://x", "about:blank", "HTTPS://X.EXAMPLE",
    ],
)  # fmt: skip
def test_other_links_are_only_their_words(href: str) -> None:
    assert not is_safe_link(href)
    tree = markdown_tree(f"[words]({href})")
    assert "a" not in [node["t"] for node in nodes(tree)]
    assert "words" in text(tree)


@pytest.mark.parametrize(
    "markup", ["<b>x</b>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!-- x -->"]
)
def test_html_stays_text(markup: str) -> None:
    assert text(markdown_tree(markup)) == markup


def test_images_and_code_are_no_images_and_no_code() -> None:
    tree = markdown_tree("![x](https://example.com/x.png) `code` # no heading")
    assert {node["t"] for node in nodes(tree)} <= {"p", "text", "a"}


def test_known_numbers_and_addresses_can_be_clicked() -> None:
    tree = markdown_tree("Call (212) 555-0147 or 911, or write to **hello@example.com**.", LINKS)
    assert [node["href"] for node in nodes(tree) if node["t"] == "a"] == [
        "tel:+12125550147", "tel:911", "mailto:hello@example.com",
    ]  # fmt: skip
    assert text(tree) == "Call (212) 555-0147 or 911, or write to hello@example.com."


@pytest.mark.parametrize("words", ["1911", "9110", "2,911", "911.5", "911,000", "a911b"])
def test_a_number_inside_another_is_not_one(words: str) -> None:
    assert "a" not in [node["t"] for node in nodes(markdown_tree(words, LINKS))]


def test_plain_text_is_never_markup() -> None:
    assert plain_tree("**x** [a](https://b.example) <i>") == [
        {"t": "p", "c": [{"t": "text", "v": "**x** [a](https://b.example) <i>"}]}
    ]


def test_invisible_and_direction_changing_signs_go() -> None:
    assert text(markdown_tree("a\u202eb\u200bc\u2066d\ufeff")) == "abcd"
    assert text(plain_tree("a\u202eb\u200bc")) == "abc"


@given(st.text(max_size=300))
def test_every_tree_is_as_the_interface_describes(written: str) -> None:
    for tree in (markdown_tree(written, LINKS), plain_tree(written)):
        for node in tree:
            check(node, "Node")


@given(st.text(alphabet="*_[]()<>!`-+1.\\ \n:/ahtpsj", max_size=200))
def test_every_tree_of_signs_is_too(written: str) -> None:
    for node in markdown_tree(written, LINKS):
        check(node, "Node")


def test_deep_nesting_ends() -> None:
    assert len(list(nodes(markdown_tree("> " * 500 + "- " * 500 + "x" + "**" * 500)))) < 500


def test_an_item_names_the_choice_that_changes_it() -> None:
    tree = with_choices(
        markdown_tree("Please check.\n- Name: Maria\n- Wish: *Friday*\n- Second name: Tom"), {"Name": 1, "Wish": 3}
    )
    items = tree[1]["c"]
    assert [item.get("choice") for item in items] == [1, 3, None]
    check(tree[1], "Node")
