"""The scenarios' sentences are independent: none is in the training data or in a test set, so passing means more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from lamoon.settings import PROJECT

HERE = Path(__file__).parent
SHORT = 3
"""A text of at most this many words ("yes", "stop", "thank you") may occur anywhere."""


def folded(text: str) -> str:
    """A text without capitals and signs."""
    return " ".join(re.findall(r"[\w']+", text.lower()))


def _trained() -> Iterator[str]:
    for file in [*(PROJECT / "data").glob("nlu*.yml"), *(PROJECT / "data" / "nlu").glob("*.yml")]:
        for entry in YAML(typ="safe").load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = str(entry.get("examples", "")).splitlines()
            yield from (line.strip().removeprefix("- ") for line in lines)


def _evaluated() -> Iterator[str]:
    for file in (HERE.parent / "data").glob("*.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield from (value for value in json.loads(line).values() if isinstance(value, str))


def _said(node: Any) -> Iterator[str]:
    """Every `user:` text below a node of a file."""
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and isinstance(node.get("user"), str):
        yield node["user"]
    for child in children:
        yield from _said(child)


def borrowed(said: Iterator[str], known: set[str]) -> set[str]:
    """The longer texts of `said` that are among the folded texts `known`."""
    return {text for text in said if len(folded(text).split()) > SHORT and folded(text) in known}


def test_no_sentence_is_borrowed() -> None:
    known = {folded(text) for text in (*_trained(), *_evaluated())}
    assert len(known) > 1000
    files = [*HERE.rglob("*.yml"), *(HERE.parent / "stories").glob("*.yml")]
    found = {
        file.name: texts
        for file in files
        if (texts := borrowed(_said(YAML(typ="safe").load(file.read_text(encoding="utf-8"))), known))
    }
    assert not found


def test_a_borrowed_sentence_is_found() -> None:
    file = YAML(typ="safe").load("steps:\n  - user: How do I Book THIS?\n    bot: anything\n  - user: yes\n")
    assert borrowed(_said(file), {"how do i book this", "yes"}) == {"How do I Book THIS?"}
