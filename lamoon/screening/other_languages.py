"""Screening of messages in other languages: findings of a language's own phrases, merged into the screening.

The catalogue is English. For a message in a language of `data/languages/`, that language's own phrases decide what is
an idiom and what is negated; everything else that the rules found remains.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from lamoon.errors import KnowledgeError
from lamoon.language.foreign import ForeignMention, ForeignReader, ForeignReading
from lamoon.language.languages import FOLDER, shared_languages, shared_rules
from lamoon.screening.catalogue import Catalogue
from lamoon.screening.outcome import outcome_of
from lamoon.screening.screener import Mention, Screening, shared_catalogue
from lamoon.text.spelling import read_known_words

_WORD: Final = re.compile(r"\w+")


@lru_cache(maxsize=1)
def shared_foreign_reader() -> ForeignReader:
    """Return the reader of the project's languages, created once.

    Raises:
        KnowledgeError: a file of a language is broken, or names a condition that the catalogue does not have.
    """
    catalogue, languages = shared_catalogue(), shared_languages()
    for language in languages.values():
        for name in {*(term.id for term in language.words), *language.titles} - catalogue.conditions.keys():
            file = str(FOLDER / f"{language.code}.yml")
            raise KnowledgeError(
                file, None, f"`{name}` is not a condition", "an id of docs/screening.md", "blood_clot: ..."
            )
    return ForeignReader(languages, shared_rules(), read_known_words(), catalogue.vocabulary)


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    return frozenset(shared_catalogue().vocabulary)


def with_foreign(screening: Screening, reading: ForeignReading, text: str, catalogue: Catalogue) -> Screening:
    """Return the screening with the mentions of a message in another language; unchanged for an English one.

    Args:
        screening: by the rules of the catalogue.
        reading: of the same message.
        text: the message.
        catalogue: the conditions.
    """
    if not reading.is_foreign:
        return screening
    # Spelling repair takes a foreign word for a misspelt English one, so only words that are written count.
    known = _vocabulary()
    own = [(one.start, one.end) for one in reading.mentions]
    kept = [
        mention
        for mention in screening["conditions"]
        if known.issuperset(_WORD.findall(mention["text"].lower()))
        and not any(mention["start"] < end and start < mention["end"] for start, end in (*own, *reading.idioms))
    ]
    found = [_mention(one, text, catalogue) for one in reading.mentions]
    mentions = sorted((*kept, *found), key=lambda mention: mention["start"])
    return {
        "outcome": outcome_of(((mention["id"], mention["status"]) for mention in mentions), catalogue),
        "conditions": mentions,
        "denies": screening["denies"],
        "well": screening["well"],
        "figurative": screening["figurative"],
    }


def _mention(one: ForeignMention, text: str, catalogue: Catalogue) -> Mention:
    """Convert a foreign mention; a heart attack of years ago becomes a heart condition."""
    becomes = catalogue.conditions[one.id].becomes if one.status == "resolved" else None
    return {
        "id": becomes or one.id,
        "status": "affirmed" if becomes else one.status,
        "text": text[one.start : one.end],
        "start": one.start,
        "end": one.end,
    }
