"""Markdown as a tree of a few harmless tags, built on the server so that no page parses markup.

A node is {"t": tag, "c": children?, "v": text?, "href": link?, "choice": index of a choice?}; tags are p, ul, ol, li, strong, em, br, a and text.
Other markup stays plain text. Links go to https, mail addresses and phone numbers only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lamoon.chat.model import Node
from lamoon.text.clean import clean

TAGS = {
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "strong": "strong",
    "em": "em",
    "link": "a",
}
SCHEMES = ("https", "mailto", "tel")
RULES = ["paragraph", "list", "emphasis", "link", "newline", "escape", "balance_pairs", "fragments_join", "entity"]
_markdown = MarkdownIt("zero", {"html": False, "maxNesting": 12}).enable(RULES)


def markdown_tree(text: str, links: Mapping[str, str] | None = None) -> list[Node]:
    """The tree of a reply. `links` turns plain words into links: {"(212) 555-0147": "tel:+12125550147"}."""
    return [_linked(node, links or {}) for node in _children(iter(_markdown.parse(text)))]


def with_choices(body: list[Node], labels: Mapping[str, int]) -> list[Node]:
    """A tree whose list items name the choice that changes them: {"Wish": 3} for the item "Wish: Friday"."""
    found = []
    for node in body:
        inner = with_choices(node.get("c", []), labels)
        label = _words(inner).partition(":")[0] if node["t"] == "li" else ""
        place = {"choice": labels[label]} if label in labels else {}
        found.append(node | ({"c": inner} if inner else {}) | place)
    return found


def _words(nodes: Sequence[Node]) -> str:
    return "".join(str(node.get("v", "")) or _words(node.get("c", [])) for node in nodes)


def plain_tree(text: str, note: str = "") -> list[Node]:
    """Text as one paragraph without markup, line by line; below it a `note` of ours, if there is one."""
    lines = [[_text(line)] if index == 0 else [{"t": "br"}, _text(line)] for index, line in enumerate(text.split("\n"))]
    said = {"t": "p", "c": [part for line in lines for part in line]}
    return [
        *([said] if text or not note else []),
        *([{"t": "p", "c": [{"t": "em", "c": [_text(note)]}]}] if note else []),
    ]


def is_safe_link(href: str) -> bool:
    """Whether a link may be followed: https with a host, a mail address or a phone number."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    known = href.startswith(tuple(f"{scheme}:" for scheme in SCHEMES))  # case kept
    return known and bool(parts.netloc if parts.scheme == "https" else parts.path)


def _children(tokens: Iterator[Token], closing: str = "") -> list[Node]:
    """The nodes up to the token of the type `closing`."""
    nodes: list[Node] = []
    for token in tokens:
        if token.type == closing:
            break
        if token.type == "inline":
            nodes += _children(iter(token.children or []))
        elif token.nesting == 1:
            nodes += _element(token, _children(tokens, token.type.replace("_open", "_close")))
        elif token.type in ("softbreak", "hardbreak"):
            nodes.append({"t": "br"} if token.type == "hardbreak" else _text(" "))
        elif token.content:
            nodes.append(_text(token.content))
    return nodes


def _element(token: Token, children: list[Node]) -> list[Node]:
    """One node, or only its children when its tag is not allowed or its link is not safe."""
    tag = TAGS.get(token.type.removesuffix("_open"))
    if tag is None or token.hidden:
        return children
    if tag != "a":
        return [{"t": tag, "c": children}]
    href = str(token.attrGet("href") or "")
    return [{"t": "a", "href": href, "c": children}] if is_safe_link(href) else children


def _text(text: str) -> Node:
    """Text without control, invisible and bidirectional characters. Outer spaces are kept: more text follows."""
    kept = clean(text)
    before = " " if text[:1].isspace() and kept else ""
    after = " " if text[-1:].isspace() else ""
    return {"t": "text", "v": f"{before}{kept}{after}"}


def _linked(node: Node, links: Mapping[str, str]) -> Node:
    """The node with the words of `links` made into links, except inside a link."""
    if node["t"] == "a" or not links or "c" not in node:
        return node
    return node | {"c": [part for child in node["c"] for part in _parts(_linked(child, links), links)]}


def _parts(node: Node, links: Mapping[str, str]) -> list[Node]:
    if node["t"] != "text":
        return [node]
    longest_first = "|".join(re.escape(words) for words in sorted(links, key=len, reverse=True))
    pieces = re.split(rf"(?<![\w,.])({longest_first})(?![\w]|[,.]\d)", node["v"])
    return [_link(piece, links) if piece in links else {"t": "text", "v": piece} for piece in pieces if piece]


def _link(words: str, links: Mapping[str, str]) -> dict[str, Any]:
    return {"t": "a", "href": links[words], "c": [{"t": "text", "v": words}]}
