"""What a scenario is.

A scenario is a YAML file with a `description`, `steps` and, where somebody wants them, `tags`. A step is one turn of a conversation:

    - user: (212) 555-0188                        # what the visitor writes
      bot: [utter_ask_booking_form_wish]          # what comes back: exactly these replies, in this order
      slots: {booking_hold: true}                 # optional looks behind the curtain, see `Turn`

`bot` is one reply or a list of them, or `whatever` (one reply or more, saying what they like; never silence). A reply
is the name of a response, `anything` (one reply, whatever it says), `...` (any number of them, also none), or

    {response: utter_x, topic: cost, says: [...], not_says: [...], buttons: [...], metadata: {notice: warn}}

where every part is optional, `utter_faq/*` is any topic, and capitals do not matter in `says` and `not_says`. `user`
may also be `{press: Send it}`, which presses a button of the latest replies (`{press: "1"}`: the first), or
`{repeat: "my back hurts ", times: 360}`. Other steps: `- include: at_wish` plays `fragments/at_wish.yml` at this place
(fragments include each other; a top-level `include:` goes before the first step), `- action_server: down` (or `up`)
kills and starts the action server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ANYTHING = "anything"
WHATEVER = "whatever"
MORE = "..."
NONE = "none"


@dataclass(frozen=True)
class Expected:
    """One reply of the assistant. What is None or empty is not looked at; `more` stands for any number of replies."""

    response: str | None = None
    topic: str | None = None
    says: tuple[str, ...] = ()
    not_says: tuple[str, ...] = ()
    buttons: tuple[str, ...] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    more: bool = False


@dataclass(frozen=True)
class Press:
    """The visitor presses the button with this title; a number counts from 1."""

    title: str


@dataclass(frozen=True)
class Turn:
    """One message of the visitor and what has to follow.

    Attributes:
        place: file and line, for messages.
        user: the text, or a button to press.
        bot: the replies; None for whatever.
        slots: slots of the tracker and their values (lists: in any order).
        form: the form that is open afterwards, "none" for no form.
        request: the row in the booking store: fields of the last reference told, or "none" for no row at all.
        mail: `subject_has`, `subject_has_not`, `body_has`, `body_has_not` of the mail about it.
        forgotten: nothing of this conversation is left in either database.
        not_logged: words that no log of a server may hold.
    """

    place: str
    user: str | Press
    bot: tuple[Expected, ...] | None
    slots: Mapping[str, Any] = field(default_factory=dict)
    form: str | None = None
    request: Mapping[str, Any] | str | None = None
    mail: Mapping[str, tuple[str, ...]] | None = None
    forgotten: bool = False
    not_logged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Switch:
    """The action server is killed or started."""

    place: str
    up: bool


@dataclass(frozen=True)
class Scenario:
    """A conversation to play."""

    name: str
    description: str
    steps: tuple[Turn | Switch, ...]
    tags: tuple[str, ...] = ()

    @property
    def needs_servers(self) -> bool:
        """Whether it looks where only a test can: at the mail, the logs, the databases, or at killed servers."""
        return any(
            isinstance(step, Switch) or step.request or step.mail or step.forgotten or step.not_logged
            for step in self.steps
        )


STEP_KEYS = ("user", "bot", "slots", "form", "request", "mail", "forgotten", "not_logged")
REPLY_KEYS = ("response", "topic", "says", "not_says", "buttons", "metadata")
MAIL_KEYS = ("subject_has", "subject_has_not", "body_has", "body_has_not")
REQUEST_KEYS = (
    *("kind", "hold", "name", "contact", "wish", "screening", "channel", "consent"),
    *("conditions", "retracted", "health_words_has"),
)
