"""Terms that the pipeline finds in a document, including the everyday ones: persons, treatments, body parts, times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Final

from lamoon.errors import CatalogueError
from lamoon.text.clean import fold_accents
from lamoon.text.shorthand import expand_contraction
from lamoon.yaml_file import read

EVERYDAY: Final = Path(__file__).with_name("everyday.yml")


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase to find.

    Attributes:
        kind: what it is, such as `condition` or `person`; the pipeline makes entities of some kinds.
        name: the identifier, such as `blood_clot`; empty if the kind is enough.
        text: plain words, with or without a dash between them. A word in capitals is found in capitals only.
    """

    kind: str
    name: str
    text: str

    @property
    def label(self) -> str:
        """The label of its spans."""
        return f"{self.kind}:{self.name}"

    @property
    def has_capitals(self) -> bool:
        """Whether any of its words must be in capitals."""
        return any(_is_capital(word) for word in self._words())

    def _words(self) -> list[str]:
        return self.text.replace("-", " ").split()

    def words(self) -> list[str]:
        """Its words as tokens of a document, in lower case except those in capitals."""
        return [
            token
            for word in self._words()
            for token in ([word] if _is_capital(word) else expand_contraction(fold_accents(word)).split())
        ]

    def variants(self) -> Iterator[list[str]]:
        """Yield its words with every combination of spaces and dashes: "post-op", "non weight-bearing"."""
        words = self.words()
        for dashes in product((False, True), repeat=len(words) - 1):
            yield [
                token for word, dash in zip(words, (*dashes, False), strict=True) for token in ([word, "-"][: 1 + dash])
            ]


def _is_capital(word: str) -> bool:
    return word.isupper() and len(word) > 1


@lru_cache(maxsize=1)
def everyday() -> dict[str, tuple[str, ...]]:
    """Return the everyday phrases by kind.

    Raises:
        CatalogueError: the file is broken.
    """
    fields = read(EVERYDAY, CatalogueError).fields()
    return {kind: tuple(" ".join(text.split()) for text in block.text().split(",")) for kind, block in fields.items()}


def everyday_terms() -> list[Term]:
    """Return the everyday phrases as terms."""
    return [Term(kind, "", text) for kind, texts in everyday().items() for text in texts]
