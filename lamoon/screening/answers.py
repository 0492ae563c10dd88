"""The answer to the screening question of a booking."""

from __future__ import annotations

from typing import Final, Literal

from lamoon.screening.matcher import Match
from lamoon.screening.message import ScreenedMessage
from lamoon.screening.screener import Screener
from lamoon.text.fillers import is_filler

Answer = Literal["no", "yes", "details", "asks_back"]
_QUESTION_MARKS: Final = frozenset("?？")
_AUXILIARIES: Final = frozenset("do does did have has".split())


def read_screening_answer(text: str, screener: Screener) -> Answer:
    """Classify a typed message as an answer to the screening question; see `screening_answer`."""
    return screening_answer(screener.read(text))


def screening_answer(message: ScreenedMessage) -> Answer:
    """Classify a screened message as an answer to the screening question.

    Returns:
        "no" only for a clear no without any condition; "yes" for a bare yes or a bare doubt (the booking then asks
        which condition); "asks_back" for a bare "what do you mean?" and for words without an answer (the question is
        repeated); "details" for
        everything else: the visitor's words are then kept for the therapist.
    """
    if message.outcome not in ("none", "inform") or any(f.status != "negated" for f in message.findings):
        return "details"
    asks_back = message.all("answer_asks_back")
    if asks_back and not message.findings and _all_words(message, asks_back):
        return "asks_back"
    if any(word.norm in _QUESTION_MARKS for word in message.words):
        return "details"
    no = _unless_inside(message.all("answer_no"), message.all("answer_yes"))
    yes = _unless_inside(message.all("answer_yes"), [*message.all("answer_no"), *message.all("courtesy")])
    if (no or message.findings) and not yes and _all_words(message, no, "none_about" if no else ""):
        return "no"
    if yes and not no and not message.findings and _all_words(message, yes):
        return "yes"
    if not (no or yes or message.findings) and _says_a_word(message) and _all_words(message, []):
        return "asks_back"  # "I just told you", "phew, ok"
    return "details"


def _unless_inside(matches: list[Match], longer: list[Match]) -> list[Match]:
    """Drop answers inside other phrases: the "not" of "not sure", the "I do" of "I do not"."""
    return [
        match
        for match in matches
        if not any(match.within(other) and match.last - match.first < other.last - other.first for other in longer)
    ]


def _all_words(message: ScreenedMessage, matches: list[Match], beside: str = "") -> bool:
    covered = {at for match in matches for at in range(match.first, match.last + 1)}
    covered |= message.covered("courtesy") | message.covered("said_before")
    covered |= message.covered(beside) if beside else set()
    if message.findings:
        covered |= (
            message.mentions | message.covered("bridge") | message.covered("negation") | message.covered("self_word")
        )
        covered |= {at for at, word in enumerate(message.words) if word.norm in _AUXILIARIES}
    return all(word.is_mark or at in covered or is_filler(word.norm) for at, word in enumerate(message.words))


def _says_a_word(message: ScreenedMessage) -> bool:
    return any(not word.is_mark and word.norm.isalpha() for word in message.words)


MOST_NAMES: Final = 4


def reads_as_name(message: ScreenedMessage) -> bool:
    """Return whether an answer to "what is your name?" is only a name: "tia ross" is a name, "blood clot" is a
    condition.
    """
    if not 1 < len(message.words) <= MOST_NAMES or any(word.kind != "word" for word in message.words):
        return False
    if all(message.text[word.start].isupper() for word in message.words) and not any(
        finding.first < finding.last for finding in message.findings
    ):
        return True  # "Clotilde Tremor"
    named = {at for finding in message.findings for at in range(finding.first, finding.last + 1)}
    others = [at for at in range(len(message.words)) if at not in named]
    return bool(others) and not any(at in message.signs or message.doc[at].is_stop for at in others)
