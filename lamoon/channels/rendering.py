"""From a safe tree to platform text: runs, split where a reader would pause, then marked up.

A tree becomes runs once; each platform then measures and writes them in its own way.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from lamoon.chat.model import Node
from lamoon.phrasebook import say

_PAUSES = ("\n\n", "\n", r"(?<=[.!?:;])\s", r"\s")
_EARLIEST_PAUSE = 0.5
"""A break counts when it leaves a part at least half full; otherwise the next weaker kind is used."""


@dataclass(frozen=True)
class Run:
    """Text of one style. `href`: its link target, on platforms that have links. `is_mark`: the number or dash of a list."""

    text: str
    strong: bool = False
    em: bool = False
    href: str = ""
    is_mark: bool = False


Runs = Sequence[Run]
Size = Callable[[Runs], int]
"""How much of a platform's limit some runs take."""


def runs(body: Sequence[Node], *, links: bool = False) -> list[Run]:
    """The text of a safe tree.

    Without `links`, addresses that the text does not show follow it in brackets. With `links`, web addresses become
    `Run.href`; phone numbers and mail addresses stay words, which phones make clickable themselves.
    """
    found = list(_blocks(body, Run(""), links, ""))
    return [
        replace(look, text="".join(run.text for run in same))
        for look, same in groupby(found, key=lambda run: replace(run, text=""))
    ]


def split(whole: Runs, limit: int, size: Size) -> list[list[Run]]:
    """Parts of a long message, each within `limit` by `size`. Only spaces at the breaks are dropped."""
    rest, parts = list(whole), []
    while size(rest) > limit:
        text = plain(rest)
        most = bisect_right(range(1, len(text)), limit, key=lambda length: size(_first(rest, length)))
        at = _pause(text, max(most, 1))
        parts.append(_trimmed(_first(rest, at)))
        rest = _trimmed(_after(rest, at))
    return [part for part in (*parts, rest) if part]


def plain(some: Runs) -> str:
    """Text without style."""
    return "".join(run.text for run in some)


def telegram_html(some: Runs) -> str:
    """Telegram's HTML: b, i and a, everything else escaped."""
    return "".join(_telegram(run) for run in some)


def whatsapp_text(some: Runs) -> str:
    """WhatsApp's *bold* and _italic_. What else WhatsApp would take for a mark is kept from it: it knows no escape."""
    written = ""
    for run in some:
        begins_line = not written or written.endswith("\n")
        written += run.text if run.is_mark else _starred(replace(run, text=_unmarked(run.text, begins_line)))
    return written


def utf16(some: Runs) -> int:
    """Length in UTF-16 units without mark-up, as Telegram counts."""
    return len(plain(some).encode("utf-16-le")) // 2


def numbered(titles: Sequence[str]) -> list[Run]:
    """Choices as numbered lines, where buttons do not fit."""
    lines = (f"{number}. {title}" for number, title in enumerate(titles, 1))
    return [Run("\n".join((*lines, say("reply_with_number"))))]


def joined(*blocks: Runs) -> list[Run]:
    """Blocks separated by an empty line; empty ones are dropped."""
    filled = [block for block in blocks if block]
    return [run for index, block in enumerate(filled) for run in ((Run("\n\n"),) if index else ()) + tuple(block)]


def _blocks(nodes: Sequence[Node], look: Run, links: bool, indent: str) -> Iterator[Run]:
    """Paragraphs and lists separated by an empty line; other nodes as they are."""
    for index, node in enumerate(nodes):
        if index and node["t"] in ("p", "ul", "ol"):
            yield Run("\n" if indent else "\n\n")
        if node["t"] in ("ul", "ol"):
            yield from _items(node, links, indent)
        else:
            yield from _inline(node, look, links, indent)


def _items(node: Node, links: bool, indent: str) -> Iterator[Run]:
    for index, item in enumerate(node["c"]):
        if index:
            yield Run("\n")
        yield Run(indent + (f"{index + 1}. " if node["t"] == "ol" else "- "), is_mark=True)
        yield from _blocks(item["c"], Run(""), links, f"{indent}   ")


def _inline(node: Node, look: Run, links: bool, indent: str) -> Iterator[Run]:
    kind, children = node["t"], node.get("c", ())
    if kind == "text":
        yield replace(look, text=node["v"])
    elif kind == "br":
        yield Run("\n")
    elif kind == "a":
        yield from _link(node, look, links)
    else:
        inner = replace(look, strong=look.strong or kind == "strong", em=look.em or kind == "em")
        yield from _blocks(children, inner, links, indent)


def _link(node: Node, look: Run, links: bool) -> Iterator[Run]:
    words = list(_blocks(node["c"], look, links, ""))
    scheme, _, address = node["href"].partition(":")
    if scheme == "https" and links:
        yield from (replace(run, href=node["href"]) for run in words)
        return
    yield from words
    shown = node["href"] if scheme == "https" else address
    if not _shows(plain(words), shown, scheme):
        yield replace(look, text=f" ({shown})")


def _shows(words: str, address: str, scheme: str) -> bool:
    """Whether the text shows the address already, however a phone number is written."""
    if scheme != "tel":
        return address in words
    digits = re.sub(r"\D", "", words)
    return bool(digits) and re.sub(r"\D", "", address).endswith(digits.lstrip("0"))


def _pause(text: str, most: int) -> int:
    """Where to break, after at most `most` characters: after a paragraph, a line, a sentence, a word, or anywhere."""
    for pause in _PAUSES:
        ends = [match.end() for match in re.finditer(pause, text[: most + 1]) if match.start() <= most]
        if ends and ends[-1] >= most * _EARLIEST_PAUSE:
            return ends[-1]
    return most


def _first(some: Runs, length: int) -> list[Run]:
    """The first `length` characters."""
    taken = []
    for run in some:
        if length <= 0:
            break
        taken.append(replace(run, text=run.text[:length]))
        length -= len(run.text)
    return taken


def _after(some: Runs, length: int) -> list[Run]:
    """All but the first `length` characters."""
    left = []
    for run in some:
        if length < len(run.text):
            left.append(replace(run, text=run.text[max(length, 0) :]))
        length -= len(run.text)
    return left


def _trimmed(some: Runs) -> list[Run]:
    """Without outer spaces."""
    text = plain(some)
    begin = len(text) - len(text.lstrip())
    return _first(_after(some, begin), len(text.strip()))


def _telegram(run: Run) -> str:
    marked = html.escape(run.text, quote=False)
    marked = f"<i>{marked}</i>" if run.em else marked
    marked = f"<b>{marked}</b>" if run.strong else marked
    return f'<a href="{html.escape(run.href)}">{marked}</a>' if run.href else marked


_INVISIBLE = "\u200b"
"""Between a mark and its word it is neither space nor letter: WhatsApp then shows both as they are."""
_ADDRESS = re.compile(r"https?://\S+")
_AROUND_WORDS = re.compile(r"(?<![^\W_])([*_~`]+)(?=\S)|(?<=\S)([*_~`]+)(?![^\W_])")
_LINE_MARKS = re.compile(r"^(?=(?:[-*>]|\d+\.) )", re.MULTILINE)


def _unmarked(text: str, begins_line: bool) -> str:
    """A text whose stars, dashes and numbers WhatsApp shows as they are. Addresses stay untouched."""
    shown, at = "", 0
    for address in _ADDRESS.finditer(text):
        shown += _AROUND_WORDS.sub(_kept_apart, text[at : address.start()]) + address[0]
        at = address.end()
    shown += _AROUND_WORDS.sub(_kept_apart, text[at:])
    if begins_line:
        return _LINE_MARKS.sub(_INVISIBLE, shown)
    head, line, rest = shown.partition("\n")
    return head + line + _LINE_MARKS.sub(_INVISIBLE, rest)


def _kept_apart(mark: re.Match[str]) -> str:
    return "".join(f"{_INVISIBLE}{sign}{_INVISIBLE}" for sign in mark[0])


def _starred(run: Run) -> str:
    """Marks work within a line only, and not next to a space."""
    mark = ("*" if run.strong else "") + ("_" if run.em else "")
    return re.sub(r"\S(?:.*\S)?", lambda words: mark + words[0] + mark[::-1], run.text) if mark else run.text
