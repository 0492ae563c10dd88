"""The meaning of "same here" and "the third one", and the order of our own list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialogue.conftest import Talk
from lamoon.contract import Disclosure, HealthRecord, Whose
from lamoon.dialogue.reading import TurnReading
from lamoon.dialogue.references import (
    ALL_LISTED,
    CLIENT_REACH,
    LISTED,
    QUOTED,
    REACH,
    Reference,
    of_new_client,
    quotes_list,
    referred,
)
from lamoon.knowledge.provenance import load_responses
from lamoon.screening import Screener
from lamoon.settings import PROJECT

SAME = TurnReading(acts=frozenset({"same_here"}))


def item(place: int, *, names_person: bool = False) -> TurnReading:
    return TurnReading(acts=frozenset({"list_item"}), place=place, names_person=names_person)


def after(*mentions: tuple[str, Whose, int], turn: int = 2) -> HealthRecord:
    """A record before message number `turn`, with (id, whose, message) mentioned."""
    return HealthRecord(mentioned=tuple(Disclosure(id, whose=whose, turn=at) for id, whose, at in mentions), turn=turn)


def after_list(turn: int = 2) -> HealthRecord:
    return after(*((id, "list", 1) for id in ALL_LISTED), turn=turn)


@pytest.mark.parametrize(
    ("file", "name"),
    [("faq.yml", "utter_faq/contraindications"), ("booking.yml", "utter_ask_booking_form_health_screening")],
)
def test_our_list_is_said_in_the_order_that_we_know(screener: Screener, file: str, name: str) -> None:
    responses = load_responses(PROJECT / "data" / "responses" / file)
    (text,) = next(response.texts for response in responses if response.key == name)
    listed = [line.removeprefix("- ") for line in text.splitlines() if line.startswith("- ")]
    parts = listed or text.rpartition(": ")[2].split("; ")
    for line, part in zip(LISTED, parts, strict=False):
        said = {mention["id"] for mention in screener.screen(part.partition(". ")[0])["conditions"]}
        assert said & set(line), f"{part!r} names {said}, and the line is {line}"
        assert not said & {id for other in LISTED if other != line for id in other}, part


@pytest.mark.parametrize("whose", ["other", "people"])
def test_same_here_means_what_was_mentioned_last(whose: Whose) -> None:
    record = after(("tumor_cancer", whose, 0), ("blood_clot", whose, 1), ("infection", whose, 1))
    assert referred(record, SAME) == Reference(("blood_clot", "infection"), True)


def test_what_was_said_of_somebody_counts_before_our_list() -> None:
    record = after(("blood_clot", "other", 1), ("tumor_cancer", "list", 1))
    assert referred(record, SAME) == Reference(("blood_clot",), True)


def test_of_our_list_alone_it_is_not_clear_which() -> None:
    assert referred(after_list(), SAME) == Reference(ALL_LISTED, False)


@pytest.mark.parametrize(("place", "ids"), [(3, ("blood_clot",)), (4, ("tumor_cancer",)), (-1, ("tumor_cancer",))])
def test_a_line_of_our_list(place: int, ids: tuple[str, ...]) -> None:
    assert referred(after_list(), item(place)) == Reference(ids, True)


@pytest.mark.parametrize("place", [1, 2])
def test_a_line_of_several_asks_which(place: int) -> None:
    assert referred(after_list(), item(place)) == Reference(LISTED[place - 1], False)


def test_a_line_that_does_not_exist_is_none() -> None:
    assert referred(after_list(), item(len(ALL_LISTED) + 1)) is None


def test_a_line_of_another_person_is_theirs() -> None:
    assert referred(after_list(), item(3, names_person=True)) == Reference(("blood_clot",), True, of_other=True)
    turn = TurnReading(acts=frozenset({"same_here"}), names_person=True)
    assert referred(after(("blood_clot", "other", 1)), turn) == Reference(("blood_clot",), True, of_other=True)


def test_without_our_list_a_number_means_nothing() -> None:
    assert referred(after(("blood_clot", "other", 1)), item(3)) is None


def test_a_message_that_refers_to_nothing() -> None:
    assert referred(after_list(), TurnReading()) is None
    assert referred(HealthRecord(turn=2), SAME) is None


def test_a_mention_of_long_ago_is_not_meant() -> None:
    assert referred(after_list(turn=1 + REACH), SAME)
    assert referred(after_list(turn=2 + REACH), SAME) is None
    assert referred(after_list(turn=2 + REACH), item(3)) is None


# Another person becomes the client


def test_who_becomes_the_client_takes_her_conditions_along() -> None:
    record = after(("blood_clot", "other", 1), ("tumor_cancer", "people", 1), ("infection", "list", 1))
    assert of_new_client(record, TurnReading(for_other=True)) == ("blood_clot",)
    assert of_new_client(record, TurnReading()) == ()


def test_a_condition_of_long_ago_is_not_taken_along() -> None:
    turn = TurnReading(for_other=True)
    assert of_new_client(after(("blood_clot", "other", 1), turn=1 + CLIENT_REACH), turn)
    assert of_new_client(after(("blood_clot", "other", 1), turn=2 + CLIENT_REACH), turn) == ()


# Our own list, quoted


def test_our_list_quoted_back_is_no_disclosure() -> None:
    assert quotes_list(ALL_LISTED[:QUOTED], TurnReading())
    assert not quotes_list(ALL_LISTED[: QUOTED - 1], TurnReading())
    assert not quotes_list(ALL_LISTED, SAME)


I_MEAN_ME = TurnReading(intent="report_condition", first_person=True)


def test_a_bare_statement_about_oneself_after_anothers_condition_is_taken_for_a_claim() -> None:
    assert referred(after(("blood_clot", "people", 1)), I_MEAN_ME) == Reference(("blood_clot",), True)


@pytest.mark.parametrize(
    "turn",
    [
        replace(I_MEAN_ME, denies=True),
        replace(I_MEAN_ME, just_asks=True),
        replace(I_MEAN_ME, names_person=True),
        replace(I_MEAN_ME, third_person=True),
        replace(I_MEAN_ME, intent="faq"),
        replace(I_MEAN_ME, first_person=False),
    ],
)
def test_what_denies_asks_or_speaks_of_others_is_no_claim(turn: TurnReading) -> None:
    assert referred(after(("blood_clot", "people", 1)), turn) is None


def test_a_claim_is_only_taken_from_the_very_next_message() -> None:
    assert referred(after(("blood_clot", "people", 1), turn=3), I_MEAN_ME) is None


def test_a_plain_no_takes_a_claim_off_again(talk: Talk) -> None:
    talk.say("my sister had a blood clot")
    talk.say("me too")
    assert talk.open == ["blood_clot"]
    assert talk.say("no", "deny").say == ("utter_retraction_noted",)
    assert talk.open == []


def test_a_plain_no_takes_nothing_off_that_was_said(talk: Talk) -> None:
    talk.say("I had a blood clot last year")
    talk.say("no", "deny")
    assert talk.open == ["blood_clot"]


def test_an_illness_without_a_name_is_the_one_that_is_referred_to(screener: Screener) -> None:
    talk = Talk(screener)
    talk.ask("who should not have it", "contraindications")
    plan = talk.say("second one on your list, I was diagnosed with that in March")
    assert "utter_which_condition" in plan.say
    assert "fracture" not in str(talk.open)
    talk = Talk(screener)
    talk.ask("who should not have it", "contraindications")
    talk.say("the third one on your list, I was diagnosed with that in March")
    assert talk.open == ["blood_clot"]


def test_a_claim_of_the_whole_situation_is_a_reference(screener: Screener) -> None:
    talk = Talk(screener)
    talk.ask("can people with a broken rib come?", "contraindications")
    talk.say("because that's my situation right now", "out_of_scope", "out_of_scope/smalltalk_and_jokes")
    assert talk.open == ["recent_fracture"]


def test_an_illness_of_both_is_the_visitors_too(screener: Screener) -> None:
    talk = Talk(screener)
    talk.say("husband is on xarelto, may he come for massage?")
    assert [(entry.id, entry.whose) for entry in talk.record.open] == [("blood_thinners", "other")]
    talk.say("me I take the same like him")
    assert [(entry.id, entry.whose) for entry in talk.record.open] == [("blood_thinners", "visitor")]
    assert talk.record.open[0].words == "husband is on xarelto, may he come for massage; me I take the same like him"
    assert talk.say("so is it ok for me on monday?", "book_appointment").say == ("utter_condition_before_booking",)


def test_another_word_about_the_other_leaves_the_illness_with_them(screener: Screener) -> None:
    talk = Talk(screener)
    talk.say("husband is on xarelto, may he come for massage?")
    talk.say("he has been on xarelto since may")
    assert talk.record.open[0].whose == "other"


def test_who_is_to_be_treated_has_the_illness_of_the_same_message(screener: Screener) -> None:
    talk = Talk(screener)
    talk.say("The man I care for has a tumor on his spine and would like a massage", "book_appointment")
    assert [(entry.id, entry.whose) for entry in talk.record.open] == [("tumor_cancer", "other")]
    talk = Talk(screener)
    talk.say("my dad has cancer, can you book me a massage", "book_appointment")
    assert not talk.open
