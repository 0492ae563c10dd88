"""The training phrases as they stand in the files, and the patch that adds new ones.

The files are read line by line and changed by inserting lines only: comments, order and quoting stay as people wrote
them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lamoon.errors import LamoonError
from lamoon.settings import PROJECT
from lamoon.understanding.folding import fold

INTENT = re.compile(r"^\s*- intent:\s*(?P<label>[\w/]+)\s*$")
EXAMPLE = re.compile(r"^(?P<indent>\s+)- (?P<phrase>.+)$")
MARKUP = str.maketrans("[]{}", "    ")
"""Square and curly brackets mark entities in Rasa's files."""


class PhraseError(LamoonError):
    """A phrase cannot be learned so; the message says why."""


@dataclass
class Block:
    """The first block of a label: where its examples end in the file, and how they are indented."""

    file: str
    end: int
    indent: str = "    "


@dataclass
class TrainingPhrases:
    """All phrases: `labels` by folded phrase, `blocks` and `counts` by label."""

    folder: Path
    labels: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def check(self, phrase: str, label: str) -> str:
        """The phrase as it can be written down. Raises PhraseError when it is known, too short or of no topic."""
        phrase = " ".join(phrase.translate(MARKUP).split()).lstrip("-# ")
        if sum(map(str.isalnum, phrase)) < 2:
            raise PhraseError("There is nothing in this phrase to learn from.")
        if label not in self.blocks:
            raise PhraseError("There is no such topic any more. Please choose another.")
        known = self.labels.get(fold(phrase))
        if known is not None:
            raise KnownError(known)
        return phrase


class KnownError(PhraseError):
    """The phrase stands in the training data already, under `label`."""

    def __init__(self, label: str) -> None:
        super().__init__("The assistant knows this phrase already.")
        self.label = label


def read_phrases(folder: Path = PROJECT) -> TrainingPhrases:
    """Reads `data/nlu.yml` and `data/nlu/` of the project."""
    found = TrainingPhrases(folder)
    for path in [folder / "data" / "nlu.yml", *sorted((folder / "data" / "nlu").glob("*.yml"))]:
        _read(path, found)
    return found


def patch(phrases: TrainingPhrases, additions: Mapping[str, Iterable[str]]) -> str:
    """A unified diff, as `git apply` takes it, that adds phrases to the labels' first blocks.

    Raises:
        PhraseError: when a label has no block.
    """
    inserted: dict[str, list[tuple[int, str]]] = {}
    for label, new in additions.items():
        block = phrases.blocks.get(label)
        if block is None:
            raise PhraseError(f"There is no place for phrases of {label} in the training data.")
        inserted.setdefault(block.file, []).extend((block.end, f"{block.indent}- {phrase}\n") for phrase in new)
    return "".join(_diff(phrases.folder, file, lines) for file, lines in sorted(inserted.items()))


def _diff(folder: Path, file: str, insertions: list[tuple[int, str]]) -> str:
    before = (folder / file).read_text(encoding="utf-8").splitlines(keepends=True)
    after = list(before)
    for at, line in sorted(insertions, key=lambda pair: -pair[0]):
        after.insert(at, line)
    return "".join(difflib.unified_diff(before, after, f"a/{file}", f"b/{file}"))


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
            found.labels.setdefault(fold(example["phrase"]), label)
            found.counts[label] = found.counts.get(label, 0) + 1
