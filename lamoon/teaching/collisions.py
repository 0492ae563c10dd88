"""Which other topics a wording is too near to, by the sentence encoder."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from lamoon.teaching.phrases import TrainingPhrases, read_phrases
from lamoon.text.clean import phrase_key
from lamoon.understanding.encoder import SentenceEncoder, Vectors
from lamoon.understanding.tuned import DELTA, Delta
from lamoon.understanding.vector_file import FOLDER, VectorFile

NICE: Final = 10
"""Priority of embedding everything, which must not hold up the answers to visitors."""
SAME: Final = 0.90
"""From this cosine on, a wording asks what the phrase of another topic asks, and is refused."""
NEAR: Final = 0.80
"""From here on it may be taken for the other, which the author reads."""
ALIKE: Final = 0.60
"""From here on two messages that were not understood are shown as one."""


@dataclass(frozen=True)
class Near:
    """The phrase of another label that is nearest to a wording."""

    wording: str
    phrase: str
    label: str
    cosine: float

    @property
    def collides(self) -> bool:
        """Whether the wording cannot be told from it."""
        return self.cosine >= SAME


def tuned_encoder() -> SentenceEncoder:
    """The encoder with the project's tuning. Raises ModelError."""
    return SentenceEncoder(delta=Delta.load(DELTA) if DELTA.is_file() else None)


def groups_of(texts: Sequence[str], vectors: Vectors) -> list[list[str]]:
    """Texts that mean much the same together, the largest group first.

    Each text joins the first group whose first text is near enough: the order of the texts counts, none is in two.
    """
    groups: list[tuple[Vectors, list[str]]] = []
    for text, vector in zip(texts, vectors, strict=True):
        near = next((group for first, group in groups if float(first @ vector) >= ALIKE), None)
        if near is None:
            groups.append((vector, [text]))
        else:
            near.append(text)
    return sorted((group for _, group in groups), key=len, reverse=True)


class PhraseIndex:
    """The embeddings of all training phrases. Makes them on first use: that takes a minute, later a second."""

    def __init__(self, phrases: TrainingPhrases, folder: Path = FOLDER, encoder: SentenceEncoder | None = None) -> None:
        """Takes the phrases, the folder in which embeddings are kept, and an encoder that is there already."""
        self._labels = [*phrases.labels.values()]
        self._texts = [phrases.texts[key] for key in phrases.labels]
        self._encoder = encoder or tuned_encoder()
        self._vectors: Vectors = VectorFile(folder).encode(self._encoder, self._texts)

    def nearest(self, label: str, wordings: Sequence[str], others: Mapping[str, Sequence[str]]) -> list[Near]:
        """For each wording the nearest phrase of another label, where it is near; nearest first.

        Args:
            label: the wordings' own.
            wordings: what was typed.
            others: wordings of lessons that are not trained yet, by label.
        """
        if not wordings:
            return []
        mine = self._encoder.encode([*wordings])
        texts, labels, vectors = self._texts, self._labels, self._vectors
        added = [(text, other) for other, some in others.items() for text in some]
        if added:
            texts = [*texts, *(text for text, _ in added)]
            labels = [*labels, *(other for _, other in added)]
            vectors = np.vstack([vectors, self._encoder.encode([text for text, _ in added])])
        cosines = mine @ vectors.T
        cosines[:, [other == label for other in labels]] = -1.0
        keys = {phrase_key(text): place for place, text in enumerate(texts) if labels[place] != label}
        found = []
        for row, wording in enumerate(wordings):
            place = int(cosines[row].argmax())
            cosine = float(cosines[row, place])
            if (known := keys.get(phrase_key(wording))) is not None:
                place, cosine = known, 1.0
            if cosine >= NEAR:
                found.append(Near(wording, texts[place], labels[place], cosine))
        return sorted(found, key=lambda one: -one.cosine)

    def at_risk(self, label: str, wordings: Sequence[str], count: int) -> list[tuple[str, str]]:
        """The phrases of other labels that are nearest to any of the wordings: (phrase, label)."""
        if not wordings:
            return []
        cosines = (self._encoder.encode([*wordings]) @ self._vectors.T).max(axis=0)
        order = (place for place in np.argsort(-cosines) if self._labels[place] != label)
        return [(self._texts[place], self._labels[place]) for place, _ in zip(order, range(count), strict=False)]


def main() -> int:
    """Embeds the project's phrases: `python -m lamoon.teaching.collisions`."""
    os.nice(NICE)
    PhraseIndex(read_phrases())
    return 0


if __name__ == "__main__":
    sys.exit(main())
