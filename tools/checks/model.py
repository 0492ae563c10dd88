"""The trained classifier out of a model archive, without Rasa."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lamoon.errors import ConfigurationError
from lamoon.text.clean import plain_text
from lamoon.text.spelling import DomainSpelling, read_known_words
from lamoon.understanding.classifier import HybridClassifier
from lamoon.understanding.encoder import SentenceEncoder

TRAINED = ("a model as training writes it", "make train")
PARTS = ("classifier.json", "classifier.npz", "words.json")


@dataclass(frozen=True)
class ModelReading:
    """What the classifier makes of a message: an intent or `intent/kind`, and how sure it is, 0 to 1."""

    label: str
    confidence: float


Understand = Callable[[str], ModelReading]


def newest_model(root: Path) -> Path | None:
    """The archive that was trained last; None where there is none."""
    return max((root / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, default=None)


def understanding(model: Path) -> Understand:
    """What reads a message as the pipeline does, up to the confidence. Raises ConfigurationError for another archive."""
    with _unpacked(model) as folder:
        classifier = HybridClassifier.load(folder)
        words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
    spelling = DomainSpelling(words, read_known_words())
    encoder = SentenceEncoder()

    def understand(text: str) -> ModelReading:
        repaired = spelling.repair(plain_text(text))
        prediction = classifier.predict(repaired, encoder.encode([repaired])[0])
        return ModelReading(prediction.labels[0], prediction.confidence)

    return understand


@contextmanager
def _unpacked(model: Path) -> Iterator[Path]:
    """A folder with the three files, whatever folders they lie in inside the archive."""
    with TemporaryDirectory() as folder:
        try:
            with tarfile.open(model) as archive:
                for member in archive:
                    name = Path(member.name).name
                    content = archive.extractfile(member) if name in PARTS else None
                    if content:
                        (Path(folder) / name).write_bytes(content.read())
        except (OSError, tarfile.TarError, EOFError) as error:
            raise ConfigurationError(str(model), None, "is not a model archive", *TRAINED) from error
        missing = [name for name in PARTS if not (Path(folder) / name).exists()]
        if missing:
            raise ConfigurationError(str(model), None, f"lacks {', '.join(missing)}", *TRAINED)
        yield Path(folder)
