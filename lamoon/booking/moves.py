"""What a message does in a form or after one: goes back, asks who reads it, says yes, asks for the reference, ..."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from lamoon.booking.request import LENGTH, PREFIX, SIGNS
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import straight_quotes

Move = Literal["", "back", "skip", "so_far", "why", "who_sees", "which_way", "how_long"]
AfterMove = Literal["", "status", "reference", "when", "add", "change", "call_off"]

_BACK: Final = re.compile(
    r"(?:(?:can|could) (?:we|i|you) |let'?s |please |sorry,? |wait,? |no,? |oops,? )*"
    r"(?:(?:go|take me|step|move|jump|one|a)(?: (?:one|a))? (?:step )?back(?:wards?)?|back(?: up)?(?: (?:one|a) (?:step|question))?|undo(?: that)?"
    r"|(?:to )?(?:the )?previous (?:question|step|one)|(?:the )?question before)"
    r"(?: (?:one|a) (?:step|question)|,? please| to the (?:last|previous) (?:one|question|step))*[ .!?]*"
)
_SKIP: Final = re.compile(
    r"(?:can i |could i |may i |i'?d (?:like to|rather) |please |let'?s |just )*(?:skip|pass|leave)(?: (?:this|that|it|the question|this one|over|out|blank|empty))*(?:,? please)?[ .!?]*"
)
_SO_FAR: Final = re.compile(
    r"\b(?:(?:what|which).{0,20}\b(?:got|have|noted|written|know|put|saved)\b.{0,25}\b(?:so far|down|about me|already|until now|up to now)|(?:read|say|repeat|show)\b.{0,20}\bso far"
    r"|what'?s (?:my|the) (?:contact|name|wish|number|e-?mail|phone)|(?:read|show) (?:it|that|everything|me) (?:back|what you)|what (?:contact|name|number|e-?mail|time|day) (?:do|did) (?:you|i) (?:have|give|put|say)|summary)\b"
)
_WHY: Final = re.compile(
    r"^(?:(?:but|and|hmm?|ok(?:ay)?|wait|sorry|er|um|,|\.)+ )*(?:why|what for|how come|what (?:do|would|will) (?:you|they|u) (?:need|want|use|do))\b.{0,40}\b(?:need|want|ask(?:ing)?|require|necessary|matter|relevant|important|for|with (?:it|that|this|my)|tell|give|that|this)\b.{0,30}$"
    r"|^(?:but )?why(?: that| this| is that)?[ ?!.]*$|^what(?:'s| is) (?:that|this|it) for[ ?!.]*$|^what for[ ?!.]*$"
    r"|^(?:(?:but|and|hmm?|ok(?:ay)?|wait|,)+ )*(?:do i|must i) (?:really )?(?:have to|need to|need)\b.{0,20}(?:give|say|tell|know|that|this|it)\b"
)
_WHO_SEES: Final = re.compile(
    r"\bwho(?:'s| is| else| all)*\b.{0,30}\b(?:see|sees|read|reads|reading|get|gets|know|look|looks|receive|receives|access|told)\b|\bwhere (?:does|do|will|is)\b.{0,25}\b(?:go|end up|land|sent|stored|kept)\b"
    r"|\b(?:is (?:this|it|that)|are (?:these|they)|kept?|stays?)\b.{0,20}\b(?:private|confidential|secret|safe|secure|encrypted)\b|\bwho (?:is|are) (?:it|this|that|they) (?:sent|going|shown) to\b|\bwhat (?:happens|do (?:you|they) do) (?:to|with) (?:my|this|that|it|the)\b"
)
_WHICH_WAY: Final = re.compile(
    r"\b(?:do|does|will|would|can|are|is)\b.{0,20}\b(?:they|you|someone|somebody|anyone|the (?:team|studio|therapist)|i)\b.{0,20}\b(?:e-?mail|mail|text|sms|call|ring|phone|write|message|answer|reply|get back|contact|reach)\b.{0,40}(?:\bor\b|\?|$)"
    r"|\bhow (?:do|will|would|are|can)\b.{0,12}\b(?:they|you|someone|the team)\b.{0,12}\b(?:reach|contact|get back|let me know|answer|reply|confirm)\b"
)
_HOW_LONG: Final = re.compile(
    r"\b(?:when|how (?:soon|long|fast|quickly))\b.{0,30}\b(?:hear|answer|reply|get back|confirm\w*|call (?:me|back)|let me know|know (?:if|whether|for sure)|contact me|respond|check)\b"
)
_PATTERNS: Final[tuple[tuple[Move, re.Pattern[str]], ...]] = (
    ("so_far", _SO_FAR), ("who_sees", _WHO_SEES), ("how_long", _HOW_LONG), ("which_way", _WHICH_WAY), ("why", _WHY),
)  # fmt: skip

_END: Final = r"(?: (?:it|this|that|them|off|away|on|over|now|then|please|thanks|the request|my request|the booking|to (?:them|the (?:team|studio))))*[ .!,]*(?:send it)?[ .!]*$"
_GO: Final = re.compile(
    rf"\b(?:(?:send|submit|share|forward){_END}|(?:put|pass) (?:it|that|this|them) (?:in|through|forward|on|along|over)\b|off (?:it|you) goes?\b|off with it\b|go (?:ahead|on|for it)\b|please do\b|do (?:it|so|that){_END}"
    r"|you(?:'ve)? (?:have|got) my (?:ok|okay|consent|permission|blessing|approval|yes|go)\b|my (?:ok|okay|consent)\b|you may\b|fire away\b|let's go\b|that works\b|all (?:correct|right|good|fine)\b|looks? (?:good|right|fine)\b|make it so\b|proceed\b|i (?:agree|consent|approve|confirm)\b)|^go[ .!]*$"
)
_NOT: Final = re.compile(
    r"\b(?:no|not|don't|dont|do not|never|wait|stop|cancel|but|without|before|first|if|unless|change|instead|hold|later|after|until|add|also|what|who|why|how)\b|\?|^(?:can|could|do (?:you|they|i)|does|is|are|will|would|should|may i)\b"
)
MOST_WORDS_OF_A_YES: Final = 9

_ASKS_TO_BOOK: Final = re.compile(
    r"\b(?:book|reserve|schedule|fit|squeeze|pencil|put|sign)(?: (?:me|us|him|her|them|it|one|that|my \w+))+(?: (?:in|down|up|on|for))?\b|^(?:ok(?:ay)?|fine|great|good|right|yes|then|so|well|alright|please|,| )*(?:just )?book(?:,? please| now| then| it| one)?[ .!]*$"
    r"|\bi(?:'ll| will|'d like to| would like to|'d love to| want to|wanna| would) (?:just )?(?:have|take|try|go for|get|book|come (?:in )?for|do)\b.{0,25}\b(?:one(?: of (?:those|these|them))?|a (?:session|massage|facial|treatment|visit|slot|booking)|an appointment|that(?: one)?|it)\b(?! hurt)"
    r"|\bi (?:just )?(?:want|need|'d like|would like|would love)\b(?: (?:the|a|an|one|my|some|to have|to get|another))+(?: \w+)?\b(?:massage|appointment|session|facial|treatment|booking|slot)\b"
    r"|\b(?:can|could|would|will) (?:you|i|we|my \w+|he|she|they)\b(?: (?:please|possibly|just|maybe|still))* (?:take|see|treat|do|have|fit|squeeze|book|come(?! (?:by|with))|get|bring|arrange|make|give)\b.{0,60}\b(?:today|tomorrow|tonight|week|weekend|(?:mon|tues|wednes|thurs|fri|satur|sun)day|meanwhile|appointment|session|slot|massage|booking|in)\b"
    r"|\b(?:what|how) about an? (?:appointment|session|massage|booking|slot)\b|\b(?:so )?(?:can|could|may) i (?:book|come in|have an appointment|make an appointment)\b|\bwould like (?:a|an|one) (?:massage|appointment|session|facial)(?: too| as well)?\b"
    r"|\b(?:one|another) (?:for me|for my \w+)(?: (?:as well|too))?\b|\b(?:normal|regular|deep tissue|myofascial) (?:massage|release|session)? ?(?:it is|then|please)\b"
)
_AN_APPOINTMENT: Final = re.compile(r"\b(?:an?|one|another|some) (?:appointment|booking|slot|reservation|visit)\b")
_QUESTION: Final = re.compile(
    r"(?:and |but |so |ok |oh )*(?:do|does|did|is|are|was|were|what(?! about)|why|where|who|should|must)\b"
)
_MAY_COME: Final = re.compile(r"\b(?:can|could|may) (?:i|he|she|they|we|my \w+) (?:still )?(?:come|have|get)\b")
"""Beside an illness that is the question whether it is allowed."""
_NOT_NOW: Final = re.compile(
    r"^(?:and |but |so |ok |oh )*(?:do|does|did|is|are|was|were|what(?! about)|why|where|who|should|must)\b|\b(?:had|have had|cancel\w*|missed|already|don't|didn't|without|no|not|never|after|before|during|until)\b.{0,20}\b(?:appointment|booking|slot|reservation|visit)\b"
)
_BARE: Final = re.compile(
    r"(?:(?:hi|hello|hey|an?|one|please|for|me|my|us|two|how|where|to|do|i|get|make|can|ok|so|the|want|need|online|now|today),? ?)*(?:appointments?|bookings?|reservation),? ?(?:(?:please|how|for|me|us|two|one|now|to|make|get|do|i|where|online|today|tomorrow|possible),? ?)*[?.! ]*"
)
_ABOUT_OTHERS: Final = re.compile(
    r"\bcan (?:you|i) (?:roll|use)\b|\bis it (?:safe|ok|okay|good|bad|normal)\b|\bdoes it\b|\bwhat is\b|\bhow (?:does|do|is)\b"
)

_REFERENCE: Final = re.compile(
    r"\b(?:reference|ref(?:\.| no| number)?|request number|booking (?:number|code)|confirmation (?:number|code)|(?:the|my|that) (?:number|code)(?: (?:again|once more|you (?:just )?(?:gave|told|sent)))|lost the (?:number|code|reference))\b"
)
_STATUS: Final = re.compile(
    r"\b(?:is|was|has|have|am|did|are)\b.{0,30}\b(?:confirmed|booked|fixed|definite|through|received|reached|arrived?|seen|read(?:ing)?|get (?:it|that|this|mine)|got (?:it|that)|going ahead|certain|gone (?:off|out)|sent)\b|\bany (?:news|update)\b|\bstatus\b|\bhow (?:does|do) (?:it|things|my request) (?:stand|look)\b"
)
_CALL_OFF: Final = re.compile(
    r"\b(?:call (?:\w+ ){0,3}off|cancel\w*|withdraw\w*|take (?:it|that|the request|my request) back|scrap (?:it|that|the|my)|forget (?:about )?(?:it|the (?:booking|appointment|request|whole)|my (?:booking|request|appointment))|don't (?:want|need) (?:it|the|that|an?)\b.{0,20}(?:any ?more|after all)|(?:delete|drop|bin) (?:my|the|that) (?:request|booking|appointment)|changed my mind)\b"
)
_ADDS: Final = re.compile(
    r"\b(?:forgot|forgotten|also|add|adding|should (?:have )?mention\w*|left out|by the way|btw|didn't (?:say|mention|tell)|ought to (?:know|say)|one more thing|to add|please note|let (?:them|the (?:therapist|team)) know|tell (?:them|the (?:therapist|team))|should know|in addition|and i)\b"
)  # fmt: skip
_A_REQUEST: Final = (
    r"(?:my|the|our|that|this) (?:\w+ )?(?:appointment|booking|request|session|slot|visit|massage|facial|time|day|date)"
)
_CHANGE: Final = re.compile(
    rf"\b(?:re-?schedul\w*|(?:move|change|push|shift|switch|postpone|bring forward|swap) (?:{_A_REQUEST}|it|that|mine)\b"
    rf"|(?:another|a (?:different|new|later|earlier)|different|other|later|earlier) (?:time|day|date|slot)\b"
    rf"|(?:can't|cannot|can not|won't|not able to) (?:make|do|come|be there)\b|(?:doesn't|won't|not) work for me\b"
    rf"|\b(?:come|do|make it|be) (?:on |at )?(?:\w+ ){{0,3}}instead\b)"
)
_ANOTHER_BOOKING: Final = re.compile(
    r"\b(?:another|second|one more|new) (?:appointment|booking|request|session|massage|facial)\b"
)
_IN_TEXT: Final = re.compile(rf"\bLM[\s-]*([{SIGNS}]{{{LENGTH}}})\b", re.IGNORECASE)
_REMINDER: Final[Mapping[str, str]] = {"c": "comes", "r": "change"}
_AREA_CODE: Final = re.compile(r"(?<!\d)\(?(\d{3})\)?(?!\d)")


def plain(text: str) -> str:
    """`text` in small letters on one line, with plain apostrophes."""
    return " ".join(straight_quotes(text).lower().split())


def form_move(text: str) -> Move:
    """What a message wants of the form itself; empty for anything else."""
    said = plain(text)
    if _BACK.fullmatch(said):
        return "back"
    if _SKIP.fullmatch(said):
        return "skip"
    return next((move for move, pattern in _PATTERNS if pattern.search(said)), "")


def says_yes(text: str) -> bool:
    """Whether a message agrees to send: a plain yes, or words such as "off it goes", without a doubt or a condition."""
    said = plain(text)
    if parse_yes_no(text) is True:
        return True
    return len(said.split()) <= MOST_WORDS_OF_A_YES and bool(_GO.search(said)) and not _NOT.search(said)


def wants_booking(text: str, reading: Mapping[str, Any]) -> bool:
    """Whether a message plainly asks for an appointment, or gives what a request needs: a contact with more."""
    contact = bool(reading.get("email") or reading.get("phone"))
    more = any(reading.get(name) for name in ("name", "when", "service", "body"))
    if reading.get("intent") in ("cancel", "status"):
        return False
    if contact and more:
        return True
    said = plain(text)
    if _QUESTION.match(said) or (reading.get("health") and not reading.get("when") and _MAY_COME.search(said)):
        return False
    if _BARE.fullmatch(said) or (_AN_APPOINTMENT.search(said) and not _NOT_NOW.search(said)):
        return True
    return bool(_ASKS_TO_BOOK.search(said)) and not _ABOUT_OTHERS.search(said)


def after_sending(text: str, tells_health: bool) -> AfterMove:
    """What a message says of a request that was sent; empty for nothing.

    Args:
        text: the message.
        tells_health: whether it discloses a condition.
    """
    said = plain(text)
    if _CALL_OFF.search(said):
        return "call_off"
    if tells_health:
        return "add"
    if _CHANGE.search(said) and not _ANOTHER_BOOKING.search(said):
        return "change"
    if _REFERENCE.search(said):
        return "reference"
    if _HOW_LONG.search(said) or _WHICH_WAY.search(said):
        return "when"
    return "status" if _STATUS.search(said) else ""


def reference_in(text: str) -> str:
    """The reference of a request that a message names ("lm 7k3f9" is LM-7K3F9); empty without one."""
    found = _IN_TEXT.search(text)
    return PREFIX + found[1].upper() if found else ""


def reminder_reply(text: str) -> str:
    """What a bare "C" or "R" says to a reminder: `comes` or `change`; empty for anything else."""
    return _REMINDER.get(plain(text).strip(" .!"), "")


def adds(text: str) -> bool:
    """Whether a message reads like an addition to what was said: "forgot to say ..."."""
    return bool(_ADDS.search(plain(text)))


def area_code(text: str) -> str:
    """The three digits of "617 in front of it"; empty without just one such number."""
    found = _AREA_CODE.findall(text)
    return found[0] if len(found) == 1 and len(re.findall(r"\d", text)) == 3 else ""


_TO_TEAM: Final = re.compile(
    r"\b(?:about|regarding|concerning|because|whether|my (?!question\b)\w+|his|her|their|move|change|cancel|reschedule|tell (?:them|her|him|the)|ask (?:them|her|him|the))\b"
)
_ABOUT_NOTHING: Final = re.compile(r"\babout (?:this|that|it|something|a question|my question)\b[ .!?]*$")
FEWEST_WORDS_FOR_TEAM: Final = 5


def says_something_to_team(text: str) -> bool:
    """Whether a message that asks for a person says already what it is about."""
    said = plain(text)
    return (
        len(said.split()) >= FEWEST_WORDS_FOR_TEAM and bool(_TO_TEAM.search(said)) and not _ABOUT_NOTHING.search(said)
    )
