"""Which messages in a row are pieces of one: "i have a question about" / "prices", "Maria" / "Lopez".

A message that can be read by itself is not a piece: a question, an answer, a contact. Two questions read as one would get
one answer, and a "yes" must answer nothing but the question before it. So only what is evidently cut off is joined.
"""

from __future__ import annotations

import re
from typing import Final

from lamoon.booking import Invalid
from lamoon.booking.contact import parse_name
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import has_alphanumeric, phrase_key

LONGEST: Final = 80
"""Characters of a piece; a longer message is read by itself."""
LONGEST_JOINED: Final = 400
NAME: Final = "visitor_name"
"""What the assistant asks when a name may come in pieces."""
MOST_NAMES: Final = 4
_DOTS: Final = ("...", "\u2026")
_OVER: Final = re.compile(r"[.?!]\s*$|[^\w\s'.,:;()-]")
"""The end of a sentence, an address, an emoji."""
_CONTACT: Final = re.compile(r"@|/|(?:\d\D?){7}")
_STRANDED: Final = frozenset(
    "i we you he she they of in on at to from with without for about by into under after before during since until "
    "between than like as".split()
)
"""Pronouns and prepositions: a question may end with one ("where are you", "what is it made of")."""
_HANGING: Final = _STRANDED | frozenset(
    # articles, possessives, conjunctions, auxiliaries, negations, question words
    "a an the my your his her our their these those some any every each another im ive id ill youre hes shes theyre "
    "and or but because cause cuz bc if when while although though which who whose whether plus is are am was were "
    "be been being do does did dont doesnt didnt have has had havent hasnt hadnt can cant could couldnt will wont would "
    "wouldnt should may might must get got getting not no never neither nor isnt arent wasnt also very really too just "
    "only even what where how why whats wheres hows many much want wanna need gonna".split()
)
"""After one of these, more has to come."""
_QUESTION: Final = frozenset("what whats who whos where wheres how hows why when which".split())
_DENIED: Final = frozenset("dont not never didnt".split())
_OPENERS: Final = frozenset("hi hello hey hiya so well um umm uh hmm hm er btw also and anyway listen".split())
"""Alone they say nothing yet."""
_CONTINUING: Final = frozenset(
    "of in on at to from with without for about by into over under after before during since until between than as and or "
    "but because cause cuz bc which who whose near around".split()
)
"""With one of these something goes on."""
_COMMANDS: Final = frozenset(
    "stop cancel end quit unsubscribe stopall optout revoke help info start unstop menu back skip continue human person "
    "agent restart confirm thanks thank thx bye goodbye".split()
)


def belongs_together(before: str, after: str, asked: str = "") -> bool:
    """Whether two messages are pieces of one.

    Args:
        before: the first, or what was joined so far.
        after: the next one.
        asked: the slot that the assistant asks for; empty outside forms.
    """
    first, second = phrase_key(before).split(), phrase_key(after).split()
    hangs_on = before.rstrip().endswith((*_DOTS, ","))
    if not all(map(has_alphanumeric, (before, after))):
        return False
    if len(after) > LONGEST or len(before) + len(after) > LONGEST_JOINED:
        return False
    if _is_whole(before) or _is_whole(after) or (_OVER.search(before) and not hangs_on):
        return False
    if hangs_on or is_cut_off(before):
        return True
    if set(first) <= _OPENERS:
        return not asked
    if asked == NAME and _is_name(before) and _is_name(after):
        return len(first) + len(second) <= MOST_NAMES and before[:1].isupper() == after[:1].isupper()
    return second[0] in _CONTINUING and not after.endswith("?")


def _is_name(text: str) -> bool:
    return not isinstance(parse_name(text), Invalid)


def is_cut_off(text: str) -> bool:
    """Whether a message breaks off: "i don't have"."""
    words = phrase_key(text).split()
    if not words or words[-1] not in _HANGING or words == ["no"]:
        return False
    return not (len(words) > 2 and words[0] in _QUESTION and words[-1] in _STRANDED)


def _is_whole(text: str) -> bool:
    """Whether a message answers ("I do", but not "I don't have"), commands, thanks, or gives a contact."""
    words = phrase_key(text).split()
    denies = len(words) > 1 and words[-1] in ("have", "had", "got") and words[-2] in _DENIED
    answers = parse_yes_no(text) is not None and not denies
    return answers or words[0] in _COMMANDS or bool(_CONTACT.search(text))
