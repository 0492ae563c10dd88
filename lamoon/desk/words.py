"""The inbox's sentences for the team."""

from __future__ import annotations

from datetime import datetime, tzinfo

from lamoon import settings
from lamoon.booking.life import Event, State
from lamoon.contract import SAMPLE, SANDBOX

CHANNELS = {
    "web": "Website",
    **{name: channel.title for name, channel in settings.CHANNELS.items()},
    SANDBOX: "Try it",
    SAMPLE: "Sample",
}
STATES: dict[State, str] = {
    "requested": "New",
    "held": "On hold",
    "seen": "Seen",
    "confirmed": "Confirmed",
    "change_asked": "Change asked",
    "declined": "Declined",
    "cancelled": "Cancelled",
    "done": "Done",
}
SURE = {"suggested": "Proposed, not agreed", "wished": "Wished"}
"""How sure a time is that nobody has agreed to."""
UNDELIVERED = "undelivered"
"""In the list's filter: requests with a message that was given up."""
EVENTS: dict[Event, str] = {
    "sent": "sent the request",
    "added": "added to it",
    "held": "mentioned their health: on hold",
    "lifted": "lifted the hold",
    "seen": "has seen it",
    "confirmed": "confirmed it",
    "changed": "gave it another time",
    "declined": "declined it",
    "proposed": "proposed a time",
    "offered": "was offered a time that became free",
    "change_asked": "asked for another time",
    "withdrawn": "withdrew it",
    "cancelled": "cancelled it",
    "comes": "answered the reminder: they are coming",
    "done": "marked it as done",
}
DECIDED: dict[Event, str] = {
    "confirmed": "Confirmed. The client is being notified.",
    "changed": "The new time is kept. The client is being notified.",
    "declined": "Declined. The client is being notified.",
    "proposed": "Proposed. The client is being notified; nothing is booked.",
    "cancelled": "Cancelled. The client is being notified.",
    "seen": "Marked as seen.",
    "done": "Marked as done.",
}
ROUTES = {
    "studio_email": "E-mail to the studio",
    "client_email": "E-mail to the client",
    "conversation": "Message in the conversation",
    "webhook": "Your own program",
}
ABOUTS = {
    "request": "the request",
    "receipt": "the receipt",
    "added": "an addition",
    "change_asked": "the wish for another time",
    "withdrawn": "the withdrawal",
    "comes": "the answer to the reminder",
    "confirmed": "the confirmation",
    "changed": "the new time",
    "declined": "the refusal",
    "proposed": "the proposal",
    "offered": "the offer of a free time",
    "cancelled": "the cancellation",
    "reminder": "the reminder",
    "done": "that it is done",
}
DELIVERIES = {"sent": "delivered", "queued": "on its way", "failed": "given up", "dropped": "not delivered"}
KINDS = {"booking": "Booking request", "handoff": "Question for the team"}
SCREENINGS = {
    "no": "said that none of it applies",
    "yes": "said that something applies, but not what",
    "details": "said what applies",
    "not_asked": "was not asked",
}
AUTHORS = {"visitor": "Visitor", "bot": "Assistant", "team": "Team", "system": "Note to the visitor"}
KIND_MARKS = {
    "warning": "Warning about health",
    "emergency": "Emergency",
    "crisis": "Crisis",
    "apology": "Could not answer",
}
NOTHING_SAID = "The message is empty. Please write a few words."
NO_REASON = "Please write why the hold can be lifted: the reason is kept with the request."
NO_NOTE = "The note is empty. Please write a few words."
OVER_LIMIT = "Sent faster than the limit"
TOO_LONG = "That is too long: at most {most} characters, please. Your words are kept below."
HELD = "This request is on hold because of the visitor's health. Lift the hold first, with a reason; then confirm it."
ENDED = "The emergency is cleared. The hold stays until a request is reviewed."
WROTE_SINCE = (
    "The visitor has written since, or the emergency is over. Nothing was changed: please read the latest messages."
)
NOT_ENDED = "The assistant cannot be reached right now, so nothing was changed. Please try again in a minute."
NOT_LIFTED = "The assistant cannot be reached right now, so the hold was not lifted. Please try again in a minute."
STALE_REQUEST = "This request was changed meanwhile, so nothing was kept. Below is how it is now, and what you typed."
NOT_POSSIBLE = "This is no longer possible: below is how the request is now."
NO_TEXT = "Please write the client a few words."
NO_REQUEST = "This request no longer exists: the visitor may have asked for their data to be deleted."
GONE = "This conversation has been deleted, so nothing was sent. What you wrote is below, if you need it."
IS_YOURS = "You have this conversation now; nothing else was changed."
IS_ANOTHERS = "{staff} has this conversation now, so nothing was sent or changed."
IS_NOBODYS = "The assistant has this conversation again. Nothing was sent or changed."
KEPT = " What you wrote is kept below: send it again to take the conversation."
TAKEN, ALREADY_YOURS = "You have this conversation now. The assistant is silent.", "You already have this conversation."
SENT, SENT_BEFORE = "Sent.", "That has already been sent."
GIVEN_BACK = "The assistant answers again."
CLOSED = "Closed. The assistant answers if the visitor writes again."
NOTED = "The note is kept. Only the team can read it."
LIFTED = "The hold is lifted. It returns if the visitor mentions their health again."
ASSIGNED, UNASSIGNED = "{name} is to answer here, and gets a notification.", "Nobody in particular is to answer here."
NOBODY = "{name} has no account at this desk. Please choose a name from the list."
SEEN_TO = "Seen to. The conversation is no longer marked; what the assistant says stays as it is."
NO_PERSON = "This conversation does not exist any more."
READY_KEPT, READY_GONE = "The ready reply is kept.", "The ready reply is deleted."
RULES_KEPT = "Your rules are kept."
NO_MAIL = "There is no mail to test: it needs an e-mail address here, kept, and a mail server (LAMOON_SMTP_HOST)."
NO_BROWSER = "None of your browsers takes push messages yet. Please turn them on first, below."
NO_SUBSCRIPTION = "The browser gave no subscription that can be read. Please try again."
TEST_MAIL = "The test is on its way to your mailbox."
TEST_PUSH = "The test is on its way to your browsers. If nothing appears, allow notifications in the system's settings."
TEST_FAILED = "The test was not accepted: {problem}."
BROWSER_GONE = "This browser gets no more messages."
ALERTS = {"emergency": "Emergency", "crisis": "Crisis"}
TURNS = {"team": "Your turn", "visitor": "Their turn", "assistant": "The assistant answers"}
SENT_AGAIN, NOT_FAILED = "It will be sent again.", "It had not failed, so nothing was sent again."

NO_FORM = "This request has no such health form. It may have been deleted."
FORM_LOCKED = "This health form cannot be opened: {problem}."
LINK_MADE = "The link is below."
LINK_REPLACED = "The new link is below. The earlier one opens nothing any more."
LINK_SENT = "The link was sent by e-mail."
LINK_NOT_SENT = "The e-mail was not accepted, so the link was not sent. Please copy it and send it yourself."
LINK_MARKED = "Kept: sent."
WRONG_VISIT = "The beginning of the visit is not a date and time. Please choose one, or leave it empty."
VISIT_PASSED = "The beginning of the visit has passed, so a link would open nothing. Please choose a later time."
OTHER_CONDITIONS = "Other"


def changed(staff: str, me: str) -> str:
    """Who owns the conversation now, for a member of staff whose page named another owner."""
    if staff == me:
        return IS_YOURS
    return IS_ANOTHERS.format(staff=staff) if staff else IS_NOBODYS


def day_and_time(moment: datetime, zone: tzinfo) -> str:
    """Such as "Mon 23 Nov, 14:05", in the studio's time zone."""
    return f"{moment.astimezone(zone):%a %-d %b, %H:%M}"


def since(moment: datetime, now: datetime) -> str:
    """How long ago, such as "12 minutes"."""
    minutes = int((now - moment).total_seconds() // 60)
    for size, name in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            return f"{minutes // size} {name}{'s' if minutes >= 2 * size else ''}"
    return "less than a minute"


def plainly(condition: str) -> str:
    """A condition of the catalogue in words."""
    return condition.replace("_", " ")
