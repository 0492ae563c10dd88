"""Compares what the assistant said and did with what a scenario expects; each function returns what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from fnmatch import fnmatchcase
from typing import Any

from lamoon.booking.request import BookingRequest, Condition
from lamoon.contract import Label, topic_of
from lamoon.scenarios.scenario import Expected

Reply = Mapping[str, Any]


def check_replies(expected: Sequence[Expected] | None, replies: Sequence[Reply]) -> list[str]:
    """Whether these are the replies, in this order, and no others; None allows any. Silence is always wrong."""
    problems = [f"reply {i} is silent" for i, reply in enumerate(replies, 1) if not str(reply.get("text", "")).strip()]
    if expected is None:
        return problems if replies else ["expected a reply, got silence"]
    wanted = _stretched(expected, len(replies))
    if len(wanted) != len(replies):
        problems.append(f"expected {len(wanted)} replies, got {len(replies)}")
    for number, (one, reply) in enumerate(zip(wanted, replies, strict=False), 1):
        problems += [f"reply {number}: {problem}" for problem in _check_reply(one, reply)]
    return problems


def _stretched(expected: Sequence[Expected], length: int) -> list[Expected]:
    """`expected` with "any number of replies" written out, so that it fits `length` replies where it can."""
    gaps = [at for at, wanted in enumerate(expected) if wanted.more]
    if not gaps:
        return list(expected)
    before, after = list(expected[: gaps[0]]), list(expected[gaps[0] + 1 :])
    return before + [Expected()] * (length - len(before) - len(after)) + after


def response_name(reply: Reply) -> str:
    """The response that a reply was made of; "" for a text of an action."""
    return str((reply.get("metadata") or {}).get("utter_action", ""))


def button_titles(reply: Reply) -> tuple[str, ...]:
    """The titles of its buttons."""
    return tuple(str(button["title"]) for button in reply.get("buttons") or [])


def _check_reply(wanted: Expected, reply: Reply) -> list[str]:
    metadata = reply.get("metadata") or {}
    text = str(reply.get("text", "")).casefold()
    problems = [f"does not say {words!r}" for words in wanted.says if words.casefold() not in text]
    problems += [f"says {words!r}" for words in wanted.not_says if words.casefold() in text]
    if wanted.response is not None and not fnmatchcase(response_name(reply), wanted.response):
        problems.append(f"expected {wanted.response}, got {response_name(reply) or 'a text of an action'}")
    if wanted.topic is not None and topic_of(metadata.get("topic")) != wanted.topic:
        problems.append(f"expected the topic {Label.of_topic(wanted.topic)}, got {metadata.get('topic')}")
    if wanted.buttons is not None and button_titles(reply) != wanted.buttons:
        problems.append(f"expected the buttons {list(wanted.buttons)}, got {list(button_titles(reply))}")
    for name, value in wanted.metadata.items():
        if metadata.get(name) != value:
            problems.append(f"expected {name} = {value!r} in its metadata, got {metadata.get(name)!r}")
    return problems


def check_slots(expected: Mapping[str, Any], slots: Mapping[str, Any]) -> list[str]:
    """Whether these slots have these values; lists may be in any order, and an empty one is the same as none."""
    problems = []
    for name, value in expected.items():
        got = slots.get(name)
        same = sorted(got or []) == sorted(value) if isinstance(value, list) else got == value
        if not same:
            problems.append(f"slot {name}: expected {value!r}, got {got!r}")
    return problems


def check_request(expected: Mapping[str, Any], request: BookingRequest | None) -> list[str]:
    """Whether the row is as expected; `health_words_has` looks for a part."""
    if request is None:
        return ["no request with the reference that was told is stored"]
    row: dict[str, Any] = {
        **{
            name: getattr(request, name)
            for name in ("kind", "hold", "name", "wish", "screening", "channel", "consent", "details")
        },
        "contact": str(request.contact),
        "conditions": _ids(request.conditions),
        "retracted": _ids(request.retracted),
    }
    problems = []
    for name, value in expected.items():
        if name == "health_words_has":
            if str(value).casefold() not in request.health_words.casefold():
                problems.append(f"request: {value!r} is not in health_words, which are {request.health_words!r}")
        elif row[name] != (sorted(value) if isinstance(value, list) else value):
            problems.append(f"request: expected {name} = {value!r}, got {row[name]!r}")
    return problems


def check_mail(expected: Mapping[str, Sequence[str]], mail: EmailMessage | None) -> list[str]:
    """Whether the mail came and has these parts."""
    if mail is None:
        return ["no mail about the reference reached the studio"]
    body = mail.get_body()
    parts = {"subject": str(mail["Subject"]), "body": str(body.get_content()) if body else ""}
    problems = []
    for key, words in expected.items():
        part, _, rule = key.partition("_")
        for word in words:
            if (word.casefold() in parts[part].casefold()) is (rule == "has_not"):
                verb = "must not have" if rule == "has_not" else "has not"
                problems.append(f"mail: the {part} {verb} {word!r}: {parts[part]!r}")
    return problems


def _ids(conditions: Sequence[Condition]) -> list[str]:
    return sorted(condition.id for condition in conditions)
