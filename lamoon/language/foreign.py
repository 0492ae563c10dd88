"""Messages in other languages: which language it is, what they mention of health, and what else they say.

An English message is done with after a look at its words: only a word of another language's lexicon, or a letter that
English does not have, leads any further.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, cast

from lamoon.language.languages import ENGLISH, SAYS, Language, Says, Term
from lamoon.language.phrases import CLAUSE, COMMA, Folded, Spelling

CRISIS: Final = "suicidal"
Status = Literal["affirmed", "negated"]
WHOLE: Final = frozenset({"thanks", "yes", "no"})
"""What counts only as the whole message: a "no" inside a sentence answers nothing."""
_PREFIX: Final = 4
_LONG: Final = 7
_ENDS: Final = re.compile(rf"[{COMMA}{CLAUSE}] ?")
_NEAR, _NEXT = 4, 1
_BASE: Final = Spelling()
_WORD: Final = re.compile(r"[a-z]+")
_ADDRESS: Final = re.compile(r"\S*@\S*")
_SCRIPTS: Final = {
    "han": re.compile("[\u3400-\u9fff]"),
    "hangul": re.compile("[\uac00-\ud7a3]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "arabic": re.compile("[\u0600-\u06ff]"),
}
# The letters of a script that are more than a name in it.
_ENOUGH: Final = {"han": 5, "hangul": 6, "cyrillic": 18, "arabic": 14}


@dataclass(frozen=True)
class ForeignMention:
    """A condition that a message mentions, by its id in the catalogue, with its place in the message."""

    id: str
    status: Status
    start: int
    end: int


@dataclass(frozen=True)
class ForeignReading:
    """What was understood of a message.

    Attributes:
        language: its code, "en" for clear English, None where nothing tells.
        mentions: conditions, in the order of the message.
        idioms: places of idioms that only look like a condition.
        says: what else it says, see `lamoon.language.languages.Says`.
    """

    language: str | None = None
    mentions: tuple[ForeignMention, ...] = ()
    idioms: tuple[tuple[int, int], ...] = ()
    says: frozenset[Says] = frozenset()

    @property
    def is_foreign(self) -> bool:
        """Whether it is in a language of ours other than English."""
        return self.language not in (None, ENGLISH)


@dataclass
class _Found:
    """What speaks for a language, and what is found in its words.

    Attributes:
        familiar: its telltales, those that English has too included.
        score: one for each telltale, two for each kind of phrase, in words that English does not have.
        english: words of the message that are English and not of this language.
        urgent: whether an emergency is told in more than one word, or in a long word of this language alone.
    """

    language: Language
    folded: Folded
    familiar: int
    score: int
    english: int
    urgent: bool
    words: list[_Match]
    idioms: list[_Match]
    says: list[_Match]


_Match = tuple[Term, int, int]
_Entry = tuple[Language, Term | None]


class ForeignReader:
    """Reads messages with the phrases of all languages."""

    def __init__(
        self, languages: Mapping[str, Language], english_words: Iterable[str], medical_words: Iterable[str] = ()
    ) -> None:
        """Indexes the words of `languages`, English among them.

        Args:
            languages: by code.
            english_words: words that are English, whatever else they are: they speak for no other language.
            medical_words: those of the English catalogue. A phrase of these alone, such as "warfarin", does not either.
        """
        english = languages[ENGLISH]
        self._english = frozenset(english_words) | english.telltales
        self._common = self._english | english.shared
        self._known = self._common | frozenset(medical_words)
        self._others = [language for code, language in languages.items() if code != ENGLISH]
        self._latin = [language for language in self._others if language.script == "latin"]
        self._by_word: dict[str, list[_Entry]] = {}
        self._by_start: dict[str, list[_Entry]] = {}
        for language in self._latin:
            for telltale in language.telltales:
                self._by_word.setdefault(telltale, []).append((language, None))
            for term in (*language.words, *language.calm, *language.says):
                for anchor in term.phrase.anchors:
                    start = anchor.endswith("*")
                    index, key = (self._by_start, anchor[:-1][:_PREFIX]) if start else (self._by_word, anchor)
                    index.setdefault(key, []).append((language, term))

    def read(self, text: str, current: str | None = None) -> ForeignReading:
        """What the message says.

        Args:
            text: as typed.
            current: the language of the conversation so far: fewer words then tell that it goes on in it.
        """
        plain = text.lower() if text.isascii() else _BASE.fold(text).text
        words = frozenset(_WORD.findall(_ADDRESS.sub(" ", plain) if "@" in plain else plain))
        found = [*self._in_scripts(text, words), *self._in_latin(text, words)]
        best = max(
            found,
            key=lambda one: (one.score, one.language.code == current, bool(one.words or one.idioms), one.familiar),
            default=None,
        )
        if best and _accepts(best, words, text, current):
            return _reading(best)
        return ForeignReading(ENGLISH if len(words & self._english) > 1 else None)

    def _in_scripts(self, text: str, words: frozenset[str]) -> Iterator[_Found]:
        if text.isascii():
            return
        scripts = {script for script, letters in _SCRIPTS.items() if letters.search(text)}
        for language in self._others:
            if language.script in scripts and not language.unlike & frozenset(text):
                yield self._found(language, text, words, (*language.words, *language.calm, *language.says))

    def _in_latin(self, text: str, words: frozenset[str]) -> Iterator[_Found]:
        strange = words - self._common
        strange |= self._respelled(strange) - self._common
        tried = {language.code for word in strange for language, _ in self._entries(word)}
        if not tried:
            return
        terms: dict[str, list[Term]] = {}
        for word in words | strange:
            for language, term in self._entries(word):
                if term and language.code in tried:
                    terms.setdefault(language.code, []).append(term)
        for language in self._latin:
            if language.code in tried:
                yield self._found(language, text, words, dict.fromkeys(terms.get(language.code, ())))

    def _entries(self, word: str) -> Sequence[_Entry]:
        starts = {word[:length] for length in self._lengths}
        return (*self._by_word.get(word, ()), *(entry for start in starts for entry in self._by_start.get(start, ())))

    def _found(self, language: Language, text: str, words: frozenset[str], terms: Iterable[Term]) -> _Found:
        """What there is of one language, by those of its `terms` that may be in the text."""
        folded = language.spelling.fold(text)
        matches = [(term, *match.span()) for term in terms for match in term.phrase.pattern.finditer(folded.text)]
        idioms = [one for one in matches if not one[0].id]
        says = [one for one in matches if one[0].id in SAYS]
        health = [
            one
            for one in matches
            if one[0].id and one[0].id not in SAYS and not any(_is_part(one, idiom, folded.text) for idiom in idioms)
        ]
        telling = [one for one in (*health, *idioms, *says) if self._is_strange(language, folded.text[one[1] : one[2]])]
        told = language.telltales if language.spelling.spaces else frozenset()
        points = len((told & frozenset(folded.text.split())) - self._common)
        points += sum(word in folded.text for word in language.telltales - told)
        points += len(language.letters & frozenset(text.lower()))
        return _Found(
            language,
            folded,
            familiar=len(told & frozenset(folded.text.split())),
            score=points + 2 * len({term.id or term.source for term, _, _ in telling}),
            english=len((words & self._english) - language.telltales),
            urgent=any(_is_urgent(language, term, folded.text[start:end]) for term, start, end in telling),
            words=health,
            idioms=idioms,
            says=says,
        )

    def _is_strange(self, language: Language, words: str) -> bool:
        """Whether a part of the text has a word that English does not have."""
        return not language.spelling.spaces or bool(frozenset(words.split()) - self._known)

    def _respelled(self, words: frozenset[str]) -> frozenset[str]:
        """The same words in the spelling of languages that have one of their own ("fuer" and "fur")."""
        return frozenset(_replaced(word, folds) for folds in self._folds for word in words)

    @cached_property
    def _lengths(self) -> frozenset[int]:
        """How long the indexed beginnings are: a stem may be shorter than the longest that is indexed."""
        return frozenset(map(len, self._by_start))

    @cached_property
    def _folds(self) -> list[Mapping[str, str]]:
        return [language.spelling.folds for language in self._latin if language.spelling.folds]


def _is_part(match: _Match, idiom: _Match, text: str) -> bool:
    """Whether an idiom explains a match: they overlap, and the match is no clause of its own in a gap of the idiom."""
    (_, start, end), (_, first, last) = match, idiom
    return start < last and first < end and not (COMMA in text[first:start] and end < last)


def _replaced(word: str, folds: Mapping[str, str]) -> str:
    for written, kept in folds.items():
        if written in word:
            word = word.replace(written, kept)
    return word


def _accepts(found: _Found, words: frozenset[str], text: str, current: str | None) -> bool:
    """Whether the message is in this language."""
    if found.urgent and found.score > found.english // 2:
        return True
    if found.score <= found.english:
        return False
    letters = _SCRIPTS.get(found.language.script)
    if letters:
        return found.score > 0 or len(letters.findall(text)) >= _ENOUGH[found.language.script]
    if found.language.code == current or (found.words and not found.english):
        return True
    # "Danke" and "no, gracias" are said in English talk too.
    return found.score > 1 and len(words) > 1 and not WHOLE & frozenset(_says(found))


def _is_urgent(language: Language, term: Term, words: str) -> bool:
    if not term.id or term.id in SAYS or term.id in language.titles:
        return False
    return not language.spelling.spaces or len(words.split()) > 1 or len(words) > _LONG


def _reading(found: _Found) -> ForeignReading:
    mentions = [
        ForeignMention(term.id, _status(found, term, start, end), *found.folded.span(start, end))
        for term, start, end in found.words
    ]
    idioms = tuple(found.folded.span(start, end) for _, start, end in found.idioms)
    says = frozenset(_says(found))
    if any(mention.status == "affirmed" for mention in mentions):
        says -= {"nothing"}  # "a lump, surely it is nothing" takes nothing back
    return ForeignReading(found.language.code, tuple(_longest(mentions)), idioms, says)


def _longest(mentions: list[ForeignMention]) -> Iterator[ForeignMention]:
    """Of overlapping mentions of one condition the longest, in the order of the message."""
    kept: list[ForeignMention] = []
    for one in sorted(mentions, key=lambda one: one.start - one.end):
        if not any(other.id == one.id and one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    yield from sorted(kept, key=lambda one: (one.start, one.end))


def _status(found: _Found, term: Term, start: int, end: int) -> Status:
    """Denied or not. A sign of a crisis is never denied: "no, I don't want to live" begins with a no."""
    if term.id == CRISIS:
        return "affirmed"
    language, text = found.language, found.folded.text
    # A sign of an emergency may follow a "no" that belongs to something else, so there the word before decides.
    near = _NEAR if term.id in language.titles else _NEXT
    before = re.split(_ENDS, text[:start])[-1]
    after = re.split(_ENDS, text[end:])[0]
    if language.spelling.spaces:
        denied = language.negations & frozenset(before.split()[-near:])
        denied |= language.negations_after & frozenset(after.split()[:near])
    else:
        denied = frozenset(word for word in language.negations if word in before[-near - 2 :])
        denied |= frozenset(word for word in language.negations_after if word in after[: near + 4])
    return "negated" if denied else "affirmed"


def _says(found: _Found) -> Iterator[Says]:
    whole = re.sub(_ENDS, "", found.folded.text)
    for term in found.language.says:
        if term.id in WHOLE and term.phrase.pattern.fullmatch(whole):
            yield cast("Says", term.id)
    yield from (cast("Says", term.id) for term, _, _ in found.says if term.id not in WHOLE)
