"""What holds for any conversation, tried on generated ones."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogue.conftest import Talk, Turns
from lamoon.dialogue.reading import ACTS
from lamoon.dialogue.reply import WARN, Plan
from lamoon.intents import shared_intents
from lamoon.screening import Catalogue, Screener

DVT = "suspected_dvt"
CHEST = "chest_pain"
CLOT = "blood_clot"
SUICIDAL = "suicidal"
NOTHING_FIRST = Plan()
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)


# What holds for any conversation

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


# Playing it down, and naming a method

EMERGENCIES = (
    "my calf is swollen and hot since the flight",
    "my chest hurts and I can't breathe",
    "my face is drooping on one side and my speech is slurred",
    "I can't feel my groin and I can't hold my pee since yesterday",
    "I hit my head, threw up twice and feel confused",
    "my brother's chest hurts and he can't breathe",
    "I want to kill myself",
    "my throat is swelling shut after the nuts",
    "I'm pregnant and bleeding heavily",
    "I coughed up blood and my calf is swollen",
)
WHO = ("", "my mum says ", "my husband thinks ", "google says ", "a friend told me ", "I guess ", "honestly, ")
PLAYED_DOWN = (
    "it's nothing",
    "it's probably nothing",
    "it's just a cramp",
    "it will pass",
    "I'm overreacting",
    "it doesn't hurt that much",
    "it's not that bad",
    "it's not a clot",
    "it's no big deal",
    "it's only stress",
)


def state(talk: Talk) -> tuple[object, ...]:
    """What an emergency or crisis has come to."""
    emergency, crisis = talk.record.emergency, talk.record.crisis
    governed = emergency.status, emergency.text, emergency.whose, crisis.level, talk.slots.get("emergency_text")
    return (*governed, talk.slots.get("booking_hold"))


@given(st.sampled_from(EMERGENCIES), st.sampled_from(WHO), st.sampled_from(PLAYED_DOWN), st.booleans(), st.booleans())
@relaxed
def test_playing_it_down_changes_nothing(
    screener: Screener, emergency: str, who: str, words: str, is_before: bool, is_one_message: bool
) -> None:
    alone, played_down = Talk(screener), Talk(screener)
    alone.say(emergency)
    parts = [who + words, emergency] if is_before else [emergency, who + words]
    for text in [". ".join(parts)] if is_one_message else parts:
        played_down.say(text, "nlu_fallback")
    assert state(played_down) == state(alone)


CRISES = ("I want to kill myself", "I want to end my life", "I don't want to live any more", "I'm going to end it all")
METHODS_NAMED = ("", " with pills", " tonight", " with a knife", " by jumping off a bridge", ", I bought a rope")
FOLLOWING = ("no", "stop", "thanks", "never mind", "not like that", "I'm fine now")


@given(st.sampled_from(CRISES), st.sampled_from(METHODS_NAMED), st.lists(st.sampled_from(FOLLOWING), max_size=3))
@settings(relaxed, max_examples=60)
def test_naming_a_method_changes_nothing(screener: Screener, crisis: str, method: str, following: list[str]) -> None:
    plain, named = Talk(screener), Talk(screener)
    plans = [plain.say(crisis)], [named.say(crisis + method)]
    for text in following:
        plans[0].append(plain.say(text, "nlu_fallback"))
        plans[1].append(named.say(text, "nlu_fallback"))
    assert plans[0] == plans[1]
    assert plain.record.crisis == named.record.crisis
    assert plain.slots["emergency_text"] == named.slots["emergency_text"] == SUICIDAL
