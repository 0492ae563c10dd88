"""The studio's lessons laid over the project's files: what a training reads, and what an engineer exports."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

import lamoon
from lamoon.contract import RESPONSE_PREFIX, Label
from lamoon.knowledge.provenance import load_responses
from lamoon.project import PROJECT, VARIABLE
from lamoon.teaching.lessons import Lesson, LessonError
from lamoon.teaching.phrases import diff, read_phrases, with_added
from lamoon.understanding.vector_file import FOLDER as VECTOR_FOLDER
from lamoon.understanding.vector_file import VARIABLE as VECTORS

CODE: Final = Path(lamoon.__file__).parents[1]
FILES: Final = ("config.yml", "domain.yml", "credentials.yml", "endpoints.yml")
RESPONSES, PHRASES = "data/responses/studio.yml", "data/nlu/studio.yml"
"""Files that only lessons fill."""
OWN_FACT: Final = f"{RESPONSE_PREFIX}fact/"
"""The response that holds a fact in the studio's words: texts of responses travel with the model."""


def changed_files(lessons: Sequence[Lesson], base: Path = PROJECT) -> dict[str, str]:
    """The text of each file that the lessons change or add, by its path in the project.

    Raises:
        LessonError: when a lesson belongs to an answer, fact or label that the files do not have any more.
    """
    files: dict[str, str] = {}
    new = [one for one in lessons if one.kind == "question"]
    own = {one.label for one in new}
    more: dict[str, dict[str, None]] = {}
    for lesson in lessons:
        if lesson.kind == "wordings" and lesson.label not in own:
            more.setdefault(lesson.label, {}).update(dict.fromkeys(lesson.wordings))
    phrases = read_phrases(base)
    if lost := [label for label in more if label not in phrases.blocks]:
        raise LessonError(f"The topic {lost[0]} no longer exists in data/nlu/: drop its wordings.")
    files |= with_added(phrases, more)
    places = _places(base)
    for lesson in (one for one in lessons if one.kind == "answer"):
        response = Label.parse(lesson.label).response
        if response not in places:
            raise LessonError(f"There is no answer {response} in data/responses/ any more: drop its change.")
        path = places[response]
        files[path] = _with_answer(_text(files, base, path), response, lesson)
    for lesson in (one for one in lessons if one.kind == "fact"):
        path = f"data/facts/{lesson.label.partition('/')[0]}.yml"
        files[path] = _with_fact(_text(files, base, path), lesson)
    responses = _own_responses(lessons)
    if responses:
        files[RESPONSES] = responses
    if new:
        extra = {
            one.label: [two.wordings for two in lessons if two.kind == "wordings" and two.label == one.label]
            for one in new
        }
        files[PHRASES] = _own_phrases(new, extra)
    return files


def lay(lessons: Sequence[Lesson], folder: Path, base: Path = PROJECT) -> None:
    """Copies the files that a training reads into `folder`, with the lessons in them. Raises LessonError."""
    changed = changed_files(lessons, base)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    for name in FILES:
        shutil.copyfile(base / name, folder / name)
    shutil.copytree(base / "data", folder / "data", copy_function=shutil.copyfile)
    for path, text in changed.items():
        (folder / path).write_text(text, encoding="utf-8")


def training_environment(project: Path) -> dict[str, str]:
    """What a training in a folder needs of the environment: this code, and the caches of the project itself."""
    return {
        VARIABLE: str(project),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(CODE), os.environ.get("PYTHONPATH")))),
        "RASA_CACHE_DIRECTORY": str(PROJECT / ".rasa" / "cache"),
        VECTORS: str(VECTOR_FOLDER),
    }


def as_patch(lessons: Sequence[Lesson], base: Path = PROJECT) -> str:
    """The lessons as a unified diff for `git apply` in the project. Raises LessonError."""
    return diff(base, changed_files(lessons, base))


# Editing YAML in place, so that a patch shows what changed and comments stay


def _with_answer(text: str, response: str, lesson: Lesson) -> str:
    item = _field(_field(_root(text), "responses"), response)
    variations = item.value if isinstance(item.value, list) else []
    if not variations:
        raise LessonError(f"There is no answer {response} any more: drop its change.")
    kept = _field(variations[0], "text")
    text = _replaced(text, kept, lesson.text)
    others = _field(_field(_root(text), "responses"), response).value[1:]
    return _without_lines(text, others) if others else text


def _with_fact(text: str, lesson: Lesson) -> str:
    """Return a file of facts with the lesson's words; plainer words of the old ones go."""
    text = _replaced(text, _field(_fact(text, lesson.label), "text"), lesson.text)
    fact = _fact(text, lesson.label)
    return _without_lines(text, [value for key, value in fact.value if key.value == "plain"])


def _fact(text: str, label: str) -> MappingNode:
    name = label.partition("/")[2]
    lists = [node for key, node in _root(text).value if key.value in ("facts", "silent")]
    for item in (item for node in lists for item in node.value):
        if _field(item, "id").value == name:
            assert isinstance(item, MappingNode)
            return item
    raise LessonError(f"There is no fact {label} in data/facts/ any more: drop its change.")


def _replaced(text: str, node: Node, value: str) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    after = len(text[start:end]) - len(text[start:end].rstrip())
    return f"{text[:start]}{_quoted(value)}{text[end - after :]}"


def _without_lines(text: str, nodes: Iterable[Node]) -> str:
    lines = text.splitlines(keepends=True)
    spans = [(node.start_mark.line, node.end_mark.line) for node in nodes]
    gone = {line for first, last in spans for line in range(first, max(last, first + 1))}
    return "".join(line for number, line in enumerate(lines) if number not in gone)


def _root(text: str) -> MappingNode:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, MappingNode)
    return root


def _field(node: Node, name: str) -> Node:
    for key, value in node.value if isinstance(node, MappingNode) else ():
        if isinstance(key, ScalarNode) and key.value == name:
            found: Node = value
            return found
    raise LessonError(f"The files have no {name} any more: drop its change.")


def _text(files: Mapping[str, str], base: Path, path: str) -> str:
    try:
        return files.get(path) or (base / path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LessonError(f"There is no file {path} any more: drop its change.") from None


def _places(base: Path) -> dict[str, str]:
    """The file of each response."""
    paths = (path for path in sorted((base / "data" / "responses").glob("*.yml")) if path.name != "studio.yml")
    return {response.key: path.relative_to(base).as_posix() for path in paths for response in _responses_in(path)}


def _responses_in(path: Path) -> list[Any]:
    return load_responses(path) if re.search(r"^responses:", path.read_text(encoding="utf-8"), re.MULTILINE) else []


def _own_responses(lessons: Sequence[Lesson]) -> str:
    """The file with the answers to the studio's own questions, and facts in its words."""
    rows = []
    for one in lessons:
        if one.kind in ("question", "fact"):
            name = Label.parse(one.label).response if one.kind == "question" else f"{OWN_FACT}{one.label}"
            note = f"  # {one.title}: said by {one.staff} on {one.at:%Y-%m-%d}\n"
            rows.append(f"{note}  {name}:\n    - text: {_quoted(one.text)}\n")
    return f'version: "3.1"\nresponses:\n{"".join(rows)}' if rows else ""


def _own_phrases(questions: Sequence[Lesson], extra: Mapping[str, Iterable[Sequence[str]]]) -> str:
    rows = []
    for one in questions:
        wordings = dict.fromkeys([*one.wordings, *(wording for some in extra[one.label] for wording in some)])
        lines = "".join(f"    - {wording}\n" for wording in wordings)
        rows.append(f"- intent: {one.label}\n  metadata: {{voice: studio}}\n  examples: |\n{lines}")
    return f'version: "3.1"\nnlu:\n{"".join(rows)}'


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split()) if "\n" not in text else text, ensure_ascii=False)
