"""Messages in other languages: the language, the health mentions and the other acts.

An English message costs one look at its words: only a word of another language's lexicon, or a letter that English does
not have, leads to further work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from lamoon.language.evidence import ENDS, SCRIPTS, Evidence, EvidenceFinder, Match, Part, accepts, says_of
from lamoon.language.languages import ENGLISH, Language, Says, Term
from lamoon.language.phrases import Spelling
from lamoon.language.rules import Rule, Status

CRISIS: Final = "suicidal"
_PREFIX: Final = 4
_NEAR: Final = 4
_ENGLISH_ENOUGH: Final = 2  # words
_SHARED: Final = 3  # languages
_REMEMBERED: Final = 20_000  # words of messages
_BASE: Final = Spelling()
_WORD: Final = re.compile(r"[a-z0-9]*[a-z][a-z0-9]*")
_STRETCHED: Final = re.compile(r"([a-zA-Z])\1\1")
_ADDRESS: Final = re.compile(r"\S*@\S*")


@dataclass(frozen=True)
class ForeignMention:
    """A condition that a message mentions, by its id in the catalogue, with its place in the message."""

    id: str
    status: Status
    start: int
    end: int


@dataclass(frozen=True)
class ForeignReading:
    """The reading of a message in another language.

    Attributes:
        language: its code, "en" for clear English, None if there is no evidence.
        mentions: conditions, in the order of the message.
        idioms: places of idioms that only look like a condition.
        says: its other acts, see `lamoon.language.languages.Says`.
    """

    language: str | None = None
    mentions: tuple[ForeignMention, ...] = ()
    idioms: tuple[tuple[int, int], ...] = ()
    says: frozenset[Says] = frozenset()

    @property
    def is_foreign(self) -> bool:
        """Whether it is in a supported language other than English."""
        return self.language not in (None, ENGLISH)


_Entry = tuple[str, Term | Part | None]


class ForeignReader:
    """Read messages with the phrases and parts of all languages."""

    def __init__(
        self,
        languages: Mapping[str, Language],
        rules: Sequence[Rule],
        english_words: Iterable[str],
        medical_words: Iterable[str] = (),
    ) -> None:
        """Index the words of `languages`, English included.

        Args:
            languages: by the names of their files.
            rules: the rules that combine their parts.
            english_words: English words, which are not evidence for another language.
            medical_words: those of the English catalogue. A phrase of these alone, such as "warfarin", is not evidence
                either.
        """
        english = languages[ENGLISH]
        self._english = (frozenset(english_words) | english.telltales) - english.loanwords
        self._finder = EvidenceFinder(rules, self._english)
        self._known = self._english | english.loanwords | english.shared | frozenset(medical_words)
        self._others = {name: language for name, language in languages.items() if name != ENGLISH}
        self._latin = {name: language for name, language in self._others.items() if language.script == "latin"}
        self._parts = {
            name: [Part(part, phrase) for part, phrase in language.parts.items()]
            for name, language in self._others.items()
        }
        self._anywhere = {
            name: [part for part in parts if any(anchor.startswith("*") for anchor in part.phrase.anchors)]
            for name, parts in self._parts.items()
        }
        self._spoken: dict[str, frozenset[str]] = {}
        self._by_word: dict[str, list[_Entry]] = {}
        self._by_start: dict[str, list[_Entry]] = {}
        for name, language in self._latin.items():
            for telltale in language.telltales:
                self._by_word.setdefault(telltale, []).append((name, None))
            entries: list[Term | Part] = [*language.words, *language.calm, *language.says, *self._parts[name]]
            for entry in entries:
                for anchor in entry.phrase.anchors:
                    self._index(anchor, (name, entry))

    def _index(self, anchor: str, entry: _Entry) -> None:
        if anchor.startswith("*"):
            return
        start = anchor.endswith("*")
        index, key = (self._by_start, anchor[:-1][:_PREFIX]) if start else (self._by_word, anchor)
        index.setdefault(key, []).append(entry)

    def read(self, text: str, current: str | None = None) -> ForeignReading:
        """Return what the message says.

        Args:
            text: as typed.
            current: the language of the conversation so far: fewer words then suffice as evidence.
        """
        is_plain = text.isascii() and not _STRETCHED.search(text)
        plain = text.lower() if is_plain else _BASE.fold(text).text
        words = frozenset(_WORD.findall(_ADDRESS.sub(" ", plain) if "@" in plain else plain))
        found = [*self._in_scripts(text, words), *self._in_latin(text, words)]
        best = max(
            found,
            key=lambda one: (one.score, one.language.code == current, bool(one.words or one.idioms), one.familiar),
            default=None,
        )
        if best and accepts(best, words, text, current):
            reading = _reading(best)
            shared = sum(one.score == best.score for one in found) >= _SHARED
            mixed = shared and best.english >= _ENGLISH_ENOUGH and best.language.code != current
            # "I have trombose in my arm": a word shared by many languages is evidence for none, but is still
            # understood.
            return replace(reading, language=ENGLISH) if mixed else reading
        return ForeignReading(ENGLISH if len(words & self._english) > 1 else None)

    def _in_scripts(self, text: str, words: frozenset[str]) -> Iterator[Evidence]:
        if text.isascii():
            return
        scripts = {script for script, letters in SCRIPTS.items() if letters.search(text)}
        for name, language in self._others.items():
            if language.script in scripts and not language.unlike & frozenset(text):
                terms = (*language.words, *language.calm, *language.says)
                yield self._finder.find(language, text, words, None, terms, self._parts[name])

    def _in_latin(self, text: str, words: frozenset[str]) -> Iterator[Evidence]:
        strange = words - self._known
        if not strange:
            return
        respelled: dict[Spelling, frozenset[str]] = {}
        tried: dict[str, frozenset[str]] = {}
        for name, language in self._latin.items():
            spelling = language.spelling
            if spelling not in respelled:
                respelled[spelling] = frozenset(word for word in map(spelling.respell, strange) if len(word) > 1)
            if any(name in self._speakers(word) for word in respelled[spelling]):
                tried[name] = respelled[spelling]
        for name, own in tried.items():
            language = self._latin[name]
            looked_up = own | frozenset(map(language.spelling.respell, words))
            entries = dict.fromkeys(one for word in looked_up for at, one in self._entries(word) if at == name and one)
            terms = [one for one in entries if isinstance(one, Term)]
            parts = [one for one in entries if isinstance(one, Part)]
            yield self._finder.find(
                language, text, words, own, terms, [*dict.fromkeys((*parts, *self._anywhere[name]))]
            )

    def _speakers(self, word: str) -> frozenset[str]:
        """Return the languages that have a word, by the names of their files."""
        if word not in self._spoken:
            if len(self._spoken) >= _REMEMBERED:
                self._spoken.clear()
            self._spoken[word] = frozenset(name for name, _ in self._entries(word))
        return self._spoken[word]

    def _entries(self, word: str) -> Iterator[_Entry]:
        yield from self._by_word.get(word, ())
        for length in self._lengths:
            if length <= len(word):
                yield from self._by_start.get(word[:length], ())

    @cached_property
    def _lengths(self) -> frozenset[int]:
        """Return the lengths of the indexed prefixes."""
        return frozenset(map(len, self._by_start))


def _reading(found: Evidence) -> ForeignReading:
    mentions = [
        ForeignMention(one.id, _status(found, one), *found.folded.span(one.start, one.end)) for one in found.words
    ]
    idioms = tuple(found.folded.span(one.start, one.end) for one in found.idioms)
    says = frozenset(says_of(found))
    if any(mention.status == "affirmed" for mention in mentions):
        says -= {"nothing"}  # "a lump, surely it is nothing" retracts nothing
    return ForeignReading(found.language.code, tuple(_longest(mentions)), idioms, says)


def _longest(mentions: list[ForeignMention]) -> Iterator[ForeignMention]:
    """Yield the longest affirmed one of overlapping mentions of a condition, in the order of the message."""
    kept: list[ForeignMention] = []
    for one in sorted(mentions, key=lambda one: (one.status != "affirmed", one.start - one.end)):
        if not any(other.id == one.id and one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    yield from sorted(kept, key=lambda one: (one.start, one.end))


def _status(found: Evidence, match: Match) -> Status:
    """Return the status of a mention: denied or not. A sign of a crisis is never denied: "no, I don't want to live"
    begins with a no.
    """
    if match.id == CRISIS:
        return "affirmed"
    language, text = found.language, found.folded.text
    if match.status and match.id not in language.titles:
        return match.status
    before = re.split(ENDS, text[: match.start])[-1]
    after = re.split(ENDS, text[match.end :])[0]
    if language.spelling.spaces:
        denied = language.negations & frozenset(before.split()[-_NEAR:])
        denied |= language.negations_after & frozenset(after.split()[:_NEAR])
    else:
        denied = frozenset(word for word in language.negations if word in before[-_NEAR - 2 :])
        denied |= frozenset(word for word in language.negations_after if word in after[: _NEAR + 4])
    return "negated" if denied else "affirmed"
