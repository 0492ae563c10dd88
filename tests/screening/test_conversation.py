"""One turn after another: what the conversation remembers about health, and what the visitor is told."""

from __future__ import annotations

from typing import Any

import pytest

from lamoon.contract import UNREADABLE_RECORD
from lamoon.screening import Catalogue, load_catalogue
from lamoon.screening.conversation import MAX_NOTE, Notice, health_turn

DVT = "suspected_dvt"
CLOT = "blood_clot"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


def one_of(catalogue: Catalogue, severity: str, *, hold: bool) -> str:
    return next(one.id for one in catalogue.conditions.values() if (one.severity, one.hold) == (severity, hold))


class Slots:
    """The health slots of a conversation. Each message is (id, status) pairs; `told` holds each turn's notice."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.values: dict[str, Any] = {}

    def hear(
        self,
        *mentions: tuple[str, str],
        text: str = "the words",
        intent: str = "faq",
        outcome: str | None = None,
        question: bool = False,
        in_form: bool = False,
        **more: Any,
    ) -> Notice | None:
        """One message; returns what the visitor is told first."""
        affirmed = [id for id, status in mentions if status == "affirmed"]
        safety = {
            "outcome": outcome or ("warn" if affirmed else "none"),
            "conditions": [{"id": id, "status": status, "text": id, "start": 0, "end": 1} for id, status in mentions],
            "question": question,
            **more,
        }
        parsed = {"text": text, "intent": {"name": intent}, "safety": safety}
        turn = health_turn(self.values, parsed, self.catalogue, in_form)
        self.values = {**self.values, **turn.slots}
        return turn.notice

    def open(self) -> list[str]:
        return [entry["id"] for entry in self.values["health_ledger"]["open"]]


@pytest.fixture
def slots(catalogue: Catalogue) -> Slots:
    return Slots(catalogue)


def test_a_harmless_message_opens_nothing(slots: Slots) -> None:
    assert slots.hear(intent="greet") is None
    assert slots.values == {}


def test_a_second_harmless_message_changes_no_slot(slots: Slots, catalogue: Catalogue) -> None:
    slots.hear(intent="greet")
    parsed = {"text": "hi", "intent": {"name": "greet"}, "safety": {"outcome": "none", "conditions": []}}
    assert health_turn(slots.values, parsed, catalogue).slots == {}


@pytest.mark.parametrize("parsed", [{}, {"text": "x"}, {"safety": None, "intent": None}, {"intent": {"name": None}}])
def test_a_message_that_was_not_screened_opens_nothing(catalogue: Catalogue, parsed: dict[str, Any]) -> None:
    turn = health_turn({}, parsed, catalogue)
    assert turn.notice is None
    assert not turn.slots.get("open_conditions")
    assert "booking_hold" not in turn.slots


def test_a_condition_of_the_guide_warns_and_holds(slots: Slots) -> None:
    assert slots.hear((CLOT, "affirmed"), text="I have a blood clot") == "warn"
    assert slots.open() == slots.values["open_conditions"] == slots.values["conditions_told"] == [CLOT]
    assert slots.values["health_ledger"]["open"][0]["words"] == "I have a blood clot"
    assert slots.values["conditions_text"] == "a blood clot"
    assert slots.values["booking_hold"] is True
    assert slots.values["health_notice"] == "warn"


def test_other_conditions_send_to_the_doctor_without_a_hold(slots: Slots, catalogue: Catalogue) -> None:
    id = one_of(catalogue, "ask_doctor", hold=False)
    assert slots.hear((id, "affirmed"), outcome="ask_doctor") == "ask_doctor"
    assert slots.open() == [id]
    assert not slots.values.get("booking_hold")


def test_the_guides_own_conditions_decide_the_notice(slots: Slots, catalogue: Catalogue) -> None:
    assert slots.hear((one_of(catalogue, "ask_doctor", hold=False), "affirmed"), (CLOT, "affirmed")) == "warn"
    assert len(slots.values["conditions_told"]) == 2


def test_conditions_add_up_over_the_conversation(slots: Slots) -> None:
    slots.hear((CLOT, "affirmed"))
    slots.hear(("open_wound", "affirmed"))
    assert slots.open() == slots.values["open_conditions"] == [CLOT, "open_wound"]
    assert slots.values["conditions_told"] == ["open_wound"]


def test_the_same_condition_is_told_once(slots: Slots) -> None:
    assert slots.hear((CLOT, "affirmed")) == "warn"
    assert slots.hear((CLOT, "affirmed")) is None
    assert slots.values["health_notice"] is None
    assert slots.open() == [CLOT]


@pytest.mark.parametrize("status", ["negated", "hypothetical", "other_person", "resolved"])
def test_what_is_not_affirmed_opens_nothing(slots: Slots, status: str) -> None:
    assert slots.hear((CLOT, status)) is None
    assert not slots.values.get("open_conditions")
    assert not slots.values.get("booking_hold")


def test_a_retraction_closes_one_condition_and_stays_on_record(slots: Slots) -> None:
    slots.hear((CLOT, "affirmed"), ("open_wound", "affirmed"))
    assert slots.hear((CLOT, "negated"), text="I don't have a clot, I misread") == "retracted"
    assert slots.open() == slots.values["open_conditions"] == ["open_wound"]
    assert [entry["id"] for entry in slots.values["health_ledger"]["retracted"]] == [CLOT]
    assert slots.values["booking_hold"] is True, "only staff lift a hold"


def test_taking_back_what_was_never_told_says_nothing(slots: Slots) -> None:
    slots.hear((CLOT, "affirmed"))
    assert slots.hear(("infection", "negated")) is None
    assert slots.open() == [CLOT]


def test_a_warning_goes_before_a_retraction(slots: Slots) -> None:
    slots.hear((CLOT, "affirmed"))
    assert slots.hear((CLOT, "negated"), ("open_wound", "affirmed")) == "warn"
    assert slots.open() == ["open_wound"]


def test_an_emergency_has_its_own_wording_and_no_notice(slots: Slots, catalogue: Catalogue) -> None:
    id = next(one.id for one in catalogue.conditions.values() if one.emergency_text == "suicidal")
    assert slots.hear((id, "affirmed"), outcome="emergency") is None
    assert slots.values["emergency_text"] == "suicidal"
    assert slots.values["booking_hold"] is True
    assert slots.open() == [id]


def test_a_second_emergency_brings_its_own_wording(slots: Slots) -> None:
    slots.hear(("suicidal", "affirmed"), outcome="emergency")
    slots.hear(("chest_pain", "affirmed"), outcome="emergency")
    assert slots.values["emergency_text"] == "general"


def test_what_an_emergency_left_unsaid_is_said_later(slots: Slots) -> None:
    assert slots.hear(("chest_pain", "affirmed"), (CLOT, "affirmed"), outcome="emergency") is None
    assert slots.hear((CLOT, "affirmed")) == "warn"


def test_words_that_nothing_in_the_catalogue_names_are_noted(slots: Slots) -> None:
    assert slots.hear(text="x" * 500, intent="report_condition") is None
    assert slots.hear(text="and my qi", intent="report_condition") is None
    assert slots.values["health_ledger"]["notes"] == ["x" * MAX_NOTE, "and my qi"]
    assert slots.values["open_conditions"] == []


def test_words_of_a_named_condition_are_noted_once(slots: Slots) -> None:
    slots.hear((CLOT, "affirmed"), intent="report_condition")
    assert not slots.values["health_ledger"].get("notes")


def test_notes_outlive_a_retraction(slots: Slots) -> None:
    slots.hear(text="my qi", intent="report_condition")
    slots.hear((CLOT, "affirmed"))
    slots.hear((CLOT, "negated"))
    assert slots.values["health_ledger"]["notes"] == ["my qi"]


def test_a_question_about_a_condition_is_no_disclosure(slots: Slots) -> None:
    assert slots.hear((CLOT, "hypothetical"), outcome="inform") is None
    assert not slots.values.get("booking_hold")


def test_the_slots_before_are_left_as_they_were(slots: Slots, catalogue: Catalogue) -> None:
    slots.hear((CLOT, "affirmed"))
    before = {name: repr(value) for name, value in slots.values.items()}
    mention = {"id": "infection", "status": "affirmed", "text": "x", "start": 0, "end": 1}
    health_turn(slots.values, {"text": "x", "safety": {"outcome": "warn", "conditions": [mention]}}, catalogue)
    assert {name: repr(value) for name, value in slots.values.items()} == before


@pytest.mark.parametrize("record", ["gone", {"version": 99}, {"open": [{"words": "a clot"}]}])
def test_where_the_record_cannot_be_read_bookings_are_held_and_the_screening_goes_on(
    slots: Slots, record: object
) -> None:
    slots.values = {"health_ledger": record}
    assert slots.hear(intent="greet") is None
    assert slots.values["booking_hold"] is True
    assert slots.values["health_ledger"]["notes"] == [UNREADABLE_RECORD]
    assert slots.hear((CLOT, "affirmed")) == "warn"
    assert slots.hear((DVT, "affirmed"), outcome="emergency") is None
    assert slots.open() == [CLOT, DVT]


def test_a_condition_that_left_the_catalogue_is_no_failure(slots: Slots) -> None:
    slots.values = {"health_ledger": {"open": [{"id": "gone", "words": "x"}], "retracted": [], "warned": ["gone"]}}
    assert slots.hear(("gone", "affirmed"), (CLOT, "affirmed")) == "warn"
    assert slots.open() == ["gone", CLOT]


def test_what_only_the_second_opinion_heard_is_asked_about_once(slots: Slots) -> None:
    assert slots.hear(question=True, text="my ticker plays up") == "ask"
    assert slots.hear(question=True, text="it flutters") is None
    assert slots.values["health_ledger"]["notes"] == ["my ticker plays up", "it flutters"]


def test_a_yes_to_the_question_asks_which_and_notes_the_answer(slots: Slots) -> None:
    slots.hear(question=True)
    assert slots.hear(intent="affirm") == "which"
    assert slots.hear(intent="nlu_fallback", text="a thing with my spleen") == "noted"
    assert slots.values["health_ledger"]["notes"][-1] == "a thing with my spleen"
    assert slots.hear(intent="affirm") is None


def test_a_condition_named_after_which_is_warned_about(slots: Slots) -> None:
    slots.hear(question=True)
    slots.hear(intent="affirm")
    assert slots.hear((CLOT, "affirmed"), intent="report_condition") == "warn"


def test_a_no_to_the_question_is_taken(slots: Slots) -> None:
    slots.hear(question=True)
    assert slots.hear(intent="deny") == "nothing"
    assert slots.hear(intent="deny") is None


@pytest.mark.parametrize("intent", ["faq", "book_appointment", "greet"])
def test_anything_but_a_yes_or_no_goes_its_own_way_after_the_question(slots: Slots, intent: str) -> None:
    slots.hear(question=True)
    assert slots.hear(intent=intent) is None


def test_a_yes_long_after_the_question_is_no_answer_to_it(slots: Slots) -> None:
    slots.hear(question=True)
    slots.hear(intent="greet")
    assert slots.hear(intent="affirm") is None


def test_inside_a_form_the_words_are_noted_and_nothing_is_asked(slots: Slots) -> None:
    assert slots.hear(question=True, in_form=True, text="my ticker plays up") is None
    assert slots.values["health_ledger"]["notes"] == ["my ticker plays up"]


def test_an_emergency_of_the_second_opinion_has_the_text_that_it_heard(slots: Slots) -> None:
    slots.hear(outcome="emergency", second_opinion={"emergency": 0.9, "disclosure": 0.0, "text": "suicidal"})
    assert slots.values["emergency_text"] == "suicidal"
    assert slots.values["booking_hold"] is True


def test_a_question_after_an_emergency_hears_of_that_first(slots: Slots) -> None:
    slots.hear((DVT, "affirmed"), intent="emergency", outcome="emergency")
    assert slots.hear(intent="thank") is None
    assert [slots.hear(intent="faq") for _ in range(4)] == ["first_things"] * 3 + [None]
    slots.hear((DVT, "affirmed"), intent="emergency", outcome="emergency")
    assert slots.hear(intent="faq") == "first_things", "told again, it begins anew"


def test_an_emergency_that_only_the_second_opinion_heard_counts_too(slots: Slots) -> None:
    slots.hear(intent="emergency", outcome="emergency", second_opinion={"text": "general"})
    assert slots.hear(intent="faq") == "first_things"


def test_somebody_in_a_crisis_is_not_told_to_see_a_doctor_first(slots: Slots) -> None:
    slots.hear(intent="emergency", outcome="emergency", second_opinion={"text": "suicidal"})
    assert slots.hear(intent="faq") is None


def test_once_the_team_has_looked_questions_are_answered_as_ever(slots: Slots) -> None:
    slots.hear((DVT, "affirmed"), intent="emergency", outcome="emergency")
    slots.values["booking_hold"] = False
    assert slots.hear(intent="faq") is None


def test_what_is_told_after_an_emergency_is_warned_about_first(slots: Slots) -> None:
    slots.hear((DVT, "affirmed"), intent="emergency", outcome="emergency")
    assert slots.hear(("open_wound", "affirmed"), intent="faq") == "warn"
