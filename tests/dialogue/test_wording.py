"""The wording of an open emergency and of open conditions, and the buttons of "which one"."""

from __future__ import annotations

import pytest

from lamoon.contract import Disclosure, Emergency, HealthRecord, Whose
from lamoon.dialogue.wording import condition_buttons, open_conditions, urgent
from lamoon.screening import Catalogue, Screener


def needs(record: HealthRecord) -> str:
    return urgent({"health_ledger": record.to_slot()}, "999")


def named(record: HealthRecord, catalogue: Catalogue) -> str:
    return open_conditions({"health_ledger": record.to_slot()}, catalogue)


@pytest.mark.parametrize("whose", ["visitor", "other"])
def test_every_text_of_an_emergency_has_its_words(catalogue: Catalogue, whose: Whose) -> None:
    texts = {one.emergency_text for one in catalogue.conditions.values() if one.severity == "emergency"} - {"suicidal"}
    said = {needs(HealthRecord(emergency=Emergency(text, "open", whose))) for text in texts}
    assert len(said) == len(texts)
    assert any("999" in words for words in said)


def test_anothers_emergency_is_spoken_of_as_theirs() -> None:
    assert "them" in needs(HealthRecord(emergency=Emergency("general", "open", "other")))


@pytest.mark.parametrize("slots", [{}, {"health_ledger": "gone"}, {"health_ledger": {"version": 99}}])
def test_without_a_record_the_words_are_the_general_ones(slots: dict[str, object]) -> None:
    assert "999" in urgent(slots, "999")


def test_open_conditions_are_named_and_emergencies_only_by_themselves(catalogue: Catalogue) -> None:
    clot, chest = Disclosure("blood_clot"), Disclosure("chest_pain")
    assert named(HealthRecord(open=(clot, chest)), catalogue) == "a blood clot"
    assert named(HealthRecord(open=(chest,)), catalogue) == catalogue.conditions["chest_pain"].title
    assert named(HealthRecord(open=(Disclosure("gone"), clot)), catalogue) == "a blood clot"


def test_a_crisis_is_never_named_as_a_condition(catalogue: Catalogue) -> None:
    record = HealthRecord(open=(Disclosure("blood_clot"), Disclosure("suicidal")))
    assert named(record, catalogue) == "a blood clot"


def test_the_buttons_of_which_one_send_what_the_screening_reads(screener: Screener) -> None:
    ids = ["open_wound", "infection", "fragile_skin", "recent_fracture", "acute_injury", "blood_clot", "tumor_cancer"]
    buttons = condition_buttons({"conditions_told": [*ids, "gone"]}, screener.catalogue)
    assert len(buttons) == len(ids)
    for id, button in zip(ids, buttons, strict=True):
        assert button["title"][0].isupper()
        mentions = [(mention["id"], mention["status"]) for mention in screener.screen(button["payload"])["conditions"]]
        assert (id, "affirmed") in mentions, button
    assert condition_buttons({}, screener.catalogue) == []
