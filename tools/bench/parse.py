"""Parsing over HTTP: how fast, and how often the topic is right."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from lamoon.contract import TOPIC_INTENT, topic_of

FALLBACK = "nlu_fallback"


@dataclass(frozen=True)
class Question:
    """A question and the topics and intents that are right for it."""

    text: str
    right: frozenset[str]
    is_faq: bool


def read_questions(file: Path) -> list[Question]:
    """The lines of a file of labelled questions."""
    entries = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        Question(
            text=entry["text"],
            right=frozenset(_bare(label) for label in (entry["label"], *entry.get("also", []))),
            is_faq=bool(topic_of(entry["label"])),
        )
        for entry in entries
    ]


def parse(client: httpx.Client, text: str) -> dict[str, Any]:
    """What the server reads in a text."""
    answer = client.post("/model/parse", json={"text": text})
    answer.raise_for_status()
    parsed: dict[str, Any] = answer.json()
    return parsed


def parse_milliseconds(client: httpx.Client, questions: list[Question]) -> list[float]:
    """The time of each question, one after the other, from the request to the read answer."""
    times = []
    for question in questions:
        started = time.perf_counter()
        parse(client, question.text)
        times.append((time.perf_counter() - started) * 1000)
    return times


def served_topic(parsed: dict[str, Any]) -> str:
    """What would be answered: a topic, another intent, or `nlu_fallback`."""
    return _topic(parsed, str((parsed.get("intent") or {}).get("name")))


def best_guess(parsed: dict[str, Any]) -> str:
    """The same, as if nothing had been too unsure to answer."""
    served = served_topic(parsed)
    if served != FALLBACK:
        return served
    ranking = [str(entry["name"]) for entry in parsed.get("intent_ranking", [])]
    return _topic(parsed, next((name for name in ranking if name != FALLBACK), FALLBACK))


def _topic(parsed: dict[str, Any], intent: str) -> str:
    if intent != TOPIC_INTENT:
        return _bare(intent)
    return str(parsed["response_selector"][TOPIC_INTENT]["response"]["intent_response_key"])


def _bare(label: str) -> str:
    """Topics keep their name; of other labels only the intent counts."""
    return label if topic_of(label) else label.split("/", maxsplit=1)[0]
