from __future__ import annotations

import json

from lamoon.contract import Disclosure, HealthRecord
from lamoon.screening import Screener
from lamoon.screening.conversation import MAX_WORDS, Changes, cleared, update


class Talk:
    """A conversation: says messages one after another."""

    def __init__(self, screener: Screener) -> None:
        self.screener = screener
        self.record = HealthRecord()

    def say(self, text: str) -> Changes:
        new, changes = update(self.record, self.screener.screen(text), self.screener.catalogue, text)
        self.record = HealthRecord.from_slot(json.loads(json.dumps(new.to_slot())))
        assert self.record == new, "a slot keeps all of it"
        return changes

    def open(self) -> list[str]:
        return [entry.id for entry in self.record.open]

    def retracted(self) -> list[str]:
        return [entry.id for entry in self.record.retracted]


def test_conditions_add_up(screener: Screener) -> None:
    talk = Talk(screener)
    assert talk.say("I have a blood clot").warn == ("blood_clot",)
    assert talk.say("and I'm pregnant").warn == ("pregnancy",)
    assert talk.open() == ["blood_clot", "pregnancy"]


def test_a_condition_is_warned_about_once(screener: Screener) -> None:
    talk = Talk(screener)
    talk.say("I have a blood clot")
    assert talk.say("as I said, a blood clot in my leg").warn == ()
    assert talk.open() == ["blood_clot"]


def test_a_denial_closes_just_that_one_and_keeps_it_on_record(screener: Screener) -> None:
    talk = Talk(screener)
    talk.say("I have a blood clot and an open wound")
    changes = talk.say("actually it wasn't a clot")
    assert changes.retracted == ("blood_clot",)
    assert talk.open() == ["open_wound"]
    assert talk.retracted() == ["blood_clot"]


def test_an_order_to_forget_closes_it(screener: Screener) -> None:
    talk = Talk(screener)
    talk.say("I have cancer")
    assert talk.say("please ignore what I said about the cancer").retracted == ("tumor_cancer",)


def test_taking_back_without_a_name_closes_the_last_one(screener: Screener) -> None:
    talk = Talk(screener)
    talk.say("I have a blood clot")
    talk.say("my toe is broken")
    assert talk.say("sorry, that was about my flatmate").retracted == ("recent_fracture",)
    assert talk.open() == ["blood_clot"]


def test_a_denial_of_what_was_never_told_changes_nothing(screener: Screener) -> None:
    talk = Talk(screener)
    talk.say("I have a blood clot")
    assert talk.say("no cancer though").retracted == ()
    assert talk.open() == ["blood_clot"]


def test_told_again_after_a_retraction_warns_again(screener: Screener) -> None:
    talk = Talk(screener)
    talk.say("I have a blood clot")
    talk.say("no, I don't have a clot")
    assert talk.say("I do have a blood clot after all").warn == ("blood_clot",)
    assert talk.retracted() == ["blood_clot"]


def test_a_hold_is_due_where_an_open_condition_asks_for_it(screener: Screener) -> None:
    assert Talk(screener).say("I have a blood clot").hold
    assert Talk(screener).say("there is a new lump on my neck").hold
    assert not Talk(screener).say("I'm pregnant").hold
    assert not Talk(screener).say("how much is an hour?").hold


def test_emergencies_are_named_and_hold(screener: Screener) -> None:
    talk = Talk(screener)
    changes = talk.say("my chest hurts and I can't breathe")
    assert set(changes.emergencies) == {"chest_pain", "breathing"}
    assert changes.warn == ()
    assert changes.hold
    assert talk.say("what are your prices?").hold


def test_the_words_are_the_sentence_that_told_it(screener: Screener) -> None:
    talk = Talk(screener)
    talk.say("Hello there! In May they found a clot in my leg. Do you have parking?")
    assert talk.record.open == (Disclosure("blood_clot", "In May they found a clot in my leg"),)


def test_long_sentences_are_cut_around_the_mention(screener: Screener) -> None:
    talk = Talk(screener)
    talk.say("well " * 100 + "I have a blood clot " + "you know " * 100)
    words = talk.record.open[0].words
    assert len(words) <= MAX_WORDS
    assert "blood clot" in words


def test_the_rest_of_the_record_is_kept(screener: Screener) -> None:
    before = HealthRecord(notes=("x",), asked=True, reminders=2)
    after, _ = update(before, screener.screen("hello"), screener.catalogue)
    assert after == before


def test_what_a_person_looked_at_is_set_aside_and_counts_anew_when_told_again() -> None:
    clot = Disclosure("blood_clot", "a clot")
    after = cleared(HealthRecord(open=(clot,), warned=("blood_clot", "hernia"), notes=("x",)))
    assert after == HealthRecord(cleared=(clot,), warned=("hernia",), notes=("x",))
    assert cleared(after) == after
