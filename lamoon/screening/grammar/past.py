"""Temporality: whether a mention is past (healed or long ago) and nothing in the sentence contradicts that."""

from __future__ import annotations

from typing import Final

from lamoon.language.listed import Item
from lamoon.screening.matcher import Match
from lamoon.screening.message import ScreenedMessage

_SENTENCE_OPENERS: Final = frozenset(
    "it its all that fully completely they now but thankfully luckily healed everything which had".split()
)
_PRESENT: Final = frozenset("now again today currently suddenly sudden worse tonight yesterday overnight".split())
_SINCE_LATELY: Final = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday weekend morning night breakfast lunch dinner".split()
)


def is_over(message: ScreenedMessage, first: int, last: int, *, heals: bool = True) -> bool:
    """Return whether the mention lies years back or, if it `heals`, has healed. "Still" and "not healed" override both.
    In a form only the answer to the item counts: "surgery: 2009 / fracture: in march".
    """
    item = message.item(first, last)
    if item:
        names = ("long_ago", "healed") if heals else ("long_ago",)
        within = {name for name in (*names, "not_healed") if _in_item(message, name, item)}
        return "not_healed" not in within and bool(within)
    long_ago = _near(message, "long_ago", first, last) and not _just_happened(message, last)
    if _near(message, "not_healed", first, last, following=True, except_word="still" if long_ago else ""):
        return False
    return long_ago or (heals and _near(message, "healed", first, last, following=True))


def _just_happened(message: ScreenedMessage, last: int) -> bool:
    """Return whether the nearest date is recent: "Used to dance, broke my foot three weeks ago"."""
    return any(match.first - last in (1, 2) for match in message.in_sentence("just_happened", last))


def is_past(message: ScreenedMessage, first: int, last: int, only_long_ago: bool = False) -> bool:
    """Return whether an emergency is reported as past: months or years ago, and not again or worse now."""
    if _is_present(message, first):
        return False
    if _near(message, "long_ago", first, last) or (only_long_ago and _near(message, "at_an_age", first, last)):
        return True
    if only_long_ago and _is_dated_next(message, last):
        return True
    sentence = message.words[first].sentence
    lasting = any(message.words[match.first].sentence == sentence for match in message.all("not_healed"))
    return not only_long_ago and not lasting and _near(message, "some_time_ago", first, last)


def _is_dated_next(message: ScreenedMessage, last: int) -> bool:
    """Return whether the next sentence only dates the mention: "I tried to ... at college. That was thirty years ago"."""
    after = message.bounds(last)[1] + 1
    start = next((at for at in range(after, min(after + 3, len(message.words))) if message.norm(at).isalpha()), after)
    if message.norm(start) not in ("that", "this") or message.norm(start + 1) not in ("was", "happened"):
        return False
    return any(start < match.first <= start + 3 for match in message.all("long_ago"))


def is_past_sentence(message: ScreenedMessage, at: int, cue: str = "long_ago") -> bool:
    """Return whether the sentence of word `at` dates something by a cue of this name and mentions nothing new."""
    return any(True for _ in message.in_sentence(cue, at)) and not _is_present(message, at)


def _is_present(message: ScreenedMessage, at: int) -> bool:
    """Return whether the sentence of word `at` is about the present: "now", "since Saturday", but not "can I come on
    Saturday". The "now" of "I'm fine now" dates the recovery only.
    """
    start, end = message.bounds(at)
    recovery = message.covered("healed") | message.covered("well_again")
    return any(
        (message.norm(n) in _PRESENT and n not in recovery)
        or (message.norm(n) == "since" and not _SINCE_LATELY.isdisjoint(message.norm(n + step) for step in (1, 2)))
        for n in range(start, end + 1)
    )


def is_past_cancer(message: ScreenedMessage, first: int, last: int) -> bool:
    """Return whether a cancer is reported as overcome; a word of present illness or treatment overrides that."""
    item = message.item(first, last)
    if item:
        return not _in_item(message, "cancer_now", item) and (
            _in_item(message, "cancer_past", item) or _in_item(message, "long_ago", item)
        )
    if any(True for _ in message.in_sentence("cancer_now", first)):
        return False
    return _near(message, "cancer_past", first, last) or _near(message, "long_ago", first, last)


def _in_item(message: ScreenedMessage, label: str, item: Item) -> bool:
    return any(item.start <= message.words[match.first].start < item.end for match in message.all(label))


def _near(
    message: ScreenedMessage, label: str, first: int, last: int, following: bool = False, except_word: str = ""
) -> bool:
    """Return whether a cue of `label` dates this mention: in its sentence, or opening the next one."""
    undone = message.covered("not_a_negation") if label in ("healed", "cancer_past") else frozenset()
    for match in message.all(label):
        if match.first in undone or (match.first == match.last and message.norm(match.first) == except_word):
            continue
        here = message.words[match.first].sentence - message.words[last].sentence
        if here == 0 and _reaches(message, match, first, last):
            return True
        if here == 1 and following and _opens_next(message, match):
            return True
    return False


def _reaches(message: ScreenedMessage, cue: Match, first: int, last: int) -> bool:
    if cue.overlaps(Match("", first, last)):
        return True
    turns = message.covered("turn")
    if cue.first > last:
        return cue.label != "long_ago" or not any(at in turns for at in range(last + 1, cue.first))
    between = range(cue.last + 1, last + 1)
    if any(at in turns for at in between):
        return False
    # A cue that already dates an earlier mention does not date this one.
    return not any(
        finding.last < cue.first and message.words[finding.last].sentence == message.words[first].sentence
        for finding in message.findings
    )


def _opens_next(message: ScreenedMessage, cue: Match) -> bool:
    start = message.bounds(cue.first)[0]
    opener = message.norm(start)
    return cue.first == start or (
        opener in _SENTENCE_OPENERS and not any(at in message.mentions for at in range(start, cue.first))
    )
