"""What the gateway itself says, in the studio's name: the notices of `data/responses/notices.yml` with their values."""

from __future__ import annotations

import math
from datetime import datetime

from lamoon.phrasebook import say
from lamoon.studio import Studio, is_open, next_opening
from lamoon.studio.model import month, weekday


def greeting(studio: Studio) -> str:
    """What a visitor reads first: the owner's greeting or ours, and in any case that a computer program answers."""
    disclosure = say("disclosure")
    if studio.greeting:
        return say("own_greeting", greeting=studio.greeting, disclosure=disclosure)
    return say("greeting", studio=studio.name, disclosure=disclosure)


def consent(studio: Studio) -> str:
    """What a visitor reads before the first message, in the owner's words or ours."""
    return studio.consent or say("consent", emergency=studio.numbers.emergency)


def apology(studio: Studio) -> str:
    """For when the assistant has no answer. The gateway can take a message for the team even then."""
    return say("apology", contact=_contact(studio), emergency=studio.numbers.emergency)


def delayed(studio: Studio) -> str:
    """For a message that waits until the assistant works again."""
    return say("delayed", contact=_contact(studio), emergency=studio.numbers.emergency)


def too_fast(studio: Studio, count: int, seconds: float) -> str:
    """For somebody of whom so many messages came over the limit of pace; the last has its turn in so many seconds."""
    what = say("too_fast_one") if count == 1 else say("too_fast_several", count=count)
    return say("too_fast", what=what, seconds=math.ceil(seconds), emergency=studio.numbers.emergency)


def left_waiting(studio: Studio) -> str:
    """For when somebody of the team had the conversation and is silent."""
    return say("left_waiting", contact=_contact(studio), opening=_opening(studio))


def nobody_came(studio: Studio) -> str:
    """For when the visitor asked for a person and waits. It promises nothing that studio.yml does not say."""
    return say("nobody_came", contact=_contact(studio), opening=_opening(studio))


def _contact(studio: Studio) -> str:
    return studio.contact_sentence() if studio.phone or studio.email or studio.booking_link else ""


def _opening(studio: Studio) -> str:
    """When a closed studio opens again; empty while it is open, and where its hours are not known."""
    moment = datetime.now(studio.zone)
    opening = None if is_open(studio, moment) else next_opening(studio, moment)
    if opening is None:
        return ""
    day, name = weekday(opening.weekday()), month(opening.month)
    return say("opening", day=day, month=name, number=opening.day, time=f"{opening:%H:%M}")
