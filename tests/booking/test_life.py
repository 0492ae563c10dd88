"""The states of a request: every allowed step, and that no way at all leads from a hold to a confirmation without staff."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamoon.booking.life import EVENTS, FINAL, STATES, Actor, Event, HeldError, State, TransitionError, after, possible

ACTORS: tuple[Actor, ...] = ("visitor", "staff", "system")
HAPPENS = tuple(event for event in EVENTS if event != "sent")
STEPS = st.tuples(st.sampled_from(EVENTS), st.sampled_from(ACTORS), st.sampled_from(["", "  ", "her doctor agrees"]))


def walk(state: State, steps: list[tuple[Event, Actor, str]]) -> list[tuple[State, Event, Actor, str, State]]:
    """The steps that were allowed, with the states before and after."""
    taken = []
    for event, actor, words in steps:
        try:
            new = after(state, event, actor, words)
        except TransitionError:
            continue
        taken.append((state, event, actor, words, new))
        state = new
    return taken


@given(st.sampled_from(["requested", "held"]), st.lists(STEPS, max_size=60))
def test_no_way_confirms_what_is_held(start: State, steps: list[tuple[Event, Actor, str]]) -> None:
    """From each hold to the next confirmation there is a lifting by staff, with a reason."""
    is_held = start == "held"
    for before, event, actor, words, new in walk(start, steps):
        assert (before == "held") == is_held
        if event == "lifted":
            assert actor == "staff"
            assert words.strip()
            is_held = False
        elif new == "held":
            is_held = True
        elif new in FINAL:
            is_held = False
        assert not (is_held and new in ("confirmed", "seen", "requested", "change_asked"))


@given(st.sampled_from(STATES), st.lists(STEPS, max_size=40))
def test_what_is_final_stays(start: State, steps: list[tuple[Event, Actor, str]]) -> None:
    for before, event, _, _, new in walk(start, steps):
        if before in FINAL:
            assert (event, new) == ("added", before), "what the visitor says more is kept all the same"


@pytest.mark.parametrize(("state", "event", "actor"), product(STATES, HAPPENS, ACTORS))
def test_every_step_is_allowed_or_refused_with_a_reason(state: State, event: Event, actor: Actor) -> None:
    if event in possible(state, actor):
        assert after(state, event, actor, "words") in STATES
        return
    with pytest.raises(TransitionError) as caught:
        after(state, event, actor, "words")
    assert (caught.value.state, caught.value.event) == (state, event)
    assert len(str(caught.value)) > 20


@pytest.mark.parametrize("event", ["confirmed", "proposed", "done"])
def test_a_hold_is_named_as_the_reason(event: Event) -> None:
    with pytest.raises(HeldError, match="lift the hold first"):
        after("held", event, "staff")


@pytest.mark.parametrize("words", ["", " \n"])
def test_a_hold_is_not_lifted_without_a_reason(words: str) -> None:
    with pytest.raises(TransitionError, match="needs words"):
        after("held", "lifted", "staff", words)


@pytest.mark.parametrize("event", ["confirmed", "lifted", "declined", "proposed", "seen", "done", "changed"])
def test_a_visitor_decides_nothing_for_the_team(event: Event) -> None:
    assert all(event not in possible(state, actor) for state in STATES for actor in ("visitor", "system"))


def test_what_staff_can_do_with_a_hold() -> None:
    assert set(possible("held", "staff")) == {"lifted", "declined", "cancelled"}


def test_a_change_of_what_is_held_stays_held() -> None:
    assert after("held", "change_asked", "visitor") == "held"
