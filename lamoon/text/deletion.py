"""What a visitor wants deleted, read from the answer to that question without any model: deleting must not hang on a classifier."""

from __future__ import annotations

import re
from typing import Literal

from lamoon.text.yes_no import parse_yes_no

Deletion = Literal["nothing", "conversation", "both"]
"""conversation: a request that was sent stays with the studio. both: it is withdrawn too."""

_DELETE = r"(?:delete|deleted|erase|remove|wipe|forget|bin|clear|scrap)"
_REQUEST = r"(?:(?:my|the|that|this) )?(?:booking |appointment )?(?:request|booking|appointment|message)"
_NOTHING = re.compile(
    rf"\b(?:(?:dont|do not|not|never|cannot|cant) (?:want to )?{_DELETE}|{_DELETE} nothing|never ?mind|forget it|leave it"
    r"|changed my mind|keep (?:it all|all|both|everything|my data|(?:the|this|my|our) (?:conversation|chat))|cancel that)\b"
)
_BARE_KEEP = re.compile(r"(?:please )?(?:keep|keep it|keep them|cancel|stop)(?: please)?")
_KEEP_REQUEST = re.compile(
    rf"(?<!dont )(?<!not )\b(?:keep|keeping|leave|but not) (?:only )?{_REQUEST}\b"
    r"|\b(?:only|just) (?:delete )?(?:the|this|my|our) (?:conversation|chat)\b"
)
_BOTH = re.compile(
    rf"\b(?:both|everything|withdraw|(?:all|lot) of (?:it|them)|it all|{_DELETE} all"
    rf"|{_REQUEST} (?:deleted |withdrawn )?(?:too|also|as well)|(?:{_DELETE}|cancel) {_REQUEST})\b"
)
_CONVERSATION = re.compile(rf"\b{_DELETE}\b")
_DENIES = re.compile(rf"no(?:pe)?\b(?!.*\b(?:{_DELETE}|both|withdraw)\b)")
_ASKS = re.compile(
    r"(?:is|are|was|do(?! (?:both|it|that))|does|did|have|has|can|could|will|would|shall|should|may|what|why|how|when|who|which|where)\b"
)
# An answer that deletes is made of these words only: "remove the plaster" and "both knees hurt" are about something else.
_KNOWN = frozenset(
    "delete deleted erase erased remove removed wipe wiped forget bin clear scrap withdraw withdrawn cancel keep keeping leave "
    "alone only just but not dont both everything all lot of it them that this me my mine the our i id you want would like to "
    "please pls yes yeah yep no nope ok okay sure go ahead and with conversation chat data details information info messages "
    "message history record request requests booking appointment too also as well rest then now thanks thank do".split()
)


def parse_deletion(text: str) -> Deletion | None:
    """What is to be deleted. None where the text is unclear, or a question.

    A word for keeping wins over a word for deleting, and where the request is not named it stays. What is not wholly
    understood deletes nothing.
    """
    plain = " ".join(re.sub(r"[^\w\s?]", "", text.lower().replace("\u2019", "")).split())
    if "?" in plain or _ASKS.match(plain):
        return None
    agreed = parse_yes_no(text)
    if agreed is not None:
        return "conversation" if agreed else "nothing"
    if _DENIES.match(plain):
        return "nothing"
    keeps_request = bool(_KEEP_REQUEST.search(plain))
    if not keeps_request and (_NOTHING.search(plain) or _BARE_KEEP.fullmatch(plain)):
        return "nothing"
    if not _KNOWN.issuperset(plain.split()):
        return None
    if not keeps_request and _BOTH.search(plain):
        return "both"
    return "conversation" if keeps_request or _CONVERSATION.search(plain) else None
