"""Conversion of a message to its spaCy document.

The pipeline is `spacy.blank("en")` with custom components; no model is downloaded or trained. The tokens are normalised
words: contractions expanded, misspellings repaired, lower case; `words_of` returns each with its place in the message.
Abbreviations keep their capitals. Sentence starts are set.

    doc.ents                entities: PERSON, TREATMENT, BODY_PART, TIME, CONDITION, MEDICINE
    doc.spans["phrases"]    every phrase of the lexicons, labelled `kind:name`, such as `condition:blood_clot`
    doc.spans["identity"]   names, streets and addresses: words that describe nobody
    doc.spans["health"]     conditions that the message mentions, labelled with their ids; `span._.status` is how it is meant

spaCy is imported when the first pipeline is built, because the action server and the launcher use packages above this
one without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from lamoon.language.lexicon import Term, everyday_terms
from lamoon.text.normalize import words_of
from lamoon.text.spelling import CatalogueSpelling
from lamoon.text.tokens import Word, chunks

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

DASHES: Final = frozenset("-–—")
MOST_STRINGS: Final = 200_000


class Reader:
    """Make documents. Build it once; it is thread-safe."""

    def __init__(self, spelling: CatalogueSpelling, terms: Iterable[Term] = ()) -> None:
        """Create a reader that repairs misspellings with `spelling` and finds `terms` in addition to the everyday
        ones.
        """
        self._spelling = spelling
        self._terms = [*everyday_terms(), *terms]
        self._pipeline = self._build()

    def read(self, text: str) -> Doc:
        """Return the document of a message."""
        pipeline = self._pipeline
        if len(pipeline.vocab.strings) > MOST_STRINGS:  # spaCy never frees a word that it has seen
            self._pipeline = pipeline = self._build()
        return pipeline(text)

    def _build(self) -> Language:
        import spacy

        from lamoon.language import entities  # registers the components

        pipeline = spacy.blank("en")
        pipeline.tokenizer = MessageTokenizer(pipeline.vocab, self._spelling)
        for name in entities.COMPONENTS:
            component = pipeline.add_pipe(name)
            if isinstance(component, entities.Phrases):
                component.add(self._terms)
        return pipeline


class MessageTokenizer:
    """Make documents of words: spaCy's tokenizer."""

    def __init__(self, vocab: Vocab, spelling: CatalogueSpelling) -> None:
        """Create a tokenizer whose words live in `vocab`."""
        self._vocab = vocab
        self._spelling = spelling

    def __call__(self, text: str) -> Doc:
        """Return the document of a message, without entities."""
        from spacy.tokens import Doc

        parts = chunks(text)
        words = words_of(text, parts, self._spelling)
        starts: list[bool | int | None] = [
            at == 0 or word.sentence != words[at - 1].sentence for at, word in enumerate(words)
        ]
        doc = Doc(self._vocab, words=[_shown(word) for word in words], sent_starts=starts or None)
        doc.user_data.update(text=text, parts=parts, words=words)
        return doc


def words(doc: Doc) -> Sequence[Word]:
    """Return the words of a document with their places in the message, one per token."""
    found: Sequence[Word] = doc.user_data["words"]
    return found


def source(doc: Doc) -> str:
    """Return the message as it was written."""
    text: str = doc.user_data["text"]
    return text


def set_health(doc: Doc, mentions: Iterable[tuple[int, int, str, str]]) -> None:
    """Add the health mentions of a message.

    Args:
        doc: of the message.
        mentions: first and last token, condition and status of each.
    """
    from spacy.tokens import Span

    spans = []
    for first, last, condition, status in mentions:
        span = Span(doc, first, last + 1, label=condition)
        span._.status = status
        spans.append(span)
    doc.spans["health"] = spans


def _shown(word: Word) -> str:
    if word.norm in DASHES:
        return "-"
    shown = word.norm.upper() if word.capitals else word.norm
    return shown if shown.isascii() else shown.encode("utf-8", "replace").decode()  # lone surrogates
