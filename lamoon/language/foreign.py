"""Messages in other languages: which language it is, what they mention of health, and what else they say.

An English message is done with after a look at its words: only a word of another language's lexicon, or a letter that
English does not have, leads any further.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, cast

from lamoon.language.languages import ENGLISH, SAYS, Language, Says, Term
from lamoon.language.phrases import CLAUSE, COMMA, Folded, Phrase, Spelling
from lamoon.language.rules import Hits, Rule, Status, is_denied_beside, is_long_ago, matches_of

CRISIS: Final = "suicidal"
WHOLE: Final = frozenset({"thanks", "yes", "no"})
"""What counts only as the whole message: a "no" inside a sentence answers nothing."""
_PREFIX: Final = 4
_LONG: Final = 7
_ENDS: Final = re.compile(rf"[{COMMA}{CLAUSE}] ?")
_NEAR: Final = 4
_ENGLISH_ENOUGH: Final = 2  # words
_SHARED: Final = 3  # languages
_REMEMBERED: Final = 20_000  # words of messages
_BASE: Final = Spelling()
_WORD: Final = re.compile(r"[a-z0-9]*[a-z][a-z0-9]*")
_STRETCHED: Final = re.compile(r"([a-zA-Z])\1\1")
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


@dataclass(frozen=True)
class _Match:
    """A condition, one of `SAYS`, or "" for an idiom; without a status the words around it decide."""

    id: str
    start: int
    end: int
    source: str = ""
    status: Status | None = None


@dataclass
class _Found:
    """What speaks for a language, and what is found in its words.

    Attributes:
        score: one for each word of it, two for each kind of phrase, in words that English does not have.
        familiar: its telltales, those that English has too included.
        english: words of the message that are English and not of this language.
        known: all its English words.
        urgent: whether an emergency is told in more than one word, or in a long word of this language alone.
    """

    language: Language
    folded: Folded
    familiar: int
    score: int
    english: int
    known: int
    urgent: bool
    words: list[_Match]
    idioms: list[_Match]
    says: list[_Match]


@dataclass(frozen=True, eq=False)
class _Part:
    """A part of the rules in one language."""

    name: str
    phrase: Phrase


_Entry = tuple[str, Term | _Part | None]


class ForeignReader:
    """Reads messages with the phrases and parts of all languages."""

    def __init__(
        self,
        languages: Mapping[str, Language],
        rules: Sequence[Rule],
        english_words: Iterable[str],
        medical_words: Iterable[str] = (),
    ) -> None:
        """Indexes the words of `languages`, English among them.

        Args:
            languages: by the names of their files.
            rules: what their parts mean together.
            english_words: words that are English, whatever else they are: they speak for no other language.
            medical_words: those of the English catalogue. A phrase of these alone, such as "warfarin", does not either.
        """
        english = languages[ENGLISH]
        self._rules = rules
        self._english = (frozenset(english_words) | english.telltales) - english.loanwords
        self._known = self._english | english.loanwords | english.shared | frozenset(medical_words)
        self._others = {name: language for name, language in languages.items() if name != ENGLISH}
        self._latin = {name: language for name, language in self._others.items() if language.script == "latin"}
        self._parts = {
            name: [_Part(part, phrase) for part, phrase in language.parts.items()]
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
            entries: list[Term | _Part] = [*language.words, *language.calm, *language.says, *self._parts[name]]
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
        """What the message says.

        Args:
            text: as typed.
            current: the language of the conversation so far: fewer words then tell that it goes on in it.
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
        if best and _accepts(best, words, text, current):
            reading = _reading(best)
            shared = sum(one.score == best.score for one in found) >= _SHARED
            mixed = shared and best.english >= _ENGLISH_ENOUGH and best.language.code != current
            # "I have trombose in my arm": a word that many languages have tells of none, and is understood all the same.
            return replace(reading, language=ENGLISH) if mixed else reading
        return ForeignReading(ENGLISH if len(words & self._english) > 1 else None)

    def _in_scripts(self, text: str, words: frozenset[str]) -> Iterator[_Found]:
        if text.isascii():
            return
        scripts = {script for script, letters in _SCRIPTS.items() if letters.search(text)}
        for name, language in self._others.items():
            if language.script in scripts and not language.unlike & frozenset(text):
                terms = (*language.words, *language.calm, *language.says)
                yield self._found(language, text, words, None, terms, self._parts[name])

    def _in_latin(self, text: str, words: frozenset[str]) -> Iterator[_Found]:
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
            parts = [one for one in entries if isinstance(one, _Part)]
            yield self._found(language, text, words, own, terms, [*dict.fromkeys((*parts, *self._anywhere[name]))])

    def _speakers(self, word: str) -> frozenset[str]:
        """The languages that have a word, by the names of their files."""
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
        """How long the indexed beginnings are."""
        return frozenset(map(len, self._by_start))

    def _found(
        self,
        language: Language,
        text: str,
        words: frozenset[str],
        strange: frozenset[str] | None,
        terms: Iterable[Term],
        parts: Iterable[_Part],
    ) -> _Found:
        """What there is of one language; `strange` are words that are not English, as it spells them, or None for all."""
        folded = language.spelling.fold(text)
        written = frozenset(folded.text.split())
        strange = written if strange is None else strange
        matches = [
            _Match(term.id, *match.span(), term.source)
            for term in terms
            for match in term.phrase.pattern.finditer(folded.text)
        ]
        idioms = [one for one in matches if not one.id]
        hits = _hits(parts, folded.text, idioms)
        matches = [_as_told(one, language, hits, folded.text) for one in matches]
        matches += (
            _Match(one.id, one.start, one.end, one.id, one.status)
            for one in matches_of(self._rules, hits, folded.text, spaces=language.spelling.spaces)
        )
        says = [one for one in matches if one.id in SAYS]
        health = [
            one
            for one in matches
            if one.id and one.id not in SAYS and not any(_is_part(one, idiom, folded.text) for idiom in idioms)
        ]
        telling = [
            one
            for one in (*health, *idioms, *says)
            if not language.spelling.spaces or strange & frozenset(folded.text[one.start : one.end].split())
        ]
        told = language.telltales & written if language.spelling.spaces else frozenset()
        return _Found(
            language,
            folded,
            familiar=len(told),
            score=_points(language, text, folded.text, _spans(hits, idioms), strange)
            + 2 * len({one.id or one.source for one in telling}),
            english=len((words & self._english) - language.telltales),
            known=len(words & self._english),
            urgent=any(_is_urgent(language, one, folded.text[one.start : one.end]) for one in telling),
            words=health,
            idioms=idioms,
            says=says,
        )


def _hits(parts: Iterable[_Part], text: str, idioms: list[_Match]) -> Hits:
    """Where the parts are, but for what belongs to an idiom."""
    return {
        part.name: [
            match.span()
            for match in part.phrase.pattern.finditer(text)
            if not any(_is_part(_Match(part.name, *match.span()), idiom, text) for idiom in idioms)
        ]
        for part in parts
    }


def _as_told(match: _Match, language: Language, hits: Hits, text: str) -> _Match:
    """A phrase for an emergency with its status: denied by the word beside it only, or long ago."""
    if not match.id or match.id in SAYS or match.id in language.titles:
        return match
    status: Status = "affirmed"
    if is_long_ago(hits, text, match.start):
        status = "resolved"
    elif is_denied_beside(match.start, match.end, hits, text, spaces=language.spelling.spaces):
        status = "negated"
    return replace(match, status=status)


def _spans(hits: Hits, idioms: Iterable[_Match]) -> list[tuple[int, int]]:
    return [span for spans in hits.values() for span in spans] + [(one.start, one.end) for one in idioms]


def _points(language: Language, text: str, folded: str, spans: list[tuple[int, int]], strange: frozenset[str]) -> int:
    """How many words, or signs, of the language the text has that English does not."""
    points = len(language.letters & frozenset(text.lower()))
    if not language.spelling.spaces:
        return points + sum(word in folded for word in language.telltales)
    known = language.telltales | {word for start, end in spans for word in folded[start:end].split()}
    return points + len(known & frozenset(folded.split()) & strange)


def _is_part(match: _Match, idiom: _Match, text: str) -> bool:
    """Whether an idiom explains a match: they overlap, and the match is no clause of its own in a gap of the idiom."""
    inside_gap = COMMA in text[idiom.start : match.start] and match.end < idiom.end
    return match.start < idiom.end and idiom.start < match.end and not inside_gap


def _accepts(found: _Found, words: frozenset[str], text: str, current: str | None) -> bool:
    """Whether the message is in this language."""
    if found.urgent and found.score > found.english // 2:
        return True
    letters = _SCRIPTS.get(found.language.script)
    is_small_talk = bool(WHOLE & frozenset(_says(found)))
    if found.score and found.familiar > max(2, found.known) and not letters and not is_small_talk:
        return True  # "abre no domingo?" has words that English has too
    if found.score <= found.english:
        return False
    if letters:
        return found.score > 0 or len(letters.findall(text)) >= _ENOUGH[found.language.script]
    if found.language.code == current or (found.words and not found.english):
        return True
    # "Danke" and "no, gracias" are said in English talk too.
    return found.score > 1 and len(words) > 1 and not is_small_talk


def _is_urgent(language: Language, match: _Match, words: str) -> bool:
    if not match.id or match.id in SAYS or match.id in language.titles:
        return False
    return not language.spelling.spaces or len(words.split()) > 1 or len(words) > _LONG


def _reading(found: _Found) -> ForeignReading:
    mentions = [
        ForeignMention(one.id, _status(found, one), *found.folded.span(one.start, one.end)) for one in found.words
    ]
    idioms = tuple(found.folded.span(one.start, one.end) for one in found.idioms)
    says = frozenset(_says(found))
    if any(mention.status == "affirmed" for mention in mentions):
        says -= {"nothing"}  # "a lump, surely it is nothing" takes nothing back
    return ForeignReading(found.language.code, tuple(_longest(mentions)), idioms, says)


def _longest(mentions: list[ForeignMention]) -> Iterator[ForeignMention]:
    """Of overlapping mentions of one condition the longest that is affirmed, in the order of the message."""
    kept: list[ForeignMention] = []
    for one in sorted(mentions, key=lambda one: (one.status != "affirmed", one.start - one.end)):
        if not any(other.id == one.id and one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    yield from sorted(kept, key=lambda one: (one.start, one.end))


def _status(found: _Found, match: _Match) -> Status:
    """Denied or not. A sign of a crisis is never denied: "no, I don't want to live" begins with a no."""
    if match.id == CRISIS:
        return "affirmed"
    language, text = found.language, found.folded.text
    if match.status and match.id not in language.titles:
        return match.status
    before = re.split(_ENDS, text[: match.start])[-1]
    after = re.split(_ENDS, text[match.end :])[0]
    if language.spelling.spaces:
        denied = language.negations & frozenset(before.split()[-_NEAR:])
        denied |= language.negations_after & frozenset(after.split()[:_NEAR])
    else:
        denied = frozenset(word for word in language.negations if word in before[-_NEAR - 2 :])
        denied |= frozenset(word for word in language.negations_after if word in after[: _NEAR + 4])
    return "negated" if denied else "affirmed"


def _says(found: _Found) -> Iterator[Says]:
    whole = re.sub(_ENDS, "", found.folded.text)
    for term in found.language.says:
        if term.id in WHOLE and term.phrase.pattern.fullmatch(whole):
            yield cast("Says", term.id)
    yield from (cast("Says", one.id) for one in found.says if one.id not in WHOLE)
