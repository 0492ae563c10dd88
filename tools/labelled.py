"""Labelled messages, one JSON object a line: questions with their labels, disclosures with the right outcome."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from lamoon.contract import topic_of
from lamoon.errors import EvaluationError

Entry = TypeVar("Entry")


def read_entries(path: Path, make: Callable[[dict[str, Any]], Entry], what: str, example: str) -> list[Entry]:
    """Return the result of `make` for each line; `what` names an entry in errors, `example` is a valid line.

    Raises:
        EvaluationError: naming the file and line that cannot be read, and what was expected.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise EvaluationError(f"{path} is not UTF-8 text; expected lines such as {example}") from None
    entries = parse_entries(text, path, make, example)
    if not entries:
        raise EvaluationError(f"{path} holds no {what}; expected lines such as {example}")
    return entries


def parse_entries(text: str, path: Path | str, make: Callable[[dict[str, Any]], Entry], example: str) -> list[Entry]:
    """Parse the text of a file as `read_entries` does; an empty text has no entries."""
    entries = []
    # Not splitlines(): it also splits at separators that a message may contain.
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), start=1):
        try:
            entries.append(make(json.loads(line)))
        except (ValueError, KeyError, TypeError) as problem:
            raise EvaluationError(f"{path}, line {number}: {problem!r}; expected for example {example}") from None
    return entries


def read_texts(path: Path) -> list[str]:
    """Return only the messages of a file. Raises EvaluationError as `read_entries`."""
    return read_entries(path, lambda entry: text_of(entry, "text"), "message", '{"text": "hello"}')


Group = Literal["real", "written", "other", "near", "far"]
GROUPS: dict[Group, str] = {
    "real": "topics, as real visitors ask",
    "written": "topics, as typed in chat",
    "other": "other intents",
    "near": "near out of scope",
    "far": "far out of scope",
}
KINDS: dict[str, Group] = {"near_out_of_scope": "near", "far_out_of_scope": "far", "real": "real", "real_style": "real"}
FRAGMENT, RAMBLING = 4, 30  # words: at most, at least
EXAMPLE = '{"text": "does it hurt?", "label": "faq/does_it_hurt", "kind": "written"}'


@dataclass(frozen=True)
class Question:
    """A message and the labels that are right for it; `labels[0]` is the first choice.

    `slices` name its style ("lay", "typo", "two questions"): the file's `slice`, and its length. `voice` names the
    fictional visitor who wrote it, if the file gives one.
    """

    text: str
    labels: tuple[str, ...]
    group: Group
    slices: tuple[str, ...] = ()
    voice: str = ""


def read_questions(path: Path) -> list[Question]:
    """Read a file of questions.

    Raises:
        EvaluationError: naming the file and line that cannot be read.
    """
    return read_entries(path, _question, "question", EXAMPLE)


def _question(entry: dict[str, Any]) -> Question:
    # A question with context needs the conversation before it, so it cannot be scored as a single message.
    label, also = text_of(entry, "label"), entry.get("also", [])
    if not isinstance(also, list):
        raise TypeError("`also` is not a list")
    group = KINDS.get(entry.get("kind", ""), "written")
    if group in ("real", "written") and not topic_of(label):
        group = "other"
    text = text_of(entry, "text")
    slices = tuple(dict.fromkeys([*_slices(entry), *_length(text)]))
    return Question(text, (label, *map(str, also)), group, slices, text_of({"voice": "", **entry}, "voice"))


def _slices(entry: dict[str, Any]) -> list[str]:
    given = entry.get("slice", [])
    if not isinstance(given, str | list):
        raise TypeError("`slice` is neither a text nor a list of texts")
    return [given] if isinstance(given, str) else [str(name) for name in given]


def _length(text: str) -> list[str]:
    words = len(text.split())
    return ["fragment"] if words <= FRAGMENT else ["rambling"] if words >= RAMBLING else []


def text_of(entry: Mapping[str, Any], key: str) -> str:
    """Return a value that is a text. Raises KeyError or TypeError, which `read_entries` explains."""
    if not isinstance(entry[key], str):
        raise TypeError(f"`{key}` is not a text")
    return str(entry[key])
