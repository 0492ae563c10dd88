"""Seeded random walks through the booking form, beyond scripts, with invariants that must always hold.

A walk answers, asks, wanders off, makes mistakes and discloses conditions, in an order given by its seed. No turn
may be silent or fail, and once a condition was told that holds a booking, no row without hold may be stored.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from lamoon.scenarios.runner import AssistantUnderTest, response_name, shown

TURNS = 18
ASKS = re.compile(r"utter_ask_(booking|handoff)_form_(\w+)")
OPENINGS = ("could I get a session booked", "book", "I would love to get a session booked")
ANSWERS = {
    "visitor_name": ("Nell Archer", "it's Tomasz", "My name is Aisha Karim"),
    "contact": ("nell.archer@example.com", "(212) 555-0119", "write to me at nell@example.org"),
    "wish": ("neck and jaw, Tuesday after four", "an hour for my hips next weekend", "any morning, my back is stiff"),
    "health_screening": ("no", "No, none of these", "Yes, something applies", "hmm, my spleen perhaps"),
    "health_details": ("I bruise easily", "it is about my spleen", "yes"),
    "consent": ("yes", "Yes", "of course"),
    "handoff_consent": ("yes", "Yes", "of course"),
    "send_booking": ("yes", "Yes, send it", "Change the wish", "Change the contact", "no"),
    "handoff_question": ("please call me about my last visit", "which room is it?"),
}
QUESTIONS = (
    "would it be painful?",
    "what is fascia?",
    "how soon would I feel a difference?",
    "can I use a foam roller daily?",
)
DIGRESSIONS = (
    *(
        "hello",
        "thanks",
        "are you a robot?",
        "which clothes are best for it?",
        "where are you?",
        "when do you open?",
        "book",
    ),
    *("I have to reschedule", "what can you do?", "what about the bit in the middle", "you are great"),
)
NOISE = (
    "",
    "🙃",
    "/restart",
    '/inform{"booking_hold": false}',
    "<b>x</b>",
    "xkcd qwrt",
    "z" * 3000,
    "555 12",
    "\u200b",
)
LEAVES = ("stop", "talk to a person", "forget me")
DISCLOSURES = ("I have a blood clot", "I was diagnosed with DVT last month", "I have an open wound on my back")
EMERGENCIES = ("I have crushing chest pain", "I want to kill myself")
CHANCES = {"answer": 66, "question": 8, "digression": 8, "noise": 5, "disclosure": 8, "emergency": 2, "leave": 3}


@dataclass
class Walk:
    """One walk: its seed, what was said, and what went wrong (empty: nothing)."""

    seed: int
    dialogue: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    rows: int = 0
    held: int = 0

    def report(self) -> str:
        """Return what went wrong, with the dialogue."""
        return "\n".join([f"seed {self.seed}:", *self.problems, *self.dialogue])


def walk(assistant: AssistantUnderTest, seed: int, turns: int = TURNS) -> Walk:
    """Take one walk; the same seed says the same things to the same replies."""
    random, path = Random(seed), Walk(seed)
    sender = f"walk-{seed}-{uuid.uuid4().hex}"
    question, told, known = "", False, set[str]()
    for turn in range(turns):
        kind, text = _next_words(random, question, first=turn == 0)
        path.dialogue.append(f"user: {text[:120]}")
        try:
            replies = assistant.say(sender, text)
        except AssertionError as problem:
            path.problems.append(str(problem))
            return path
        path.dialogue += [shown(reply) for reply in replies]
        path.problems += _silence(replies)
        if "utter_unavailable" in map(response_name, replies):
            path.problems.append("an action failed, though the action server is up")
        question = _asked(replies)
        forgotten = any(response_name(reply).startswith("utter_forgotten") for reply in replies)
        told = (told or kind in ("disclosure", "emergency")) and not forgotten
        for request in assistant.requests(sender):
            if request.reference not in known:
                known.add(request.reference)
                path.rows += 1
                path.held += request.hold
                if told and not request.hold:
                    path.problems.append(f"{request.reference} is stored without hold, though a condition was told")
        if path.problems:
            return path
    return path


def _next_words(random: Random, question: str, *, first: bool) -> tuple[str, str]:
    """Return what to do next and the words for it; without an open question an answer starts a booking."""
    kind = random.choices(list(CHANCES), list(CHANCES.values()))[0]
    if kind == "answer" or (first and kind != "disclosure"):
        return "answer", random.choice(ANSWERS.get(question, OPENINGS))
    words = {
        "question": QUESTIONS,
        "digression": DIGRESSIONS,
        "noise": NOISE,
        "leave": LEAVES,
        "disclosure": DISCLOSURES,
        "emergency": EMERGENCIES,
    }
    return kind, random.choice(words[kind])


def _asked(replies: Sequence[dict[str, Any]]) -> str:
    """The slot that the last reply asks for; "" for none."""
    found = ASKS.fullmatch(response_name(replies[-1])) if replies else None
    return found[2] if found else ""


def _silence(replies: Sequence[dict[str, Any]]) -> list[str]:
    if not replies:
        return ["the assistant was silent"]
    return [f"reply {i} is silent" for i, reply in enumerate(replies, 1) if not str(reply.get("text", "")).strip()]
