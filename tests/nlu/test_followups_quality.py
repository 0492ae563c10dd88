"""The trained model on follow-ups that it has never seen, each read in the conversation before it."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.log_utils import configure_structlog

from lamoon.settings import PROJECT

RIGHT = 0.85


@pytest.fixture(scope="module")
def agent(model: Path) -> Agent:
    """The assistant without servers: responses need none."""
    configure_structlog(logging.WARNING)  # Rasa's debug lines hold the text of messages
    return Agent.load(str(model))


def label_of(parsed: dict[str, Any]) -> str:
    """The topic or kind that was understood, or the intent where it has none."""
    question = parsed["questions"][0]
    return str(question["topic"] or question["intent"])


async def heard_after(agent: Agent, context: str, text: str, sender: str) -> str:
    """Return what is understood of `text` right after `context`."""
    await agent.handle_text(context, sender_id=sender)
    tracker = await agent.tracker_store.retrieve(sender)
    assert isinstance(tracker, DialogueStateTracker)
    assert agent.processor
    return label_of(await agent.processor.parse_message(UserMessage(text, sender_id=sender), tracker))


async def test_follow_ups_are_read_with_what_was_talked_about(agent: Agent) -> None:
    lines = (PROJECT / "tests" / "data" / "followups_test.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    right = [
        await heard_after(agent, entry["context"], entry["text"], f"follow-up-{number}") in entry["labels"]
        for number, entry in enumerate(entries)
    ]
    print(f"{sum(right)} of {len(right)} follow-ups are right")
    assert sum(right) / len(right) >= RIGHT


async def test_the_same_words_alone_are_read_otherwise(agent: Agent) -> None:
    context = "Can I use a foam roller every day?"
    assert await heard_after(agent, context, "why?", "with-context") == "faq/daily_smr"
    assert label_of(await agent.parse_message("why?")) != "faq/daily_smr"
