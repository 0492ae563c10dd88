"""What the Rasa files say, with the line of everything: intents, slots, phrases, responses, rules, topics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import yaml

from lamoon.knowledge.reading import Value, parse
from lamoon.screening.condition import EMERGENCY_TEXTS

DOMAIN = "domain.yml"
TOPICS = "data/topics.yml"
_TRAINING_DATA = re.compile(r"^(nlu|rules|stories|responses):", re.MULTILINE)


@dataclass(frozen=True)
class Name:
    """A name and where it stands."""

    name: str
    file: str
    line: int


@dataclass(frozen=True)
class Phrase:
    """One training phrase; the label of a retrieval intent's phrase is `intent/kind`."""

    text: str
    label: str
    file: str
    line: int

    @property
    def intent(self) -> str:
        return self.label.split("/")[0]


@dataclass(frozen=True)
class Filling:
    """How a slot is filled; `refused` are the intents of `not_intent`."""

    kind: str
    intents: frozenset[str]
    refused: frozenset[str]
    line: int


@dataclass(frozen=True)
class Slot:
    """A slot of the domain."""

    name: str
    line: int
    fillings: tuple[Filling, ...]


@dataclass(frozen=True)
class Button:
    """A choice under a response; `payload` comes back as the visitor's message."""

    title: str
    payload: str
    file: str
    line: int


@dataclass(frozen=True)
class Response:
    """A response with its texts, the line of each and its metadata."""

    name: str
    file: str
    line: int
    texts: tuple[tuple[str, int], ...]
    buttons: tuple[Button, ...]
    metadata: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Step:
    """A step of a rule or story: kind is `intent`, `action` or `active_loop`."""

    kind: str
    name: str
    file: str
    line: int


@dataclass(frozen=True)
class Topic:
    """A topic of the guide."""

    id: str
    title: str
    section: str
    line: int


@dataclass(frozen=True)
class Assistant:
    """The whole of it."""

    intents: tuple[Name, ...]
    actions: tuple[Name, ...]
    slots: tuple[Slot, ...]
    forms: Mapping[str, tuple[str, ...]]
    responses: tuple[Response, ...]
    phrases: tuple[Phrase, ...]
    flows: tuple[Name, ...]
    steps: tuple[Step, ...]
    topics: tuple[Topic, ...]

    @cached_property
    def by_label(self) -> Mapping[str, list[Phrase]]:
        """The phrases of each label, labels in the order of the files."""
        found: dict[str, list[Phrase]] = {}
        for phrase in self.phrases:
            found.setdefault(phrase.label, []).append(phrase)
        return found

    @cached_property
    def questions(self) -> Mapping[str, str]:
        """The slot that each `utter_ask_...` of a form asks for."""
        return {f"utter_ask_{form}_{slot}": slot for form, slots in self.forms.items() for slot in slots}


def read_assistant(files: Mapping[str, str]) -> Assistant:
    """Read `domain.yml` and `data/`. Raises KnowledgeError, which names file and line."""
    domain = parse(files.get(DOMAIN, ""), DOMAIN).fields("domain")
    data = [
        parse(text, path).fields(path)
        for path, text in sorted(files.items())
        if path.startswith("data/") and path.endswith(".yml") and _TRAINING_DATA.search(text)
    ]
    flows = [flow for document in data for kind in ("rules", "stories") for flow in _list(document, kind)]
    return Assistant(
        intents=tuple(_names(_list(domain, "intents"))),
        actions=tuple(_names(_list(domain, "actions"))),
        slots=tuple(_slot(name, value) for name, value in _entries(domain, "slots")),
        forms={name.name: tuple(_required(value)) for name, value in _entries(domain, "forms")},
        responses=tuple(
            _response(name, value) for document in (domain, *data) for name, value in _entries(document, "responses")
        ),
        phrases=tuple(phrase for document in data for entry in _list(document, "nlu") for phrase in _phrases(entry)),
        flows=tuple(_flow(flow) for flow in flows),
        steps=tuple(step for flow in flows for step in _steps(flow)),
        topics=tuple(_topics(files)),
    )


def _list(fields: Mapping[str, Value], name: str) -> list[Value]:
    return fields[name].items(name) if name in fields else []


def _entries(fields: Mapping[str, Value], name: str) -> Iterator[tuple[Name, Value]]:
    """The named entries below a field, names with their lines."""
    if name in fields:
        values = fields[name].fields(name)
        for key in fields[name].node.value:
            place = Value(fields[name].file, key[0])
            yield Name(place.text("name"), place.file, place.line), values[place.text("name")]


def _names(values: list[Value]) -> Iterator[Name]:
    for value in values:
        yield Name(value.text("name"), value.file, value.line)


def _slot(name: Name, value: Value) -> Slot:
    fillings = _list(value.fields(name.name), "mappings")
    return Slot(name.name, name.line, tuple(_filling(filling) for filling in fillings))


def _filling(value: Value) -> Filling:
    fields = value.fields("mapping")
    return Filling(
        fields["type"].text("type") if "type" in fields else "",
        frozenset(_one_or_more(fields, "intent")),
        frozenset(_one_or_more(fields, "not_intent")),
        value.line,
    )


def _one_or_more(fields: Mapping[str, Value], name: str) -> list[str]:
    if name not in fields:
        return []
    value = fields[name]
    items = value.items(name) if isinstance(value.node, yaml.SequenceNode) else [value]
    return [item.text(name) for item in items]


def _required(value: Value) -> Iterator[str]:
    for slot in _list(value.fields("form"), "required_slots"):
        yield slot.text("slot")


def _response(name: Name, value: Value) -> Response:
    texts, buttons, metadata = [], [], []
    for variation in value.items(name.name):
        fields = variation.fields(name.name)
        if "text" in fields:
            texts.append((fields["text"].text(name.name), fields["text"].line))
            given = fields["metadata"].fields("metadata") if "metadata" in fields else {}
            metadata.append({key: field.text(key) for key, field in given.items()})
        for button in _list(fields, "buttons"):
            parts = button.record("button", {"title", "payload"})
            title, payload = parts["title"].text("title"), parts["payload"].text("payload")
            buttons.append(Button(title, payload, button.file, button.line))
    return Response(name.name, name.file, name.line, tuple(texts), tuple(buttons), tuple(metadata))


def _phrases(entry: Value) -> Iterator[Phrase]:
    fields = entry.record("training phrases", {"intent", "examples"}, {"metadata"})
    label, examples = fields["intent"].text("intent"), fields["examples"]
    if "metadata" in fields:
        _check_emergency_text(fields["metadata"])
    for offset, line in enumerate(examples.text("examples").splitlines(), start=1):
        if line.strip():
            if not line.startswith("- ") or not line[2:].strip():
                raise Value(examples.file, examples.node).error(
                    f"{label}: expected a phrase after '- ', found {line!r}"
                )
            yield Phrase(line[2:].strip(), label, examples.file, examples.line + offset)


def _check_emergency_text(metadata: Value) -> None:
    """A misspelt name would train a kind of emergency for which there is no text."""
    text = metadata.record("metadata", {"text"})["text"]
    if text.text("text") not in EMERGENCY_TEXTS:
        raise text.error(f"expected one of {', '.join(EMERGENCY_TEXTS)}, found {text.text('text')!r}")


def _flow(flow: Value) -> Name:
    fields = flow.fields("rule or story")
    name = fields.get("rule") or fields.get("story")
    if name is None:
        raise flow.error("expected a rule or a story with a name")
    return Name(name.text("name"), flow.file, flow.line)


def _steps(flow: Value) -> Iterator[Step]:
    fields = flow.fields("rule or story")
    for step in (*_list(fields, "condition"), *_list(fields, "steps")):
        yield from _step(step)


def _step(step: Value) -> Iterator[Step]:
    fields = step.fields("step")
    for other in _list(fields, "or"):
        yield from _step(other)
    for kind in ("intent", "action", "active_loop"):
        if kind in fields and fields[kind].node.tag != "tag:yaml.org,2002:null":
            yield Step(kind, fields[kind].text(kind), step.file, step.line)


def _topics(files: Mapping[str, str]) -> Iterator[Topic]:
    for entry in _list(parse(files.get(TOPICS, ""), TOPICS).fields("topics file"), "topics"):
        fields = entry.fields("topic")
        for name in ("id", "title", "section"):
            if name not in fields:
                raise entry.error(f"topic: the field {name!r} is missing")
        topic_id, title, section = (fields[name].text(name) for name in ("id", "title", "section"))
        yield Topic(topic_id, title, section, entry.line)
