"""Reads scenario files; every mistake in one is told with its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from lamoon.scenarios.scenario import (
    ANYTHING,
    MAIL_KEYS,
    MORE,
    NONE,
    REPLY_KEYS,
    REQUEST_KEYS,
    STEP_KEYS,
    WHATEVER,
    Expected,
    Press,
    Scenario,
    ScenarioError,
    Switch,
    Turn,
)

FRAGMENTS = "fragments"


def load_scenario(path: Path, root: Path) -> Scenario:
    """The scenario in `path`, with its fragments from `root`/fragments put in. Raises ScenarioError."""
    top = _File(path, root)
    steps = tuple(_steps(top, (path.resolve(),)))
    if not any(isinstance(step, Turn) for step in steps):
        top.wrong(1, "nobody says anything", "at least one step `- user: ...` with `bot: ...`")
    return Scenario(top.name, top.description, steps, top.texts(top.data, "tags"))


class _File:
    """One file: `data` is its mapping, `name` what to call it."""

    def __init__(self, path: Path, root: Path) -> None:
        self.name = str(path.relative_to(root)) if path.is_relative_to(root) else path.name
        self.root = root
        try:
            data = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
        except OSError as error:
            self.wrong(1, f"cannot be read ({error.strerror})", "a readable file")
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.wrong(mark.line + 1 if mark else 1, f"is not YAML: {error.problem}", "YAML with description and steps")
        if not isinstance(data, dict):
            self.wrong(1, "holds no fields", "lines `description: ...` and `steps: ...`")
        self.data: Mapping[str, Any] = data
        self.only(data, ("description", "tags", "include", "steps"))
        self.description = self.text(data, "description")

    def wrong(self, line: int, problem: str, expected: str) -> Any:
        """Raises ScenarioError about a line of this file."""
        raise ScenarioError(self.name, line, problem, expected)

    def line(self, node: Any, key: Any = None) -> int:
        """Where `key` of a mapping or list stands."""
        lines = node.lc
        if key is None:
            return int(lines.line) + 1
        return int((lines.item(key) if isinstance(node, list) else lines.key(key))[0]) + 1

    def only(self, node: Mapping[str, Any], known: Sequence[str]) -> None:
        """Makes sure that a mapping has no other keys than `known`."""
        for key in node:
            if key not in known:
                self.wrong(self.line(node, key), f"does not know `{key}`", f"one of {', '.join(known)}")

    def text(self, node: Mapping[str, Any], key: str) -> str:
        """The text of a key, which must be there."""
        value = node.get(key)
        if not isinstance(value, str) or (key != "user" and not value.strip()):
            line = self.line(node, key) if key in node else self.line(node)
            self.wrong(
                line, f"`{key}` is no text", f"`{key}: some text` (in quotes where it looks like something else)"
            )
        return str(value)

    def mapping(self, node: Mapping[str, Any], key: str, known: Sequence[str] | None = None) -> Mapping[str, Any]:
        """The mapping of a key; an empty one where it is not there."""
        value = node.get(key, {})
        if not isinstance(value, dict):
            self.wrong(self.line(node, key), f"`{key}` holds no fields", f"`{key}: {{name: value}}`")
        if known is not None:
            self.only(value, known)
        return dict(value)

    def texts(self, node: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """The texts of a key: one, or a list of them."""
        value = node.get(key, [])
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str) for one in values):
            self.wrong(self.line(node, key), f"`{key}` holds something that is no text", f'`{key}: ["some words"]`')
        return tuple(str(one) for one in values)


def _steps(file: _File, stack: tuple[Path, ...]) -> Iterator[Turn | Switch]:
    for name in file.texts(file.data, "include"):
        yield from _fragment(file, name, file.line(file.data, "include"), stack)
    steps = file.data.get("steps", [])
    if not isinstance(steps, list):
        file.wrong(file.line(file.data, "steps"), "`steps` is no list", "steps that start with `- user:`")
    for index, step in enumerate(steps):
        line = file.line(steps, index)
        if not isinstance(step, dict):
            file.wrong(line, "a step holds no fields", "`- user: ...`, `- include: ...` or `- action_server: ...`")
        if "include" in step:
            file.only(step, ("include",))
            yield from _fragment(file, file.text(step, "include"), line, stack)
        elif "action_server" in step:
            file.only(step, ("action_server",))
            if step["action_server"] not in ("up", "down"):
                file.wrong(line, f"`action_server: {step['action_server']}` is neither", "up or down")
            yield Switch(f"{file.name}:{line}", step["action_server"] == "up")
        else:
            yield _turn(file, step, line)


def _fragment(file: _File, name: str, line: int, stack: tuple[Path, ...]) -> Iterator[Turn | Switch]:
    path = (file.root / FRAGMENTS / f"{name}.yml").resolve()
    if path in stack:
        names = " includes ".join(one.stem for one in (*stack[stack.index(path) :], path))
        file.wrong(line, f"the fragments go round in a circle: {names}", "fragments that end")
    if not path.is_file():
        there = ", ".join(sorted(one.stem for one in (file.root / FRAGMENTS).glob("*.yml"))) or "none"
        file.wrong(line, f"there is no fragment `{name}`", f"one of: {there}")
    yield from _steps(_File(path, file.root.resolve()), (*stack, path))


def _turn(file: _File, step: Mapping[str, Any], line: int) -> Turn:
    file.only(step, STEP_KEYS)
    if "bot" not in step:
        file.wrong(line, "the step does not say what the assistant answers", "`bot: ...` below `user: ...`")
    bot = step["bot"] if isinstance(step["bot"], list) else [step["bot"]]
    if bot.count(MORE) > 1:
        file.wrong(file.line(step, "bot"), f"`{MORE}` stands there twice", f"one `{MORE}` at most")
    request = step.get("request")
    if request is not None and request != NONE:
        request = file.mapping(step, "request", REQUEST_KEYS)
    mail = file.mapping(step, "mail", MAIL_KEYS)
    return Turn(
        place=f"{file.name}:{line}",
        user=_user(file, step),
        bot=None if bot == [WHATEVER] else tuple(_expected(file, reply, file.line(step, "bot")) for reply in bot),
        slots=file.mapping(step, "slots"),
        form=file.text(step, "form") if "form" in step else None,
        request=request,
        mail={key: file.texts(step["mail"], key) for key in mail} if mail else None,
        forgotten=step.get("forgotten") is True,
        not_logged=file.texts(step, "not_logged"),
    )


def _user(file: _File, step: Mapping[str, Any]) -> str | Press:
    said = step.get("user")
    if not isinstance(said, dict):
        return file.text(step, "user")
    if set(said) == {"press"}:
        return Press(file.text(said, "press"))
    if set(said) == {"repeat", "times"} and isinstance(said["times"], int):
        return file.text(said, "repeat") * int(said["times"])
    return str(
        file.wrong(file.line(step, "user"), "`user` is unclear", "text, {press: ...} or {repeat: ..., times: 9}")
    )


def _expected(file: _File, reply: Any, line: int) -> Expected:
    if reply == MORE:
        return Expected(more=True)
    if isinstance(reply, str) and (reply == ANYTHING or reply.startswith("utter_")):
        return Expected(None if reply == ANYTHING else reply)
    if not isinstance(reply, dict):
        file.wrong(
            line,
            f"`{reply}` is no reply",
            f"utter_something, {ANYTHING}, {WHATEVER} alone, or fields such as says: [...]",
        )
    file.only(reply, REPLY_KEYS)
    return Expected(
        response=file.text(reply, "response") if "response" in reply else None,
        topic=file.text(reply, "topic") if "topic" in reply else None,
        says=file.texts(reply, "says"),
        not_says=file.texts(reply, "not_says"),
        buttons=file.texts(reply, "buttons") if "buttons" in reply else None,
        metadata=file.mapping(reply, "metadata"),
    )
