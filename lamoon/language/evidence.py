"""Evidence for a language in a message: its words, the phrases and parts found in them, and whether they suffice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from lamoon.language.languages import SAYS, Language, Says, Term
from lamoon.language.phrases import CLAUSE, COMMA, Folded, Phrase
from lamoon.language.rules import Hits, Rule, Status, is_denied_beside, is_long_ago, matches_of

WHOLE: Final = frozenset({"thanks", "yes", "no"})
"""Phrases that count only as a whole message: a "no" inside a sentence is not an answer."""
ENDS: Final = re.compile(rf"[{COMMA}{CLAUSE}] ?")
_LONG: Final = 7
SCRIPTS: Final = {
    "han": re.compile("[\u3400-\u9fff]"),
    "hangul": re.compile("[\uac00-\ud7a3]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "arabic": re.compile("[\u0600-\u06ff]"),
}
# Number of letters in a script that is more than a name.
_ENOUGH: Final = {"han": 5, "hangul": 6, "cyrillic": 18, "arabic": 14}


@dataclass(frozen=True)
class Match:
    """A condition, one of `SAYS`, or "" for an idiom; without a status, the surrounding words decide."""

    id: str
    start: int
    end: int
    source: str = ""
    status: Status | None = None


@dataclass
class Evidence:
    """Evidence for a language, and the matches in its words.

    Attributes:
        score: one point for each word of the language, two for each kind of phrase, in words that English does not
            have.
        familiar: number of its telltales, including those shared with English.
        english: words of the message that are English and not in this language.
        known: all its English words.
        urgent: whether an emergency is stated in more than one word, or in a long word that only this language has.
    """

    language: Language
    folded: Folded
    familiar: int
    score: int
    english: int
    known: int
    urgent: bool
    words: list[Match]
    idioms: list[Match]
    says: list[Match]


@dataclass(frozen=True, eq=False)
class Part:
    """The words of a rule's part in one language."""

    name: str
    phrase: Phrase


@dataclass(frozen=True)
class EvidenceFinder:
    """Find evidence for one language.

    Attributes:
        rules: the rules that combine the parts of a language.
        english: English words, even if they also belong to other languages.
    """

    rules: Sequence[Rule]
    english: frozenset[str]

    def find(
        self,
        language: Language,
        text: str,
        words: frozenset[str],
        strange: frozenset[str] | None,
        terms: Iterable[Term],
        parts: Iterable[Part],
    ) -> Evidence:
        """Return the evidence for one language; `strange` are the non-English words in its spelling, or None for all."""
        folded = language.spelling.fold(text)
        written = frozenset(folded.text.split())
        strange = written if strange is None else strange
        matches = [
            Match(term.id, *match.span(), term.source)
            for term in terms
            for match in term.phrase.pattern.finditer(folded.text)
        ]
        idioms = [one for one in matches if not one.id]
        hits = _hits(parts, folded.text, idioms)
        matches = [_with_status(one, language, hits, folded.text) for one in matches]
        matches += (
            Match(one.id, one.start, one.end, one.id, one.status)
            for one in matches_of(self.rules, hits, folded.text, spaces=language.spelling.spaces)
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
        telltales = language.telltales & written if language.spelling.spaces else frozenset()
        return Evidence(
            language,
            folded,
            familiar=len(telltales),
            score=_points(language, text, folded.text, _spans(hits, idioms), strange)
            + 2 * len({one.id or one.source for one in telling}),
            english=len((words & self.english) - language.telltales),
            known=len(words & self.english),
            urgent=any(_is_urgent(language, one, folded.text[one.start : one.end]) for one in telling),
            words=health,
            idioms=idioms,
            says=says,
        )


def _hits(parts: Iterable[Part], text: str, idioms: list[Match]) -> Hits:
    """Return the places of the parts, without those inside an idiom."""
    return {
        part.name: [
            match.span()
            for match in part.phrase.pattern.finditer(text)
            if not any(_is_part(Match(part.name, *match.span()), idiom, text) for idiom in idioms)
        ]
        for part in parts
    }


def _with_status(match: Match, language: Language, hits: Hits, text: str) -> Match:
    """Return a phrase for an emergency with its status: denied only by an adjacent word, or long ago."""
    if not match.id or match.id in SAYS or match.id in language.titles:
        return match
    status: Status = "affirmed"
    if is_long_ago(hits, text, match.start):
        status = "resolved"
    elif is_denied_beside(match.start, match.end, hits, text, spaces=language.spelling.spaces):
        status = "negated"
    return replace(match, status=status)


def _spans(hits: Hits, idioms: Iterable[Match]) -> list[tuple[int, int]]:
    return [span for spans in hits.values() for span in spans] + [(one.start, one.end) for one in idioms]


def _points(language: Language, text: str, folded: str, spans: list[tuple[int, int]], strange: frozenset[str]) -> int:
    """Return how many words, or signs, of the language the text has that English does not."""
    points = len(language.letters & frozenset(text.lower()))
    if not language.spelling.spaces:
        return points + sum(word in folded for word in language.telltales)
    known = language.telltales | {word for start, end in spans for word in folded[start:end].split()}
    return points + len(known & frozenset(folded.split()) & strange)


def _is_part(match: Match, idiom: Match, text: str) -> bool:
    """Return whether an idiom explains a match: they overlap, and the match is not a clause of its own in a gap of the
    idiom.
    """
    inside_gap = COMMA in text[idiom.start : match.start] and match.end < idiom.end
    return match.start < idiom.end and idiom.start < match.end and not inside_gap


def accepts(found: Evidence, words: frozenset[str], text: str, current: str | None) -> bool:
    """Return whether the message is in this language."""
    if found.urgent and found.score > found.english // 2:
        return True
    letters = SCRIPTS.get(found.language.script)
    is_small_talk = bool(WHOLE & frozenset(says_of(found)))
    if found.score and found.familiar > max(2, found.known) and not letters and not is_small_talk:
        return True  # "abre no domingo?" has words that English has too
    if found.score <= found.english:
        return False
    if letters:
        return found.score > 0 or len(letters.findall(text)) >= _ENOUGH[found.language.script]
    if found.language.code == current or (found.words and not found.english):
        return True
    # "Danke" and "no, gracias" also occur in English.
    return found.score > 1 and len(words) > 1 and not is_small_talk


def _is_urgent(language: Language, match: Match, words: str) -> bool:
    if not match.id or match.id in SAYS or match.id in language.titles:
        return False
    return not language.spelling.spaces or len(words.split()) > 1 or len(words) > _LONG


def says_of(found: Evidence) -> Iterator[Says]:
    """Yield the message's acts other than health, see `lamoon.language.languages.Says`."""
    whole = re.sub(ENDS, "", found.folded.text)
    for term in found.language.says:
        if term.id in WHOLE and term.phrase.pattern.fullmatch(whole):
            yield cast("Says", term.id)
    yield from (cast("Says", one.id) for one in found.says if one.id not in WHOLE)
