"""The life cycle of a request: its states, the permitted transitions, and their invariants.

    requested ─▶ seen ─▶ confirmed ─▶ done          declined, cancelled and done are final
        │          │         │
        └────── held ◀───────┘     what the visitor says about health holds it, in any state that is not final
                   │
                   └──▶ seen       only staff lift a hold, with a reason

A held request is never confirmed: the only way out of `held` that stays open goes through a reason given by staff.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from lamoon.errors import LamoonError

State = Literal["requested", "held", "seen", "confirmed", "declined", "change_asked", "cancelled", "done"]
STATES: Final[tuple[State, ...]] = get_args(State)
FINAL: Final[tuple[State, ...]] = ("declined", "cancelled", "done")
Actor = Literal["visitor", "staff", "system"]

Event = Literal[
    "sent", "added", "held", "lifted", "seen", "confirmed", "changed", "declined", "proposed", "offered", "change_asked",
    "withdrawn", "cancelled", "comes", "done",
]  # fmt: skip
"""Events of a request. sent: the first entry of its history. added: the visitor says more. changed: a confirmed
appointment gets another time. proposed: staff suggest a time. offered: a time has become free for a client on the wait
list, who has 15 minutes to accept it. withdrawn: the visitor cancels. cancelled: staff do. comes: the visitor answers a
reminder with yes.
"""
EVENTS: Final[tuple[Event, ...]] = get_args(Event)

_OPEN: Final = ("requested", "seen", "change_asked")
_ALIVE: Final = (*_OPEN, "confirmed", "held")
# For each event: who may cause it, from which states, and the state after it (empty: the same).
_RULES: Final[dict[Event, tuple[tuple[Actor, ...], tuple[str, ...], str]]] = {
    "added": (("visitor",), STATES, ""),
    "held": (("visitor", "system"), _ALIVE, "held"),
    "lifted": (("staff",), ("held",), "seen"),
    "seen": (("staff",), ("requested", "seen"), "seen"),
    "confirmed": (("staff",), _OPEN, "confirmed"),
    "changed": (("staff",), ("confirmed",), "confirmed"),
    "declined": (("staff",), (*_OPEN, "held"), "declined"),
    "proposed": (("staff",), _OPEN, "seen"),
    "offered": (("system",), _OPEN, ""),
    "change_asked": (("visitor",), (*_OPEN, "confirmed"), "change_asked"),
    "withdrawn": (("visitor",), _ALIVE, "cancelled"),
    "cancelled": (("staff",), _ALIVE, "cancelled"),
    "comes": (("visitor",), ("confirmed",), "confirmed"),
    "done": (("staff",), (*_OPEN, "confirmed"), "done"),
}
NEEDS_WORDS: Final[tuple[Event, ...]] = ("lifted",)
NEEDS_TIME: Final[tuple[Event, ...]] = ("confirmed", "changed", "proposed", "offered")


class TransitionError(LamoonError):
    """The request's state does not allow this (`state`, `event`)."""

    def __init__(self, state: State, event: Event, problem: str) -> None:
        super().__init__(problem)
        self.state = state
        self.event = event


class HeldError(TransitionError):
    """The request is on hold: staff lift the hold first, with a reason."""


def after(state: State, event: Event, actor: Actor, words: str = "") -> State:
    """Return the state after an event.

    Raises:
        HeldError: when the request is on hold and the event would confirm, propose or finish it.
        TransitionError: when this actor may not cause the event, or not in this state, or words are missing.
    """
    if event not in _RULES:
        raise TransitionError(state, event, f"{event!r} does not happen to a stored request: expected {sorted(_RULES)}")
    actors, states, becomes = _RULES[event]
    if actor not in actors:
        raise TransitionError(state, event, f"{actor} may not do this ({event}): expected {' or '.join(actors)}")
    if event in NEEDS_WORDS and not words.strip():
        raise TransitionError(state, event, f"{event} needs words: expected the reason of whoever does it")
    if event == "change_asked" and state == "held":
        return "held"  # kept with the request; the review of the health notes comes first
    if state == "held" and state not in states:
        raise HeldError(state, event, "the request is on hold: lift the hold first, with a reason")
    if state not in states:
        raise TransitionError(
            state, event, f"a request that is {state} cannot be {event}: expected {', '.join(states)}"
        )
    return next(known for known in STATES if known == (becomes or state))


def possible(state: State, actor: Actor) -> tuple[Event, ...]:
    """Return the events that this actor may cause in this state, given the words and times that they need."""
    found = []
    for event in _RULES:
        try:
            after(state, event, actor, "x")
        except TransitionError:
            continue
        found.append(event)
    return tuple(found)
