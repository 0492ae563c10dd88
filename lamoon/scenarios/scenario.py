"""Scenarios as data, and their file format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lamoon.errors import ScenarioError
from lamoon.yaml_file import Value, parse, read

ANYTHING = "anything"
WHATEVER = "whatever"
MORE = "..."
NONE = "none"


@dataclass(frozen=True)
class Expected:
    """One expected reply. Fields that are None or empty are not compared; `more` matches any number of replies."""

    response: str | None = None
    topic: str | None = None
    says: tuple[str, ...] = ()
    not_says: tuple[str, ...] = ()
    buttons: tuple[str, ...] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    more: bool = False


@dataclass(frozen=True)
class ButtonClick:
    """The visitor presses the button with this title; a number counts from 1."""

    title: str


@dataclass(frozen=True)
class ScenarioTurn:
    """One message of the visitor and its expectations.

    Attributes:
        place: file and line, for messages.
        user: the text, or a button to press.
        bot: the replies; None for any.
        slots: slots of the tracker and their values (lists: in any order).
        form: the form open afterwards, "none" for no form.
        request: the row in the booking store: fields of the last reference given, or "none" for no row at all.
        mail: `subject_has`, `subject_has_not`, `body_has`, `body_has_not` of the mail about it.
        forgotten: nothing of this conversation is left in either database.
        not_logged: words that no server log may contain.
        words: the replies at the time the test was saved, for display; they may differ.
    """

    place: str
    user: str | ButtonClick
    bot: tuple[Expected, ...] | None
    slots: Mapping[str, Any] = field(default_factory=dict)
    form: str | None = None
    request: Mapping[str, Any] | str | None = None
    mail: Mapping[str, tuple[str, ...]] | None = None
    forgotten: bool = False
    not_logged: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class ServerSwitch:
    """The action server is killed or started."""

    place: str
    up: bool


@dataclass(frozen=True)
class Scenario:
    """A conversation to play."""

    name: str
    description: str
    steps: tuple[ScenarioTurn | ServerSwitch, ...]
    tags: tuple[str, ...] = ()

    @property
    def needs_servers(self) -> bool:
        """Whether it needs the servers of a test: the mail, the logs, the databases, or killed servers."""
        return any(
            isinstance(step, ServerSwitch) or step.request or step.mail or step.forgotten or step.not_logged
            for step in self.steps
        )


STEP_KEYS = ("user", "bot", "slots", "form", "request", "mail", "forgotten", "not_logged", "words")
REPLY_KEYS = ("response", "topic", "says", "not_says", "buttons", "metadata")
MAIL_KEYS = ("subject_has", "subject_has_not", "body_has", "body_has_not")
REQUEST_KEYS = (
    *("kind", "hold", "name", "contact", "wish", "screening", "channel", "consent", "details"),
    *("conditions", "retracted", "health_words_has"),
)


FRAGMENTS = "fragments"


def load_scenario(path: Path, root: Path) -> Scenario:
    """Load the scenario in `path`, with its fragments from `root`/fragments included. Raises ScenarioError."""
    return _scenario(_file(path, root), path, root)


def scenario_of(text: str, path: Path, root: Path) -> Scenario:
    """Load a scenario from a text, whether or not `path` exists. Raises ScenarioError."""
    return _scenario(_top(parse(text, path.name, ScenarioError)), path, root)


def _scenario(top: Value, path: Path, root: Path) -> Scenario:
    steps = tuple(_steps(top, root, (path.resolve(),)))
    if not any(isinstance(step, ScenarioTurn) for step in steps):
        top.fail("has no message", "at least one step `- user: ...` with `bot: ...`", "- user: hello")
    return Scenario(top.file, top["description"].text(), steps, top.get("tags").texts())


def _file(path: Path, root: Path) -> Value:
    name = str(path.relative_to(root)) if path.is_relative_to(root) else path.name
    return _top(read(path, ScenarioError, name=name))


def _top(file: Value) -> Value:
    file.only("description", "tags", "include", "steps")["description"].text()
    return file


def _steps(file: Value, root: Path, stack: tuple[Path, ...]) -> Iterator[ScenarioTurn | ServerSwitch]:
    for name in file.get("include").texts():
        yield from _fragment(file["include"], name, root, stack)
    for step in file.get("steps").items("- user: hello"):
        if "include" in step:
            yield from _fragment(step, step.only("include")["include"].text(), root, stack)
        elif "action_server" in step:
            up = step.only("action_server")["action_server"].one_of(("up", "down")) == "up"
            yield ServerSwitch(f"{file.file}:{step.line}", up)
        else:
            yield _turn(step)


def _fragment(place: Value, name: str, root: Path, stack: tuple[Path, ...]) -> Iterator[ScenarioTurn | ServerSwitch]:
    path = (root / FRAGMENTS / f"{name}.yml").resolve()
    if path in stack:
        names = " includes ".join(one.stem for one in (*stack[stack.index(path) :], path))
        place.fail(f"the fragments go round in a circle: {names}", "fragments that end")
    if not path.is_file():
        there = ", ".join(sorted(one.stem for one in (root / FRAGMENTS).glob("*.yml"))) or "none"
        place.fail(f"there is no fragment `{name}`", f"one of: {there}")
    yield from _steps(_file(path, root.resolve()), root, (*stack, path))


def _turn(step: Value) -> ScenarioTurn:
    step.only(*STEP_KEYS, example="- user: hello")
    request, mail = step.get("request"), step.get("mail").only(*MAIL_KEYS).fields()
    none = not request.is_mapping and request.text(default="") == NONE
    return ScenarioTurn(
        place=f"{step.file}:{step.line}",
        user=_user(step["user"]),
        bot=_bot(step["bot"]),
        slots={name: value.data() for name, value in step.get("slots").fields().items()},
        form=step["form"].text() if "form" in step else None,
        request=NONE if none else request.only(*REQUEST_KEYS).data(),
        mail={name: value.texts() for name, value in mail.items()} or None,
        forgotten=step.get("forgotten").flag(default=False),
        not_logged=step.get("not_logged").texts(),
        words=step.get("words").texts(),
    )


def _user(said: Value) -> str | ButtonClick:
    if not said.is_mapping:
        return said.text(default="")
    if "press" in said:
        return ButtonClick(said.only("press")["press"].text())
    return said.only("repeat", "times", example="{press: Send it}")["repeat"].text() * said["times"].whole_number(1)


def _bot(bot: Value) -> tuple[Expected, ...] | None:
    replies = bot.items() if bot.is_list else [bot]
    if len(replies) == 1 and not replies[0].is_mapping and replies[0].text() == WHATEVER:
        return None
    expected = tuple(map(_expected, replies))
    if sum(reply.more for reply in expected) > 1:
        bot.fail(f"`{MORE}` is there twice", f"one `{MORE}` at most", f"[{MORE}, {ANYTHING}]")
    return expected


def _expected(reply: Value) -> Expected:
    if not reply.is_mapping:
        return _named(reply, reply.text())
    reply.only(*REPLY_KEYS, example="{says: [some words]}")
    return Expected(
        response=reply["response"].text() if "response" in reply else None,
        topic=reply["topic"].text() if "topic" in reply else None,
        says=reply.get("says").texts(),
        not_says=reply.get("not_says").texts(),
        buttons=reply["buttons"].texts() if "buttons" in reply else None,
        metadata=reply.get("metadata").data() or {},
    )


def _named(reply: Value, name: str) -> Expected:
    if name == MORE:
        return Expected(more=True)
    if name != ANYTHING and not name.startswith("utter_"):
        expected = f"utter_something, {ANYTHING}, {WHATEVER} alone, or fields such as says: [...]"
        reply.fail(f"`{name}` is not a reply", expected, f"bot: {ANYTHING}")
    return Expected(None if name == ANYTHING else name)
