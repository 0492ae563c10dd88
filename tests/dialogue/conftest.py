"""Conversations without Rasa: from what was read, or from the words of the visitor."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lamoon.contract import HealthRecord
from lamoon.dialogue.plan import plan_turn
from lamoon.dialogue.reading import TURN, read_turn
from lamoon.dialogue.reply import Plan
from lamoon.dialogue.signs import MESSAGES, adds_up, with_sum
from lamoon.screening import Catalogue, Screener
from lamoon.screening.screener import summary
from lamoon.screening.second_opinion import Thresholds, combine

SURE = 0.9


@pytest.fixture(scope="session")
def catalogue(screener: Screener) -> Catalogue:
    return screener.catalogue


def emergencies(catalogue: Catalogue) -> frozenset[str]:
    return frozenset(one.id for one in catalogue.conditions.values() if one.severity == "emergency")


def reading(screener: Screener, text: str) -> dict[str, Any]:
    """Return what a message does in its conversation, by the rules alone."""
    return read_turn(screener.read(text), emergencies(screener.catalogue))


def parse_result(
    screener: Screener, text: str, *, earlier: tuple[str, ...] = (), intent: str = "report_condition", topic: str = ""
) -> dict[str, Any]:
    """A parse result as Rasa's pipeline writes it, with the intent that the classifier would have found."""
    read = screener.read(text)
    found = with_sum(summary(read), adds_up(earlier, read, screener), text)
    return {
        "text": text,
        "intent": {"name": "emergency" if found["outcome"] == "emergency" else intent, "confidence": SURE},
        "questions": [{"topic": topic}],
        "safety": combine(found, {}, Thresholds()),
        TURN: read_turn(read, emergencies(screener.catalogue)),
    }


class Talk:
    """A conversation in the visitor's words, screened by the rules."""

    def __init__(self, screener: Screener) -> None:
        self.screener = screener
        self.slots: dict[str, Any] = {}
        self.texts: list[str] = []

    def say(
        self,
        text: str,
        intent: str = "report_condition",
        topic: str = "",
        form: str = "",
        answers: bool = False,
        asks_list: bool = False,
    ) -> Plan:
        """One message; returns the plan of the reply."""
        earlier = tuple(self.texts[-MESSAGES:])
        parsed = parse_result(self.screener, text, earlier=earlier, intent=intent, topic=topic)
        step = plan_turn(self.slots, parsed, self.screener.catalogue, form, answers, asks_list)
        self.slots |= json.loads(json.dumps(step.slots))
        if parsed[TURN]["signs"]:  # as lamoon/nlu/safety_screening.py chooses them
            self.texts.append(text)
        return step.plan

    def ask(self, text: str, topic: str) -> Plan:
        """A question about a topic of the guide."""
        return self.say(text, "faq", f"faq/{topic}")

    @property
    def record(self) -> HealthRecord:
        return HealthRecord.from_slot(self.slots.get("health_ledger"))

    @property
    def open(self) -> list[str]:
        return [entry.id for entry in self.record.open]


class Turns:
    """A conversation of which only the reading is given: each message is (id, status) pairs, acts, an intent."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.values: dict[str, Any] = {}

    def take(
        self,
        *mentions: tuple[str, str],
        acts: tuple[str, ...] = (),
        intent: str = "faq",
        topic: str = "",
        text: str = "the words",
        outcome: str | None = None,
        form: str = "",
        answers: bool = False,
        confidence: float = SURE,
        place: int | None = None,
        of_other: bool = False,
        names_person: bool = False,
        for_other: bool = False,
        corrects: bool = False,
        **safety: Any,
    ) -> Plan:
        """One message; returns the plan of the reply."""
        affirmed = [id for id, status in mentions if status == "affirmed"]
        severe = emergencies(self.catalogue).intersection(affirmed)
        screening = {
            "outcome": outcome or ("emergency" if severe else "warn" if affirmed else "none"),
            "conditions": [{"id": id, "status": status, "text": id, "start": 0, "end": 1} for id, status in mentions],
            "question": False,
            "crisis": "acute" if "suicidal" in affirmed else "past" if ("suicidal", "resolved") in mentions else "",
            **safety,
        }
        turn = {"acts": list(acts), "place": place, "of_other": of_other}
        turn |= {"names_person": names_person, "for_other": for_other, "corrects": corrects}
        parsed = {
            "text": text,
            "intent": {
                "name": "emergency" if screening["outcome"] == "emergency" else intent,
                "confidence": confidence,
            },
            "questions": [{"topic": topic}],
            "safety": screening,
            TURN: turn,
        }
        step = plan_turn(self.values, parsed, self.catalogue, form, answers)
        self.values |= json.loads(json.dumps(step.slots))
        return step.plan

    @property
    def record(self) -> HealthRecord:
        return HealthRecord.from_slot(self.values.get("health_ledger"))

    @property
    def open(self) -> list[str]:
        return [entry.id for entry in self.record.open]


@pytest.fixture
def talk(screener: Screener) -> Talk:
    return Talk(screener)


@pytest.fixture
def turns(catalogue: Catalogue) -> Turns:
    return Turns(catalogue)
