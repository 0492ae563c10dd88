"""Short answers in everyday words: yes and no, and the scope of a deletion."""

from __future__ import annotations

import re
from typing import Literal

from lamoon.text.clean import straight_quotes
from lamoon.text.emoji import emoji_beside_words, emoji_meaning
from lamoon.text.fillers import as_said_short, is_filler

_YES = frozenset(
    "yes yeah yep yup ya ye yea yess yus yas yh aye ok okay okey okie k kk kay sure certainly absolutely definitely please correct right "
    "fine good great perfect agreed agree y alright send course indeed si oui ja confirm confirmed granted "
    "allowed ofc affirmative totally proceed submit".split()
)
_NO = frozenset(
    "no noo nope nah naw nay never n not dont didnt wont cant shouldnt wouldnt wrong incorrect non nein refuse decline "
    "disagree negative".split()
)
# Words that change neither answer: "yes that is fine thank you".
_NEUTRAL = frozenset(
    "thats that is it its the a to me you u my i by with of all for so do can may ahead on "
    "now them this want would like looks sounds think guess then and oh em in am im be will "
    "we us off id rather prefer problem worries there have way chance means".split()
)
# After a yes or a no: what it is about, "yes, pass my details on".
_ACTS = frozenset(
    "share pass forward crack carry fire ship shoot hit press use over along button details request info information data "
    "message everything lot permission blessing consent".split()
)
_AHEAD = re.compile(
    r"\b(go (ahead|on|for it)|carry on|do it)\b|(?<!\bi )(?<!\bwe )(?<!\bto )(?<!\bme )(?<!\bno )\bgo\b"
)
_DOUBT = re.compile(r"\bnot (so |too |really )?(sure|certain)\b|[?\U0001f44e]")
_ASKS = re.compile(r"(is|are|would|could|can|may|do|does|will|shall|should|what|why|how|am)\b")
_REVERSED = re.compile(r"\bno (worries|problem|prob|objections?)\b")
_WORD = re.compile(r"[a-z]+")


def parse_yes_no(text: str) -> bool | None:
    """Return True for a clear yes, False for a clear no, None for anything else.

    A "no" word anywhere wins over a "yes" word ("ok no don't"). Fillers change nothing, nor, in a message that begins with
    its answer, do words for what is agreed to. Any other word, a question mark and doubt make it unclear.
    """
    emoji = emoji_meaning(text)
    if emoji:
        return {"yes": True, "no": False}.get(emoji)
    plain = straight_quotes(text).lower().replace("'", "")
    if _DOUBT.search(plain):
        return None
    plain = _AHEAD.sub("yes", _REVERSED.sub("yes", plain)).strip()
    words = [as_said_short(word) if word not in _YES | _NO else word for word in _WORD.findall(plain)]
    others = [word for word in words if word not in _YES | _NO | _NEUTRAL and not is_filler(word)]
    answers = [word for word in words if not is_filler(word) or word in _YES]
    begins = bool(answers) and answers[0] in _YES | _NO
    if not words or _ASKS.match(plain) or not set(others) <= (_ACTS if begins else frozenset()):
        return None
    if _NO.intersection(words):
        return False
    if _YES.intersection(words):
        return True
    return {"yes": True, "no": False}.get(emoji_beside_words(text) or "")  # "👌 thanks"


Deletion = Literal["nothing", "conversation", "both"]
"""conversation: a request already sent stays with the studio. both: the request is withdrawn too."""

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
_ASKS_ABOUT = re.compile(
    r"(?:is|are|was|do(?! (?:both|it|that))|does|did|have|has|can|could|will|would|shall|should|may|what|why|how|when|who|which|where)\b"
)
# A deletion consists of these words only: "remove the plaster" and "both knees hurt" mean something else.
_KNOWN = frozenset(
    "delete deleted erase erased remove removed wipe wiped forget bin clear scrap withdraw withdrawn cancel keep keeping leave "
    "alone only just but not dont both everything all lot of it them that this me my mine the our i id you want would like to "
    "please pls yes yeah yep no nope ok okay sure go ahead and with conversation chat data details information info messages "
    "message history record request requests booking appointment too also as well rest then now thanks thank do".split()
)


def parse_deletion(text: str) -> Deletion | None:
    """Return the scope of a deletion. None if the text is unclear, or a question.

    A word for keeping wins over a word for deleting, and a request that is not named stays. A partly understood text
    deletes nothing.
    """
    plain = " ".join(re.sub(r"[^\w\s?]", "", text.lower().replace("\u2019", "")).split())
    if "?" in plain or _ASKS_ABOUT.match(plain):
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
