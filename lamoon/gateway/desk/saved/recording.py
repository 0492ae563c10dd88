"""From what Rasa keeps of a conversation to a scenario: the same file that the project's tests play."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML

from lamoon.contract import topic_of
from lamoon.scenarios.scenario import ANYTHING

SECOND_QUESTION = "second_question"
"""In the metadata of a message that the visitor did not send by itself."""
WIDTH = 120


@dataclass(frozen=True)
class Recorded:
    """One turn: the `user` and `bot` of a scenario's step, and for reading what was said by both."""

    user: str | dict[str, str]
    bot: list[Any]
    said: str = field(repr=False)
    replies: Sequence[str] = field(repr=False)


def record(events: Iterable[Mapping[str, Any]], mask: Callable[[str], str]) -> list[Recorded]:
    """The turns since the conversation's last pause. `mask` takes personal data out of what is kept."""
    turns: list[Recorded] = []
    payloads: dict[str, str] = {}
    for said, replies in _turns(events):
        text = str(said.get("text") or "")
        # What a button stands for may change; its title is what the visitor pressed.
        user: str | dict[str, str] = {"press": payloads[text]} if text in payloads else mask(text)
        bot = [_expected(reply) for reply in replies]
        turns.append(Recorded(user, bot, mask(text), [mask(str(reply.get("text") or "")) for reply in replies]))
        payloads = {button["payload"]: button["title"] for reply in replies for button in _buttons(reply)}
    return turns


def as_yaml(description: str, tags: Sequence[str], turns: Sequence[Recorded]) -> str:
    """The scenario's file."""
    steps = [{"user": turn.user, "bot": turn.bot[0] if len(turn.bot) == 1 else turn.bot} for turn in turns]
    text = io.StringIO()
    yaml = YAML()
    yaml.width = WIDTH  # type: ignore[assignment]
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump({"description": description, **({"tags": list(tags)} if tags else {}), "steps": steps}, text)
    return text.getvalue()


def file_name(title: str) -> str:
    """The name of a scenario's file, without its ending; "" where the title has no letter or digit."""
    return "_".join(re.findall(r"[a-z0-9]+", title.lower()))[:60].strip("_")


def _turns(events: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
    found: list[tuple[Mapping[str, Any], list[Mapping[str, Any]]]] = []
    for event in events:
        if event["event"] == "session_started":
            found = []
        elif event["event"] == "user" and not (event.get("metadata") or {}).get(SECOND_QUESTION):
            found.append((event, []))
        elif event["event"] == "bot" and found:
            found[-1][1].append(event)
    # A message without an answer is none that can be expected again.
    yield from (turn for turn in found if turn[1])


def _expected(reply: Mapping[str, Any]) -> Any:
    """What a scenario expects: the response, of an answer from the guide its topic; words of an action may say anything."""
    metadata = reply.get("metadata") or {}
    response = str(metadata.get("utter_action") or "")
    topic = topic_of(metadata.get("topic"))
    if topic:
        return {"topic": topic} if not response else {"response": response, "topic": topic}
    return response or ANYTHING


def _buttons(reply: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    return (reply.get("data") or {}).get("buttons") or ()
