"""Invariants of any conversation, tested on generated ones."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogue.conftest import Turns
from lamoon.dialogue.reading import ACTS
from lamoon.dialogue.reply import WARN, Plan
from lamoon.intents import shared_intents
from lamoon.screening import Catalogue

DVT = "suspected_dvt"
CHEST = "chest_pain"
CLOT = "blood_clot"
SUICIDAL = "suicidal"
NOTHING_FIRST = Plan()
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)


MENTIONS = st.tuples(
    st.sampled_from((CLOT, DVT, CHEST, "open_wound", "tumor_cancer", "pregnancy", SUICIDAL)),
    st.sampled_from(("affirmed", "negated", "other_person", "resolved", "hypothetical")),
)
MESSAGES = st.fixed_dictionaries(
    {
        "mentions": st.lists(MENTIONS, max_size=2, unique_by=lambda mention: mention[0]),
        "acts": st.lists(st.sampled_from(ACTS), max_size=2, unique=True).map(tuple),
        "intent": st.sampled_from(sorted(set(shared_intents().by_name) - {"emergency"})),
        "topic": st.sampled_from(("", "faq/daily_smr", "faq/cost", "faq/contraindications")),
        "crisis": st.sampled_from(("", "", "", "soft", "past")),
        "question": st.booleans(),
        "form": st.sampled_from(("", "booking_form")),
    }
)


def play(catalogue: Catalogue, messages: list[dict[str, Any]]) -> list[tuple[Turns, Plan, dict[str, Any]]]:
    """Every message with the state after it and its plan."""
    turns, played = Turns(catalogue), []
    for message in messages:
        before = dict(turns.values)
        mentions = message.pop("mentions")
        plan = turns.take(*mentions, **message)
        after = Turns(catalogue)
        after.values = dict(turns.values)
        played.append((after, plan, {**message, "mentions": mentions, "before": before}))
    return played


@given(messages=st.lists(MESSAGES, min_size=1, max_size=6))
@relaxed
def test_whoever_counts_as_warned_was_warned(catalogue: Catalogue, messages: list[dict[str, Any]]) -> None:
    warned: set[str] = set()
    for turns, plan, _ in play(catalogue, messages):
        new = set(turns.record.warned) - warned
        assert not new or WARN in plan.say, f"{new} count as warned about, and the reply is {plan}"
        warned = set(turns.record.warned)


@given(messages=st.lists(MESSAGES, min_size=1, max_size=6))
@relaxed
def test_a_new_emergency_is_always_answered_by_its_rule(catalogue: Catalogue, messages: list[dict[str, Any]]) -> None:
    for _, plan, message in play(catalogue, messages):
        if (DVT, "affirmed") in message["mentions"] or (CHEST, "affirmed") in message["mentions"]:
            assert plan == NOTHING_FIRST


@given(messages=st.lists(MESSAGES, min_size=1, max_size=6))
@relaxed
def test_no_open_emergency_or_crisis_is_passed_over(catalogue: Catalogue, messages: list[dict[str, Any]]) -> None:
    for turns, plan, message in play(catalogue, messages):
        severe = {(DVT, "affirmed"), (CHEST, "affirmed"), (SUICIDAL, "affirmed")} & set(message["mentions"])
        if turns.record.emergency.status in ("open", "attended") or turns.record.crisis.level in ("soft", "acute"):
            governs = any(name.startswith(("utter_emergency_", "utter_crisis_")) for name in plan.say)
            assert governs or severe, f"{message} gets {plan}"


@given(messages=st.lists(MESSAGES, min_size=1, max_size=6))
@relaxed
def test_a_hold_is_never_lifted_and_nothing_disclosed_is_lost(
    catalogue: Catalogue, messages: list[dict[str, Any]]
) -> None:
    seen: set[str] = set()
    held = False
    for turns, _, message in play(catalogue, messages):
        seen |= {id for id, status in message["mentions"] if status == "affirmed"}
        record = turns.record
        assert seen <= {entry.id for entry in (*record.open, *record.retracted)}
        held = held or bool(turns.values.get("booking_hold"))
        assert bool(turns.values.get("booking_hold")) == held
        assert turns.values.get("open_conditions", []) == turns.open
