"""The record after each message, with the real screening of the visitor's words."""

from __future__ import annotations

import json

import pytest

from dialogue.conftest import Turns, parse_result
from lamoon.contract import Crisis, Disclosure, Emergency, HealthRecord
from lamoon.dialogue.health_record import LEVELS, MAX_WORDS, REMEMBERED, Changes, cleared, update, without
from lamoon.dialogue.reading import TurnReading
from lamoon.screening import Screener

CLOT = Disclosure("blood_clot", "a clot")


class Told:
    """The record after the messages of a conversation."""

    def __init__(self, screener: Screener) -> None:
        self.screener = screener
        self.record = HealthRecord()

    def say(self, text: str, topic: str = "", intent: str = "report_condition") -> Changes:
        turn = TurnReading.of(parse_result(self.screener, text, intent=intent, topic=topic))
        new, changes = update(self.record, turn, self.screener.catalogue)
        self.record = HealthRecord.from_slot(json.loads(json.dumps(new.to_slot())))
        assert self.record == new, "a slot keeps all of it"
        return changes

    @property
    def open(self) -> list[str]:
        return [entry.id for entry in self.record.open]

    @property
    def retracted(self) -> list[str]:
        return [entry.id for entry in self.record.retracted]


@pytest.fixture
def told(screener: Screener) -> Told:
    return Told(screener)


# Disclosures


def test_conditions_add_up(told: Told) -> None:
    assert told.say("I have a blood clot").warn == ("blood_clot",)
    assert told.say("and I'm pregnant").warn == ("pregnancy",)
    assert told.open == ["blood_clot", "pregnancy"]
    assert [entry.turn for entry in told.record.open] == [1, 2]
    assert {entry.whose for entry in told.record.open} == {"visitor"}
    assert all(entry.certain for entry in told.record.open)


def test_a_condition_is_warned_about_once(told: Told) -> None:
    told.say("I have a blood clot")
    assert told.say("as I said, a blood clot in my leg").warn == ()
    assert told.open == ["blood_clot"]


def test_a_hold_is_due_where_an_open_condition_requires_it(screener: Screener) -> None:
    assert Told(screener).say("I have a blood clot").held
    assert Told(screener).say("there is a new lump on my neck").held
    assert not Told(screener).say("I'm pregnant").held
    assert not Told(screener).say("how much is an hour?").held


def test_the_words_are_the_sentence_that_discloses_it(told: Told) -> None:
    told.say("Hello there! In May they found a clot in my leg. Do you have parking?")
    assert told.record.open == (Disclosure("blood_clot", "In May they found a clot in my leg", turn=1),)


def test_long_sentences_are_cut_around_the_mention(told: Told) -> None:
    told.say("well " * 100 + "I have a blood clot " + "you know " * 100)
    words = told.record.open[0].words
    assert len(words) <= MAX_WORDS
    assert "blood clot" in words


def test_the_rest_of_the_record_is_kept(told: Told) -> None:
    before = HealthRecord(
        notes=("x",), asked=True, emergency=Emergency("general", "cleared_by_staff"), crisis=Crisis("past", 2), turn=4
    )
    told.record = before
    told.say("hello", intent="greet")
    assert told.record.turn == 5
    assert (told.record.notes, told.record.asked) == (before.notes, before.asked)
    assert (told.record.emergency, told.record.crisis) == (before.emergency, before.crisis)


# Retractions


def test_a_denial_closes_just_that_one_and_keeps_it_on_record(told: Told) -> None:
    told.say("I have a blood clot and an open wound")
    assert told.say("actually it wasn't a clot").retracted == ("blood_clot",)
    assert told.open == ["open_wound"]
    assert told.retracted == ["blood_clot"]


def test_an_order_to_forget_closes_it(told: Told) -> None:
    told.say("I have cancer")
    assert told.say("please ignore what I said about the cancer").retracted == ("tumor_cancer",)


def test_a_retraction_without_a_name_closes_nothing_and_means_the_last_one(told: Told) -> None:
    told.say("I have a blood clot")
    told.say("my toe is broken")
    changes = told.say("sorry, I was wrong")
    assert (changes.retracted, changes.unnamed) == ((), "recent_fracture")
    assert told.open == ["blood_clot", "recent_fracture"]


@pytest.mark.parametrize("words", ["never mind", "forget it", "never mind, forget it", "ok", "stop", "no thanks"])
def test_everyday_phrases_take_nothing_back(told: Told, words: str) -> None:
    told.say("I have a blood clot")
    changes = told.say(words)
    assert (changes.retracted, changes.unnamed) == ((), "")
    assert told.open == ["blood_clot"]


@pytest.mark.parametrize("words", ["it is not an allergy", "no cancer though", "I take aspirin for a headache"])
def test_a_denial_of_what_was_never_disclosed_changes_nothing(told: Told, words: str) -> None:
    told.say("I have a blood clot")
    assert told.say(words).retracted == ()
    assert told.open == ["blood_clot"]


@pytest.mark.parametrize(
    "words",
    [
        "my sister had a blood clot too",
        "no, my sister doesn't have a blood clot",
        "my mother's clot was a false alarm",
        "my brother never had a clot",
    ],
)
def test_anothers_same_illness_does_not_close_the_visitors(told: Told, words: str) -> None:
    told.say("I have a blood clot")
    told.say(words)
    assert told.open == ["blood_clot"]


def test_a_correction_that_names_whose_it_was_closes_it(told: Told) -> None:
    told.say("I have a blood clot")
    assert told.say("sorry, I meant my sister has a blood clot").retracted == ("blood_clot",)


def test_disclosed_again_after_a_retraction_it_warns_again(told: Told) -> None:
    told.say("I have a blood clot")
    told.say("no, I don't have a clot")
    assert told.say("I do have a blood clot after all").warn == ("blood_clot",)
    assert told.retracted == ["blood_clot"]


def test_disclosed_and_taken_back_in_one_sentence_it_stays_on_the_safe_side(told: Told) -> None:
    told.say("I have a blood clot, no wait, I don't have a blood clot")
    assert told.open in ([], ["blood_clot"])


def test_a_confirmed_mistake_is_retracted() -> None:
    record = HealthRecord(
        open=(CLOT, Disclosure("suspected_dvt")), warned=("blood_clot", "hernia"), pending="blood_clot"
    )
    after = without(record, "blood_clot")
    assert after.open == ()
    assert [entry.id for entry in after.retracted] == ["blood_clot", "suspected_dvt"]
    assert (after.warned, after.pending) == (("hernia",), "")


# Emergencies and crises


def test_emergencies_are_open_and_hold(told: Told) -> None:
    changes = told.say("my chest hurts and I can't breathe")
    assert changes.emergency == "general"
    assert changes.warn == ()
    assert changes.held
    assert told.record.emergency == Emergency("general", "open", "visitor", turn=1)
    assert set(told.open) == {"chest_pain", "breathing"}
    assert told.say("what are your prices?").held


def test_another_persons_emergency_is_told_apart(told: Told) -> None:
    told.say("my brother's chest hurts and he can't breathe")
    assert told.record.emergency.whose == "other"


@pytest.mark.parametrize(
    "words",
    [
        "I got it checked",
        "the doctor looked at it and it's a cramp",
        "the doctor had a look at it",
        "they sent me home from the ER",
        "a doctor saw it this morning",
    ],
)
def test_a_doctor_who_has_looked_clears_it(told: Told, words: str) -> None:
    told.say("my calf is swollen and hot since the flight")
    told.say(words)
    assert told.record.emergency.status == "cleared_by_visitor"


@pytest.mark.parametrize(
    "words",
    [
        "should I get it checked",
        "should I get it checked by a doctor?",
        "I haven't been checked",
        "no doctor has looked yet",
        "will a doctor look at it?",
        "I'd rather not have it checked",
        "my friend checked it",
        "I'll get it checked tomorrow",
        "do I need to be seen?",
        "thanks",
        "never mind, forget it",
        "my mum says it's nothing",
        "it's not a clot, I'm sure",
    ],
)
def test_less_than_that_clears_nothing(told: Told, words: str) -> None:
    told.say("my calf is swollen and hot since the flight")
    told.say(words)
    assert told.record.emergency.status == "open"


@pytest.mark.parametrize(
    "words", ["the ambulance is here", "an ambulance is on its way", "I'm on my way to the hospital", "I called 911"]
)
def test_help_that_is_coming_attends_to_it(told: Told, words: str) -> None:
    told.say("my chest hurts and I can't breathe")
    told.say(words)
    assert told.record.emergency.status == "attended"


@pytest.mark.parametrize(
    "words", ["should I call 911?", "I won't call an ambulance", "do I need to go to the hospital?"]
)
def test_help_that_is_only_thought_of_does_not(told: Told, words: str) -> None:
    told.say("my calf is swollen and hot since the flight")
    told.say(words)
    assert told.record.emergency.status == "open"


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("I want to kill myself", "acute"),
        ("I tried to kill myself years ago", "past"),
        ("what does an hour cost?", "none"),
    ],
)
def test_the_level_of_a_crisis_follows_the_screening(told: Told, words: str, level: str) -> None:
    assert told.say(words).crisis == level
    assert told.record.crisis.level == level


def test_a_soft_crisis_is_read_from_the_screening(turns: Turns) -> None:
    turns.take(crisis="soft", intent="nlu_fallback")
    assert turns.record.crisis.level == "soft"


def test_the_level_never_falls(told: Told) -> None:
    told.say("I want to kill myself")
    told.say("I tried to kill myself years ago")
    told.say("no, not like that")
    assert told.record.crisis.level == "acute"
    assert LEVELS.index("acute") == len(LEVELS) - 1


# References


def test_a_condition_understood_from_a_reference_is_open_and_uncertain(told: Told) -> None:
    told.say("my sister had a blood clot")
    assert told.open == []
    changes = told.say("same here")
    assert changes.understood == changes.warn == ("blood_clot",)
    (entry,) = told.record.open
    assert (entry.id, entry.words, entry.certain, entry.turn) == ("blood_clot", "same here", False, 2)


def test_what_is_mentioned_is_kept_for_references(told: Told) -> None:
    told.say("my sister had a blood clot")
    told.say("who should not get this?", topic="faq/contraindications", intent="faq")
    assert {entry.whose for entry in told.record.mentioned} == {"other", "list"}
    for _ in range(REMEMBERED):
        told.say("my sister had a blood clot")
    assert len(told.record.mentioned) == REMEMBERED


# Staff, and records of before


def test_what_staff_have_looked_at_is_set_aside_and_counts_again_when_disclosed_again() -> None:
    after = cleared(HealthRecord(open=(CLOT,), warned=("blood_clot", "hernia"), notes=("x",)))
    assert after == HealthRecord(cleared=(CLOT,), warned=("hernia",), notes=("x",))
    assert cleared(after) == after


@pytest.mark.parametrize(
    ("status", "after"),
    [
        ("none", "none"),
        ("open", "cleared_by_staff"),
        ("attended", "cleared_by_staff"),
        ("cleared_by_visitor", "cleared_by_visitor"),
    ],
)
def test_staff_clear_an_emergency(status: str, after: str) -> None:
    record = HealthRecord(emergency=Emergency("general", status))  # type: ignore[arg-type]
    assert cleared(record).emergency.status == after


def test_staff_clear_no_crisis() -> None:
    record = HealthRecord(crisis=Crisis("acute", 2))
    assert cleared(record).crisis == record.crisis


def test_an_emergency_in_a_record_of_version_1_is_open_conditions_only(told: Told) -> None:
    old = {"version": 1, "open": [{"id": "suspected_dvt", "words": "x"}], "warned": [], "reminders": 3, "asked": True}
    told.record = HealthRecord.from_slot(old)
    assert told.record.open == (Disclosure("suspected_dvt", "x"),)
    assert told.record.asked
    told.say("hello", intent="greet")
    assert told.record.to_slot()["version"] == 2
