"""Yes and no in everyday words, without any model: what is stored with consent must not hang on a classifier."""

from __future__ import annotations

import re

from lamoon.text.clean import straight_quotes

_YES = frozenset(
    "yes yeah yep yup ya yea yess yus aye ok okay k sure certainly absolutely definitely please correct right "
    "fine good great perfect agreed agree y alright send course indeed si oui ja confirm confirmed granted "
    "allowed".split()
)
_NO = frozenset("no noo nope nah naw nay never n not dont wrong incorrect non nein refuse decline disagree".split())
# Words that change neither: "yes that is fine thank you".
_NEUTRAL = frozenset(
    "thats that is it its the a to me you my i by with of all for so thank thanks thx ta cheers do can may ahead on "
    "now them this mate love want would like looks sounds think guess just then and well oh em um in am im be will "
    "we us off worries id rather prefer problem there have pls plz very".split()
)
_AHEAD = re.compile(r"\b(go (ahead|on|for it)|carry on|do it)\b")
_DOUBT = re.compile(r"\bnot (so |too |really )?(sure|certain)\b|[?\U0001f44e]")
_ASKS = re.compile(r"(is|are|would|could|can|may|do|does|will|shall|should|what|why|how|am)\b")
_REVERSED = re.compile(r"\bno (worries|problem|prob)\b")
_WORD = re.compile(r"[a-z]+")


def parse_yes_no(text: str) -> bool | None:
    """True for a clear yes, False for a clear no, None for anything else.

    A "no" word anywhere wins over a "yes" word ("ok no don't"); any word that belongs to neither, a question mark and
    doubt make it unclear.
    """
    plain = straight_quotes(text).lower().replace("'", "")
    if _DOUBT.search(plain):
        return None
    plain = _AHEAD.sub("yes", _REVERSED.sub("yes", plain)).strip()
    words = _WORD.findall(plain)
    if not words or _ASKS.match(plain) or set(words) - _YES - _NO - _NEUTRAL:
        return None
    if set(words) & _NO:
        return False
    return True if set(words) & _YES else None
