"""What was told stays told: random conversations, in and out of forms, in which nobody names a mistake."""

from __future__ import annotations

import random
from typing import Any

import pytest

from lamoon.contract import BOOKING_HOLD, HEALTH_RECORD
from lamoon.dialogue.plan import plan_turn
from lamoon.dialogue.reading import read_turn
from lamoon.screening import Screener
from lamoon.screening.screener import summary

WALKS = 10_000
TOLD = {
    "blood_clot": "I had a blood clot in my leg",
    "tumor_cancer": "I'm having chemo for breast cancer",
    "open_wound": "there's an open wound on my back",
    "infection": "my skin is infected",
    "recent_fracture": "I broke my wrist last week",
}
ANYTHING = (
    "never mind, forget it. what is fascia?", "forget it", "scratch that", "it is for my shoulder", "I was wrong about the time, it's Thursday",
    "that was for my insurance", "hello", "thanks", "bye", "how much is it?", "does it hurt?", "can I come tomorrow?", "no", "yes", "ok",
    "my mum says it's nothing", "it's basically healed", "my doctor is fine with it", "book", "stop", "talk to a person", "my sister had a stroke",
    "me too", "what do you know about me?", "the second one", "who should not have it?", "Ann Lee", "ann@example.com", "Friday after five",
    "none of these", "only my shoulders then", "my calf is swollen and hot", "a doctor looked at it, all fine", "I don't want to live any more",
    "I'm only joking", "can I use a roller?", "🙂", "", "asdf", "my dad has a new clot too",
)  # fmt: skip
INTENTS = (
    "faq", "affirm", "deny", "nlu_fallback", "book_appointment", "out_of_scope", "greet", "thank", "goodbye", "stop", "report_condition",
    "inform", "handoff_to_human", "ask_prices", "feedback_negative",
)  # fmt: skip
SLOW = ("affirm",)  # "yes" to "shall I take it off your notes?" does take it off


@pytest.fixture(scope="module")
def readings(screener: Screener) -> dict[str, dict[str, Any]]:
    conditions = screener.catalogue.conditions.values()
    emergencies = frozenset(one.id for one in conditions if one.severity == "emergency")
    found = {}
    for text in (*ANYTHING, *TOLD.values()):
        message = screener.read(text)
        found[text] = {"text": text, "safety": dict(summary(message)), "turn": read_turn(message, emergencies)}
    return found


def test_what_was_told_is_open_and_held_at_the_end(screener: Screener, readings: dict[str, dict[str, Any]]) -> None:
    dice = random.Random(14)  # the same walks every time
    for _ in range(WALKS):
        told = dice.choice(list(TOLD))
        slots: dict[str, Any] = {}
        texts = [dice.choice(ANYTHING) for _ in range(dice.randint(2, 6))]
        texts.insert(dice.randint(0, len(texts) - 1), TOLD[told])
        since = False
        for text in texts:
            parsed = readings[text]
            pending = (slots.get(HEALTH_RECORD) or {}).get("pending")
            intents = [intent for intent in INTENTS if not (pending and intent in SLOW)]
            name = "emergency" if parsed["safety"]["outcome"] == "emergency" else dice.choice(intents)
            message = {**parsed, "intent": {"name": name, "confidence": dice.random()}}
            form = dice.choice(("", "", "booking_form", "handoff_form"))
            slots |= plan_turn(slots, message, screener.catalogue, form, bool(form) and dice.random() < 0.5).slots
            since = since or text == TOLD[told]
            if since:
                assert told in [entry["id"] for entry in slots[HEALTH_RECORD]["open"]], texts
                assert slots[BOOKING_HOLD] is True, texts
