"""The spaCy pipeline: words, spelling, spans, status, outcome. The steps share one `Message`, kept as `doc._.message`.

The Doc holds only words that the catalogue knows; all others stand in it as "~". So nothing that visitors type ever
enters spaCy's string store, which never forgets a string.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from lamoon.screening.catalogue import Catalogue
from lamoon.screening.deciding import decide_outcome, decide_statuses
from lamoon.screening.finding import find_conditions
from lamoon.screening.message import Message
from lamoon.screening.spelling import Speller
from lamoon.screening.text import chunks
from lamoon.screening.wording import words_of

UNKNOWN: Final = "~"
SPANS: Final = "conditions"


@dataclass(frozen=True)
class Kit:
    """What the steps share: the catalogue, the speller, and the words that may stand in a Doc."""

    catalogue: Catalogue
    speller: Speller
    known: frozenset[str]


class MessageTokenizer:
    """Makes a Doc of a message in linear time, whatever Unicode it is made of."""

    def __init__(self, vocab: Vocab, kit: Kit) -> None:
        self.vocab = vocab
        self._kit = kit

    def __call__(self, text: str) -> Doc:
        parts = chunks(text)
        doc = Doc(self.vocab, words=[part.norm if part.norm in self._kit.known else UNKNOWN for part in parts])
        doc._.message, doc._.kit = Message(text, parts), self._kit
        return doc


def spelling(doc: Doc) -> Doc:
    """Writes out contractions, repairs misspelt words and numbers the sentences."""
    message = message_of(doc)
    message.words = words_of(message.text, message.parts, _kit(doc).speller)
    return doc


def spans(doc: Doc) -> Doc:
    """Finds all patterns, sets look-alikes aside, and puts the signs of rules together."""
    find_conditions(message_of(doc), _kit(doc).catalogue)
    return doc


def statuses(doc: Doc) -> Doc:
    """Decides how each mention is meant."""
    decide_statuses(message_of(doc), _kit(doc).catalogue)
    return doc


def outcome(doc: Doc) -> Doc:
    """Sums up, and writes the mentions as `doc.spans["conditions"]` with `span._.status` and `span._.place`."""
    message = message_of(doc)
    decide_outcome(message, _kit(doc).catalogue)
    found = []
    for finding in message.findings:
        first, last = message.words[finding.first], message.words[finding.last]
        span = Span(doc, first.token, last.token + 1, label=finding.condition)
        span._.status, span._.place = finding.status, (first.start, last.end)
        found.append(span)
    doc.spans[SPANS] = found
    return doc


STEPS: Final[dict[str, Callable[[Doc], Doc]]] = {
    "lamoon_spelling": spelling,
    "lamoon_spans": spans,
    "lamoon_statuses": statuses,
    "lamoon_outcome": outcome,
}


def message_of(doc: Doc) -> Message:
    """The message that a Doc was made of."""
    return cast(Message, doc._.message)


def _kit(doc: Doc) -> Kit:
    return cast(Kit, doc._.kit)


def make_pipeline(kit: Kit) -> Language:
    """A blank English pipeline with the steps in their order; no model is downloaded."""
    if not Doc.has_extension("message"):
        Doc.set_extension("message", default=None)
        Doc.set_extension("kit", default=None)
        Span.set_extension("status", default="affirmed")
        Span.set_extension("place", default=(0, 0))
    nlp = spacy.blank("en")
    nlp.tokenizer = MessageTokenizer(nlp.vocab, kit)
    for name, step in STEPS.items():
        Language.component(name, func=step)
        nlp.add_pipe(name)
    return nlp
