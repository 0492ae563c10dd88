"""What the gateway itself says, in the studio's name."""

from __future__ import annotations

import math
from datetime import datetime

from lamoon.studio import Studio, is_open, next_opening
from lamoon.studio.model import MONTHS, WEEKDAYS

TOO_MANY = "That was a little fast for me. Please wait {seconds} seconds and try again. If this is an emergency, call {emergency}."
TOO_FAST = (
    "You are writing faster than I can answer. I have kept {what} and will read and answer in order; please give me "
    "{seconds} seconds. I look for signs of an emergency in every message at once. If this is one, call {emergency}."
)
FLOOD = (
    "That is more than I can take in, so your last message was not kept. Please wait {seconds} seconds and send it again. "
    "If this is an emergency, call {emergency}."
)
TOO_LONG = (
    "A message can have up to {most:,} characters, and this one has {length:,}, so I have not read it. Please send it in "
    "parts. If this is an emergency, call {emergency}."
)
TOO_BIG = (
    "That is too much at once, so I have not read it. A message can have up to {most:,} characters. Please send it in "
    "parts. If this is an emergency, call {emergency}."
)
NO_TEXT = "There was nothing to read in that message. Please write a few words."
STARTED_OVER = "We have started over. How can I help?"
GREETING = (
    "Hello, and welcome to {name}! I'm the studio's assistant, a computer program. Ask me about myofascial release, or "
    "let me pass a booking request to the team."
)
CONSENT = (
    "What you write is kept so that the assistant can answer you, and may tell something about your health. You can "
    "delete it at any time. This chat is not medical advice; in an emergency, call {emergency}."
)
APOLOGY = (
    "I'm sorry, I can't answer that just now. {contact} You can also leave a message for the team right here. If this "
    "is an emergency, please call {emergency}."
)
DELAYED = (
    "I can't answer just now. Your message is kept, and I'll answer it here as soon as I can. {contact} If this is an "
    "emergency, don't wait for me: please call {emergency}."
)
LEFT = (
    "Thank you. Your message is with the team; your reference is {reference}. They will get back to you at {contact}."
)
JOINED = "{name} from the team is here now."
BACK = "The assistant answers again. You can ask for the team at any time."
CLOSED = "The team has closed this conversation. Write whenever you like, and the assistant answers."
LEFT_WAITING = "The team could not go on just now, so the assistant answers again. {opening} {contact}"
NOBODY_CAME = "Nobody from the team could come yet; your message is kept for them. {opening} {contact}"
OPENING = "The studio opens again on {day}, {month} {number}, at {time}."


def greeting(studio: Studio) -> str:
    """What a visitor reads first."""
    return GREETING.format(name=studio.name)


def consent(studio: Studio) -> str:
    """What a visitor reads before the first message."""
    return CONSENT.format(emergency=studio.numbers.emergency)


def apology(studio: Studio) -> str:
    """For when the assistant has no answer. The gateway can take a message for the team even then."""
    return _filled(APOLOGY, contact=_contact(studio), emergency=studio.numbers.emergency)


def delayed(studio: Studio) -> str:
    """For a message that waits until the assistant works again."""
    return _filled(DELAYED, contact=_contact(studio), emergency=studio.numbers.emergency)


def too_fast(studio: Studio, count: int, seconds: float) -> str:
    """For somebody of whom so many messages came over the limit of pace; the last has its turn in so many seconds."""
    what = "your last message" if count == 1 else f"your last {count} messages"
    return TOO_FAST.format(what=what, seconds=math.ceil(seconds), emergency=studio.numbers.emergency)


def left_waiting(studio: Studio) -> str:
    """For when somebody of the team had the conversation and is silent."""
    return _filled(LEFT_WAITING, contact=_contact(studio), opening=_opening(studio))


def nobody_came(studio: Studio) -> str:
    """For when the visitor asked for a person and waits. It promises nothing that studio.yml does not say."""
    return _filled(NOBODY_CAME, contact=_contact(studio), opening=_opening(studio))


def _contact(studio: Studio) -> str:
    return studio.contact_sentence() if studio.phone or studio.email or studio.booking_link else ""


def _opening(studio: Studio) -> str:
    """When a closed studio opens again; empty while it is open, and where its hours are not known."""
    moment = datetime.now(studio.zone)
    opening = None if is_open(studio, moment) else next_opening(studio, moment)
    if opening is None:
        return ""
    return OPENING.format(
        day=WEEKDAYS[opening.weekday()].capitalize(),
        month=MONTHS[opening.month - 1],
        number=opening.day,
        time=f"{opening:%H:%M}",
    )


def _filled(text: str, **values: str) -> str:
    """The text with its values; where one is empty no gap stays."""
    return " ".join(text.format(**values).split())
