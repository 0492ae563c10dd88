"""Play a scenario against an assistant and compare the result with the expectations."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from fnmatch import fnmatchcase
from typing import Any, Protocol

from lamoon.booking.request import LENGTH, PREFIX, SIGNS, BookingRequest, DisclosedCondition
from lamoon.contract import Label, topic_of
from lamoon.scenarios.scenario import NONE, ButtonClick, Expected, Scenario, ScenarioTurn, ServerSwitch

Reply = Mapping[str, Any]


def check_replies(expected: Sequence[Expected] | None, replies: Sequence[Reply]) -> list[str]:
    """Return the differences from the expected replies, in order; None allows any. Silence is always wrong."""
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
    """Return `expected` with "any number of replies" expanded to `length` replies if possible."""
    gaps = [at for at, wanted in enumerate(expected) if wanted.more]
    if not gaps:
        return list(expected)
    before, after = list(expected[: gaps[0]]), list(expected[gaps[0] + 1 :])
    return before + [Expected()] * (length - len(before) - len(after)) + after


def response_name(reply: Reply) -> str:
    """Return the response of a reply; "" for a text of an action."""
    return str((reply.get("metadata") or {}).get("utter_action", ""))


def button_titles(reply: Reply) -> tuple[str, ...]:
    """Return the titles of its buttons."""
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
    """Return the slots with other values than expected; lists may be in any order, and an empty one equals a missing
    one.
    """
    problems = []
    for name, value in expected.items():
        got = slots.get(name)
        same = sorted(got or []) == sorted(value) if isinstance(value, list) else got == value
        if not same:
            problems.append(f"slot {name}: expected {value!r}, got {got!r}")
    return problems


def check_request(expected: Mapping[str, Any], request: BookingRequest | None) -> list[str]:
    """Return the differences of the row from the expected one; `health_words_has` expects a substring."""
    if request is None:
        return ["no stored request has the reference that the assistant gave"]
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
    """Return what is missing in the mail, or that it did not arrive."""
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


def _ids(conditions: Sequence[DisclosedCondition]) -> list[str]:
    return sorted(condition.id for condition in conditions)


REFERENCE = re.compile(f"{PREFIX}[{SIGNS}]{{{LENGTH}}}")
BROKEN = re.compile(r"^Traceback \(most recent call last\)|\bException\b", re.MULTILINE)


class AssistantUnderTest(Protocol):
    """The runner's interface of an assistant; `Assistant` is the real one."""

    def say(self, sender: str, text: str) -> list[dict[str, Any]]: ...
    def tracker(self, sender: str) -> dict[str, Any]: ...
    def requests(self, sender: str) -> list[BookingRequest]: ...
    def mail(self, reference: str) -> EmailMessage | None: ...
    def events_kept(self, sender: str) -> int: ...
    def switch_actions(self, up: bool) -> None: ...
    def logs(self) -> Mapping[str, str]: ...


class ScenarioFailure(AssertionError):  # noqa: N818
    """An expectation that did not hold."""


@dataclass(frozen=True)
class PlayedTurn:
    """A turn with what the visitor said, the replies, and what is not as expected."""

    turn: ScenarioTurn
    said: str
    replies: Sequence[Reply]
    problems: Sequence[str]


class ScenarioRun:
    """One conversation, played from its first message to its last. `prefix` is the prefix of its name in Rasa."""

    def __init__(self, scenario: Scenario, assistant: AssistantUnderTest, prefix: str = "scenario") -> None:
        self.sender = f"{prefix}-{uuid.uuid4().hex}"
        self._scenario = scenario
        self._left = list(scenario.steps)
        self._logged = {name: len(log) for name, log in assistant.logs().items()}
        self._assistant = assistant
        self._dialogue: list[str] = []
        self._replies: list[dict[str, Any]] = []
        self._reference = ""

    def prepare(self) -> None:
        """Play the turns before the action server is first killed. Raises ScenarioFailure."""
        while self._left and not _kills(self._left[0]):
            self._step(self._left.pop(0))

    def run(self) -> None:
        """Play the remaining turns. Raises ScenarioFailure at the first turn that goes wrong."""
        while self._left:
            self._step(self._left.pop(0))
        if any(_kills(step) for step in self._scenario.steps):
            return  # Rasa logs that it finds no action server
        for name, log in self._assistant.logs().items():
            new = log[self._logged.get(name, 0) :]
            if BROKEN.search(new):
                self._fail(self._scenario.name, [f"the {name} log contains an exception:\n{new[-2000:]}"])

    def conversation(self) -> list[PlayedTurn]:
        """Plays it to its end, whatever the replies, or to where no reply comes or the button to press is not there."""
        played: list[PlayedTurn] = []
        for step in self._scenario.steps:
            if isinstance(step, ScenarioTurn) and all(one.replies for one in played):
                played.append(self._played(step))
        return played

    def _step(self, step: ScenarioTurn | ServerSwitch) -> None:
        if isinstance(step, ScenarioTurn):
            self._turn(step)
        else:
            self._assistant.switch_actions(step.up)
            self._dialogue.append(f"      (action server {'up' if step.up else 'down'})")

    def _turn(self, turn: ScenarioTurn) -> None:
        problems = self._played(turn).problems
        if problems:
            self._fail(turn.place, problems)

    def _played(self, turn: ScenarioTurn) -> PlayedTurn:
        text = self._payload(turn.user) if isinstance(turn.user, ButtonClick) else turn.user
        said = turn.user.title if isinstance(turn.user, ButtonClick) else turn.user
        if text is None:
            titles = [title for reply in self._replies for title in button_titles(reply)]
            return PlayedTurn(turn, said, (), [f"there is no button {said!r} to press; the buttons are {titles}"])
        self._dialogue.append(f"user: {_short(text)}")
        try:
            self._replies = self._assistant.say(self.sender, text)
        except AssertionError as problem:
            return PlayedTurn(turn, said, (), [str(problem)])
        for reply in self._replies:
            self._dialogue.append(shown(reply))
            given = REFERENCE.findall(str(reply.get("text", "")))
            self._reference = given[-1] if given else self._reference
        problems = check_replies(turn.bot, self._replies)
        for check in (self._check_memory, self._check_store, self._check_privacy):
            problems += check(turn)
        return PlayedTurn(turn, said, self._replies, problems)

    def _payload(self, press: ButtonClick) -> str | None:
        """What the button sends; None where there is none."""
        buttons = [button for reply in self._replies for button in reply.get("buttons") or []]
        pressed = (one for number, one in enumerate(buttons, 1) if press.title in (one["title"], str(number)))
        return next((str(one["payload"]) for one in pressed), None)

    def _check_memory(self, turn: ScenarioTurn) -> list[str]:
        if not turn.slots and turn.form is None:
            return []
        tracker = self._assistant.tracker(self.sender)
        problems = check_slots(turn.slots, tracker["slots"])
        form = (tracker.get("active_loop") or {}).get("name") or NONE
        if turn.form is not None and form != turn.form:
            problems.append(f"expected the form {turn.form}, got {form}")
        return problems

    def _check_store(self, turn: ScenarioTurn) -> list[str]:
        problems: list[str] = []
        if turn.request == NONE:
            stored = self._assistant.requests(self.sender)
            problems += [f"expected no request, but {len(stored)} are stored"] if stored else []
        elif isinstance(turn.request, Mapping):
            ours = {request.reference: request for request in self._assistant.requests(self.sender)}
            problems += check_request(turn.request, ours.get(self._reference))
        if turn.mail is not None:
            problems += check_mail(turn.mail, self._assistant.mail(self._reference) if self._reference else None)
        return problems

    def _check_privacy(self, turn: ScenarioTurn) -> list[str]:
        problems = []
        if turn.forgotten:
            rows, events = len(self._assistant.requests(self.sender)), self._assistant.events_kept(self.sender)
            problems += [f"not forgotten: {rows} requests and {events} events are left"] if rows or events else []
        logs = self._assistant.logs() if turn.not_logged else {}
        found: Callable[[str, str], bool] = lambda words, log: words.casefold() in log.casefold()  # noqa: E731
        problems += [f"{w!r} is in the {n} log" for w in turn.not_logged for n, log in logs.items() if found(w, log)]
        return problems

    def _fail(self, place: str, problems: Sequence[str]) -> None:
        lines = "\n".join(f"  - {problem}" for problem in problems)
        dialogue = "\n".join(self._dialogue)
        raise ScenarioFailure(f"{place} ({self._scenario.description})\n{lines}\nThe dialogue so far:\n{dialogue}")


def play(scenario: Scenario, assistant: AssistantUnderTest) -> None:
    """Play a scenario in its own conversation. Raises ScenarioFailure."""
    ScenarioRun(scenario, assistant).run()


def _kills(step: ScenarioTurn | ServerSwitch) -> bool:
    return isinstance(step, ServerSwitch) and not step.up


def _short(text: str) -> str:
    line = repr(text) if not text.isprintable() or not text else text
    return line if len(line) <= 200 else f"{line[:200]}... ({len(text)} characters)"


def shown(reply: Mapping[str, Any]) -> str:
    """Return a reply as a line of a dialogue."""
    buttons = button_titles(reply)
    offered = f" {list(buttons)}" if buttons else ""
    return f"bot:  [{response_name(reply) or 'action'}] {_short(str(reply.get('text', '')))}{offered}"
