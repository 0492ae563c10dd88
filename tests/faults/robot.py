"""A visitor who books, reads before typing on, and tells of a blood clot when one question is open."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
import yaml
from web.serving import until
from web.visitor import Visitor, letters, text_of

from faults.breaking import Fault, under
from lamoon.settings import PROJECT

CLOT = "I have a blood clot in my leg (DVT)"
BEFORE = "before the form"
ANSWERS = {
    "visitor_name": "Dana Whitfield",
    "contact": "dana.whitfield@example.com",
    "wish": "an hour on my stiff lower back, Wednesday or Friday before noon",
    "health_screening": "No, none of these",
    "health_details": "None of these",
    "consent": "Yes",
    "send_booking": "Yes, send it",
}
AGAIN = {"contact": "utter_ask_contact_again", "health_screening": "utter_ask_health_again"}
"""Shorter forms of questions that are asked once more."""
STEPS = (BEFORE, "visitor_name", "contact", "wish", "health_screening", "consent", "send_booking")
"""What is open when the clot is told."""
BOOK = "I'd like to book a session"
SENT = re.compile(r"your reference is (LM-\w+)")
KEPT = re.compile(r"\b(kept|keep|saved?)\b.*\banswer|\banswer.*\b(kept|keep|saved?)\b", re.IGNORECASE | re.DOTALL)
"""The honest sentence while a store is away: the message is kept, and it will be answered."""
NO_ANSWER = ("notice", "apology")
ANSWER_SECONDS = 90.0
MOST_TURNS = 25


class NoAnswerError(Exception):
    """An accepted message was not answered in time."""


@dataclass
class Robot:
    """One conversation. `notices` is what was read while an answer was missing, with the seconds that it took.

    `refused` is why the latest message was not accepted at once. `longest_silence`: seconds from the acceptance of a
    message to the first word after it, an answer or a notice. `reads_apologies`: an apology counts as an answer, after
    which the visitor goes on.
    """

    visitor: Visitor
    reads_apologies: bool = False
    said: list[str] = field(default_factory=list)
    notices: list[tuple[float, str]] = field(default_factory=list)
    slowest: float = 0.0
    longest_silence: float = 0.0
    refused: str = ""

    def book(self, clot_at: str | None = None, fault: Fault | None = None, strikes: Collection[str] = ()) -> str | None:
        """Books to the end. The request's reference, None where nothing is sent.

        Args:
            clot_at: the question instead of whose answer the visitor tells of a clot; None: never.
            fault: strikes while the visitor tells of the clot.
            strikes: the questions at whose answers it strikes too.

        Raises:
            NoAnswerError: where a message is accepted and not answered.
        """
        told = clot_at is None
        open_question: str | None = BEFORE
        for _ in range(MOST_TURNS):
            if open_question == clot_at and not told:
                told = True
                answer = self.say(CLOT, fault)
            else:
                text = BOOK if open_question in (BEFORE, None) else ANSWERS[open_question]
                answer = self.say(text, fault if open_question in strikes else None)
            if found := SENT.search(answer):
                return found.group(1)
            open_question = question_in(answer)
        return None

    def say(self, text: str, fault: Fault | None = None) -> str:
        """Sends a message as the widget does, and waits for its answer. Raises NoAnswerError."""
        name = str(uuid.uuid4())
        self.said.append(text)
        with ExitStack() as stack:
            read = stack.enter_context(under(fault)) if fault and fault.early else None
            try:
                receipt = until(lambda: self._accepted(name, text), "a receipt", ANSWER_SECONDS)
            except AssertionError as problem:
                raise AssertionError(f"{problem}; the latest refusal: {self.refused}") from None
            if fault and not fault.early:
                read = stack.enter_context(under(fault))
            began = time.monotonic()
            seen = 0
            while time.monotonic() < began + ANSWER_SECONDS:
                messages = [one for one in self._messages(receipt) if one["from"] != "visitor"]
                if messages and not seen:
                    self.longest_silence = max(self.longest_silence, time.monotonic() - began)
                for message in messages[seen:]:
                    if message["kind"] in NO_ANSWER:
                        self.notices.append((round(time.monotonic() - began, 1), words_of(message)))
                seen = len(messages)
                if read and messages:
                    read.set()
                silent = NO_ANSWER[:1] if self.reads_apologies else NO_ANSWER
                answers = [words_of(one) for one in messages if one["from"] == "bot" and one["kind"] not in silent]
                if answers:
                    self.slowest = max(self.slowest, round(time.monotonic() - began, 1))
                    return "\n".join(answers)
                time.sleep(0.05)
        raise NoAnswerError(f"message {len(self.said)} was accepted and not answered in {ANSWER_SECONDS:.0f} s")

    def _accepted(self, name: str, text: str) -> int | None:
        try:
            answer = self.visitor.send(text, name)
        except httpx.HTTPError as problem:
            self.refused = repr(problem)
        else:
            if answer.status_code in (200, 202):
                return int(answer.json()["id"])
            self.refused = f"{answer.status_code} {answer.text}"
        time.sleep(0.2)
        return None

    def _messages(self, after: int) -> list[dict[str, Any]]:
        try:
            answer = self.visitor.get("messages", after=after)
        except httpx.HTTPError:
            return []
        return answer.json()["messages"] if answer.status_code == 200 else []


def words_of(message: dict[str, Any]) -> str:
    """All text of a message."""
    return text_of(message["body"])


def question_in(answer: str) -> str | None:
    """The slot of the last question of the form in an answer; None where there is none."""
    text = letters(answer)
    found = [(text.rfind(words), slot) for slot, words in questions() if words in text]
    return max(found)[1] if found else None


@cache
def questions() -> list[tuple[str, str]]:
    """Each slot of the booking form with the letters of the longest fixed part of its question."""
    responses: dict[str, Any] = {}
    for file in (PROJECT / "data" / "responses").glob("*.yml"):
        responses |= yaml.safe_load(file.read_text(encoding="utf-8")).get("responses", {})
    return [
        (slot, max(map(letters, re.split(r"\{\w+\}", one["text"])), key=len))
        for slot in ANSWERS
        for name in (f"utter_ask_booking_form_{slot}", AGAIN.get(slot, ""))
        for one in responses.get(name, ())
    ]
