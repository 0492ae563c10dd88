"""Normalisation of tokens to words: contractions and shorthand expanded, misspellings repaired."""

from __future__ import annotations

from typing import Final

from lamoon.text.shorthand import expand_clinical, expand_contraction
from lamoon.text.spelling import CatalogueSpelling
from lamoon.text.tokens import Chunk, Word, ends_sentence

RUN_ON: Final = 100


def words_of(text: str, parts: list[Chunk], spelling: CatalogueSpelling) -> list[Word]:
    """Return the words of a message.

    Args:
        text: the original message.
        parts: its pieces, as returned by `text.chunks`.
        spelling: repairs the misspelt ones.

    Returns:
        Words with their places in `text`. A contraction gives several words at one place; `token` is the index of its
        piece.
    """
    words: list[Word] = []
    sentence, ended, began = 0, False, 0
    for token, part in enumerate(parts):
        if part.kind != "mark" and (ended or _runs_on(token - began, part.norm)):
            sentence, ended, began = sentence + 1, False, token
        first = not words or words[-1].sentence != sentence
        shorthand = expand_clinical(parts, token)
        if shorthand is not None:
            words += [Word(norm, part.start, part.end, "word", False, sentence, token) for norm in shorthand]
            continue
        norms = (
            [part.norm]
            if part.kind != "word"
            else _repaired(part, spelling, _is_name(parts, token, first) or _is_foreign(text, part)).split()
        )
        words += [Word(norm, part.start, part.end, part.kind, part.capitals, sentence, token) for norm in norms]
        ended = ended or ends_sentence(parts, token, text)
    if words and words[0].sentence:  # a message that begins with marks
        offset = words[0].sentence
        for word in words:
            word.sentence -= offset
    return words


def _runs_on(length: int, norm: str) -> bool:
    """Return whether a sentence without an end is cut here: dictated text has no punctuation, and the grammar needs
    short sentences.
    """
    return length > RUN_ON + 40 or (length > RUN_ON and norm in ("and", "so", "but", "then", "because", "also", "i"))


def _is_name(parts: list[Chunk], at: int, first: bool) -> bool:
    """Return whether a piece looks like a name: a capital inside a sentence, or at its start with another capital after
    it.
    """
    part = parts[at]
    if not part.capitalised or part.capitals:
        return False
    following = parts[at + 1] if at + 1 < len(parts) else None
    return not first or bool(following and following.capitalised and not following.capitals and following.norm != "i")


def _is_foreign(text: str, part: Chunk) -> bool:
    """Return whether a word has accents, and so is hardly a misspelt English word."""
    raw = text[part.start : part.end]
    return not raw.isascii() and any(letter.isalpha() and not letter.isascii() for letter in raw)


def _repaired(part: Chunk, spelling: CatalogueSpelling, name: bool) -> str:
    spelled = expand_contraction(part.norm)
    if " " in spelled:
        return spelled
    return expand_contraction(spelling.repair(spelled, name)) or part.norm
