"""What a message is about: a new booking, an answer, a change, a cancellation, or the question how things stand."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final, Literal

from lamoon.booking.reading.line import Line

Intent = Literal["book", "provide", "change", "cancel", "status"]

_REQUEST: Final = r"(?:appointments?|bookings?|requests?|reservations?|sessions?|slots?|visit|massage|facial)"
_MADE: Final = r"(?:appointments?|bookings?|requests?|reservations?|sessions?|slots?|visit)"
_CANCEL: Final = re.compile(
    rf"\b(?:cancel(?:l?ed|l?ing|lation)?|cancle|withdraw|call (?:it |this |that )?off|call off|won't (?:be able to )?(?:make it|come|be coming)|can(?:'t| not|not) (?:make it(?! (?:on|at) .* (?:but|so|please))|attend|come (?:any ?more|today|tomorrow|on \w+day|this \w+))|unable to (?:attend|come|make)|take (?:me |us )?(?:out|off)"
    rf"|(?:delete|remove|drop|scrap|scratch|forget|revoke|annul|retract|undo|kill|bin) (?:about )?(?:my|the|our|that|this|mine) (?:\w+ )?{_MADE}|no longer (?:need|want|require|able)|don't (?:need|want) (?:my|the|it|that|this)(?: \w+)? ?(?:{_REQUEST}|any ?more)|not coming|have to bail|give my (?:slot|place) to)\b"
)
_UNABLE: Final = re.compile(r"\b(?:can't|can not|cannot|unable|won't)\b")
_INSTEAD: Final = re.compile(
    r"\b(?:please put|put me|move|resched\w*|instead|how about|what about|(?:could|can) (?:i|we) (?:come|do|have)|rather|(?:is|works?|would be) (?:ok|fine|good|better|possible))\b"
)
_STATUS: Final = re.compile(
    rf"\b(?:any (?:news|update|word)|status|has any(?:one|body)|have you (?:had|seen|read|got|received|looked|confirmed|decided|found)|did (?:you|my|it|that) (?:get|got|receive|see|go through|arrive|come through|reach)|is (?:(?:my|the|our) (?:\w+ )?{_MADE}|it|that|this|everything|all)\b[^.?!]{{0,30}} (?:confirmed|through|done|booked|received|ok|fixed|still on|set|accepted|approved|official|going ahead|still happening|all right|certain|definite|in the system|in your)|am i (?:booked|confirmed|in|down|on)|are we (?:confirmed|booked|on)"
    rf"|(?:what time|when) (?:is|was|are) (?:my|our|we|i)\b|what(?:'s| is) (?:happening|going on|the (?:status|state|situation|news|latest))|when (?:will|do|can|shall|would|should|am|may) (?:i|you|we)(?: will)? (?:\w+ )?(?:hear|know|get (?:a|an|the|my) (?:confirmation|answer|reply|response)|be (?:told|informed|notified|contacted|confirmed)|confirm|receive|expect|answer|reply|respond|find out)|when i will|whether .{{0,30}}\b(?:confirmed|booked|received|through)|what did i (?:book|ask|order)|when (?:will|do|are) (?:you|someone|somebody|they) (?:\w+ )?(?:call|get back|reply|answer|let me|contact|confirm|respond)|heard (?:nothing|anything|back)|haven't (?:heard|received|had|got)|have not (?:heard|received|had|got)|not heard|no (?:answer|reply|response|confirmation|word)|still waiting|waiting (?:for|on) (?:a|an|the|your|my|any)? ?(?:reply|answer|confirmation|response|word)|check (?:on |up on )?(?:my|the|our|if|whether) |where (?:is|are) (?:my|we|i|things)|how (?:is|are) (?:my|things|it|we)|(?:has|have) (?:my|the|our|it)(?: \w+)* (?:been|gone)|do (?:i|we) (?:still )?have (?:a|an|my|the|our) (?:appointment|booking|slot|reservation|session)|still (?:on|valid|stand|standing)\b.*\?|follow(?:ing)? up|enquir\w+ (?:about|after|as to)|inquir\w+ (?:about|as to)|update on|progress|find out (?:if|whether|about))\b"
)
_EXISTING: Final = re.compile(
    rf"\b(?:resched\w*|reshedul\w*|re - schedul\w*|postpone|rebook|(?:move|shift|change|push|swap|switch|alter|amend|modify|update|edit|adjust|put|transfer|rearrange)(?: (?:back|forward|up))? (?:my|the|our|it|me|us|mine|that|this)\b(?! (?:in|down|under|as|name))|bring (?:it |(?:my|the) \w+ )?forward|change (?:of|to|from)\b|^(?:please )?(?:change|switch|swap|replace)\b|(?:to|for) (?:my|the) (?:existing )?{_REQUEST}|(?:booking|request|appointment|reservation) (?:i|we) (?:just |already |have )?(?:made|sent|placed|submitted|booked|have|had)|add (?:to|that|a|an|my|the|on|in|it|this|one|some|them|her|him)\b|already (?:booked|sent)|i (?:sent|booked|made|submitted) (?:a|an|you|the|my)\b.{{0,60}}\b(?:add|forgot|mention|also|change)|please note|for (?:my|the) {_REQUEST} (?:on|of|tomorrow|next|this))\b"
)
_CHANGE: Final = re.compile(
    r"\b(?:instead|rather than|in place of|wrong|mistake|typo|mistyped|misspel\w+|spel(?:led|t)|correct(?:ion)?|change|swap|switch|replace|make (?:it|that)|on second thoughts?|after all|i'd rather|would rather|actually|forgot|left out|forgotten|left off|also add|as well|not me\b|it's .{1,20} not |(?:works?|good|possible) any ?more|(?:doesn't|don't|won't) work|no longer works?|not for me|besides|another (?:number|email|day)|different|no longer|i meant|i mean|sorry|oops|update|use (?:my|this|the)|new (?:number|email|phone)|too please|also|longer|shorter|earlier|later|the (?:afternoon|morning|evening) (?:of|instead)|tell (?:the therapist|them|the team)|let (?:the therapist|them) know|changed|new (?:mail|e - mail|address)|but it's|better|not my|too now|just to add|forget the|not \d|drop the|skip the|take off|leave (?:out|off)|without the|remove|should (?:be|read|have)|isn't|is not|not the|nicer if|extend|(?:more|other) (?:time|day)|can't (?:do|make|come)|can not (?:do|make|come))\b"
)
_OPENS_WITH_NO: Final = re.compile(
    r"^(?:oh |ah |um |well |hmm )*(?:no(?! rush| hurry| preference)|nope|not(?! sure| certain| urgent)|wait|sorry|actually|oops|correction)\b"
)
_BOOK: Final = re.compile(
    rf"\b(?:book(?! under)|booked|{_REQUEST}|reserve|reservation|(?:can|could|may|might|would it be possible|possible|is possible|am i able) (?:i|we|you|to)? ?(?:please )?(?:come|get|have|pop|drop|see|book|fit|squeeze|bring|do|take|offer|possible|request|schedule|make|arrange|find|be seen|swing)|i (?:want|need|would like|wish|'d like|would love|search|look for|request)|i'd (?:like|love)|we(?:'d| would)? (?:want|need|like|love)|need|want|looking (?:for|to)|look for|any chance|fancy|fit me in|squeeze|pencil|sign me up|put me (?:down|in)|schedule|would .* do\b|have you (?:anything|got)|do you have|anything (?:free|open|available)|is there (?:any|a|space|room)|got (?:any|anything|space|a)|interested in|hoping|come in|openings?|available|free|vouchers?)\b"
)


def is_cancellation(words: str) -> bool:
    """Whether the visitor takes a booking back, and does not move it."""
    if not _CANCEL.search(words) or re.search(r"\bcancel\w* (?:policy|fee|that|\w+ policy)\b", words):
        return False
    return bool(re.search(r"\bcancel", words)) or not (_UNABLE.search(words) and _INSTEAD.search(words))


def read_intent(line: Line, asked: str | None, given: Set[str], refused: bool) -> Intent:
    """What the message is about.

    Args:
        line: of the message.
        asked: the open question.
        given: the fields that the message gives.
        refused: whether a day or time is turned down.
    """
    words = line.words
    if is_cancellation(words):
        return "cancel"
    if asked is None and _STATUS.search(words) and not given & {"service", "body"}:
        return "status"
    if asked is not None:
        return "provide"
    if _EXISTING.search(words):
        return "change"
    opens = _OPENS_WITH_NO.match(words)
    rich = len(given & {"name", "email", "phone", "when", "service", "body", "minutes"})
    contact = bool(given & {"email", "phone"})
    if (
        not opens
        and contact
        and (given & {"when", "service", "body"})
        and not re.match(r"(?:make it|change|use|the number)", words)
    ):
        return "book"
    if not opens and _BOOK.search(words) and not _changes(words):
        return "book"
    if opens or refused or _CHANGE.search(words):
        return "change"
    return "book" if rich >= 2 or given & {"service", "body", "when"} else "provide"


def _changes(words: str) -> bool:
    return bool(
        re.search(
            r"\b(?:instead|rather than|i'd rather|would rather|after all|wrong|left out|forgot|on second thoughts?|make it|as well|any ?more|doesn't work|tell (?:them|the therapist|the team)|not \d|better|changed|(?:forget|drop|skip|keep) the|another|different|also (?:my|add|the|on|i'm)|tell)\b|^(?:and |oh |just |could you |can you )*also\b",
            words,
        )
    )
