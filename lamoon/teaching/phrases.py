"""The training phrases: read from the files by label, and added to them as a patch."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lamoon.errors import LamoonError
from lamoon.project import PROJECT
from lamoon.text.clean import phrase_key

INTENT = re.compile(r"^\s*- intent:\s*(?P<label>[\w/]+)\s*$")
EXAMPLE = re.compile(r"^(?P<indent>\s+)- (?P<phrase>.+)$")
MARKUP = str.maketrans("[]{}", "    ")
"""Square and curly brackets mark entities in Rasa's files."""


class PhraseError(LamoonError):
    """A phrase cannot be learned like this; the message says why."""


@dataclass
class Block:
    """The first block of a label: where its examples end in the file, and their indentation."""

    file: str
    end: int
    indent: str = "    "


@dataclass
class TrainingPhrases:
    """All phrases: `labels` and `texts` by folded phrase, `blocks` and `counts` by label."""

    folder: Path
    labels: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def check(self, phrase: str, label: str) -> str:
        """The phrase as it can be stored. Raises PhraseError when it is known, too short or off topic."""
        phrase = " ".join(phrase.translate(MARKUP).split()).lstrip("-# ")
        if sum(map(str.isalnum, phrase)) < 2:
            raise PhraseError("This phrase holds nothing to learn from.")
        if label not in self.blocks:
            raise PhraseError("This topic no longer exists. Please choose another.")
        known = self.labels.get(phrase_key(phrase))
        if known is not None:
            raise KnownError(known)
        return phrase


class KnownError(PhraseError):
    """The phrase is in the training data already, under `label`."""

    def __init__(self, label: str) -> None:
        super().__init__("The assistant already knows this phrase.")
        self.label = label


def read_phrases(folder: Path = PROJECT) -> TrainingPhrases:
    """Reads `data/nlu.yml` and `data/nlu/` of the project."""
    found = TrainingPhrases(folder)
    for path in [folder / "data" / "nlu.yml", *sorted((folder / "data" / "nlu").glob("*.yml"))]:
        _read(path, found)
    return found


def with_added(phrases: TrainingPhrases, additions: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The files that change, by their path in the project, with phrases added to the labels' first blocks.

    Raises:
        PhraseError: when a label has no block.
    """
    inserted: dict[str, list[tuple[int, str]]] = {}
    for label, new in additions.items():
        block = phrases.blocks.get(label)
        if block is None:
            raise PhraseError(f"There is no place for phrases of {label} in the training data.")
        inserted.setdefault(block.file, []).extend((block.end, f"{block.indent}- {phrase}\n") for phrase in new)
    return {file: _with_lines(phrases.folder / file, lines) for file, lines in sorted(inserted.items())}


def patch(phrases: TrainingPhrases, additions: Mapping[str, Iterable[str]]) -> str:
    """A unified diff for `git apply` that adds the phrases. Raises PhraseError as `with_added` does."""
    return diff(phrases.folder, with_added(phrases, additions))


def diff(folder: Path, changed: Mapping[str, str]) -> str:
    """A unified diff for `git apply` from the files of a folder to what they are `changed` to, by path."""
    return "".join(_diff(folder, file, text) for file, text in sorted(changed.items()))


def _with_lines(path: Path, insertions: list[tuple[int, str]]) -> str:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for at, line in sorted(insertions, key=lambda pair: -pair[0]):
        lines.insert(at, line)
    return "".join(lines)


def _diff(folder: Path, file: str, text: str) -> str:
    path = folder / file
    before = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    origin = f"a/{file}" if path.exists() else "/dev/null"
    return "".join(difflib.unified_diff(before, text.splitlines(keepends=True), origin, f"b/{file}"))


def _read(path: Path, found: TrainingPhrases) -> None:
    file = path.relative_to(found.folder).as_posix()
    label, block = "", None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        heading = INTENT.match(line)
        if heading:
            label = heading["label"]
            block = None if label in found.blocks else Block(file, number)
            found.blocks.setdefault(label, block or found.blocks.get(label) or Block(file, number))
            continue
        example = EXAMPLE.match(line)
        if example and label:
            if block:
                block.end, block.indent = number, example["indent"]
            key = phrase_key(example["phrase"])
            found.labels.setdefault(key, label)
            found.texts.setdefault(key, example["phrase"])
            found.counts[label] = found.counts.get(label, 0) + 1
