"""The contents of the Rasa files with line numbers: intents, slots, phrases, responses, rules, topics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property

from lamoon.screening.conditions import CARING_TEXTS, EMERGENCY_TEXTS
from lamoon.yaml_file import Value, parse

DOMAIN = "domain.yml"
TOPICS = "data/topics.yml"
NULL = "tag:yaml.org,2002:null"
_TRAINING_DATA = re.compile(r"^(nlu|rules|stories|responses):", re.MULTILINE)


@dataclass(frozen=True)
class Name:
    """A name and its place."""

    name: str
    file: str
    line: int


@dataclass(frozen=True)
class Phrase:
    """One training phrase; the label of a retrieval intent's phrase is `intent/kind`. `voice`: its author."""

    text: str
    label: str
    file: str
    line: int
    voice: str = ""

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

    def taken(self, names: Set[str]) -> frozenset[str]:
        """Return the intents among `names` whose messages fill the slot, by Rasa's rules for mappings."""
        return frozenset(name for name in names if name in self.intents or not (self.intents or name in self.refused))


@dataclass(frozen=True)
class Slot:
    """A slot of the domain."""

    name: str
    line: int
    fillings: tuple[Filling, ...]


@dataclass(frozen=True)
class DomainButton:
    """A choice under a response; `payload` comes back as the visitor's message."""

    title: str
    payload: str
    file: str
    line: int


@dataclass(frozen=True)
class DomainResponse:
    """A response with its texts, the line of each and its metadata."""

    name: str
    file: str
    line: int
    texts: tuple[tuple[str, int], ...]
    buttons: tuple[DomainButton, ...]
    metadata: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class StoryStep:
    """A step of a rule or story: kind is `intent`, `action` or `active_loop`."""

    kind: str
    name: str
    file: str
    line: int


@dataclass(frozen=True)
class Rule:
    """A rule: the intents of its first step, and the forms in which it applies ("": outside of forms)."""

    intents: frozenset[str]
    forms: frozenset[str]


@dataclass(frozen=True)
class DomainTopic:
    """A topic of the guide."""

    id: str
    title: str
    section: str
    line: int


@dataclass(frozen=True)
class Assistant:
    """The contents of all Rasa files."""

    intents: tuple[Name, ...]
    actions: tuple[Name, ...]
    slots: tuple[Slot, ...]
    forms: Mapping[str, tuple[str, ...]]
    responses: tuple[DomainResponse, ...]
    phrases: tuple[Phrase, ...]
    flows: tuple[Name, ...]
    steps: tuple[StoryStep, ...]
    rules: tuple[Rule, ...]
    topics: tuple[DomainTopic, ...]

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
    """Read `domain.yml` and `data/`. Raises ConfigurationError, which names file and line."""
    domain = parse(files.get(DOMAIN, ""), DOMAIN)
    data = [
        parse(text, path)
        for path, text in sorted(files.items())
        if path.startswith("data/") and path.endswith(".yml") and _TRAINING_DATA.search(text)
    ]
    flows = [flow for document in data for kind in ("rules", "stories") for flow in document.get(kind).items()]
    forms = {name: value.get("required_slots").texts() for name, value in domain.get("forms").fields().items()}
    return Assistant(
        intents=tuple(_names(domain.get("intents"))),
        actions=tuple(_names(domain.get("actions"))),
        slots=tuple(_slot(name, value) for name, value in domain.get("slots").fields().items()),
        forms=forms,
        responses=tuple(
            _response(name, value)
            for document in (domain, *data)
            for name, value in document.get("responses").fields().items()
        ),
        phrases=tuple(
            phrase for document in data for entry in document.get("nlu").items() for phrase in _phrases(entry)
        ),
        flows=tuple(_flow(flow) for flow in flows),
        steps=tuple(step for flow in flows for step in _steps(flow)),
        rules=tuple(_rule(rule, forms) for document in data for rule in document.get("rules").items()),
        topics=tuple(_topics(files)),
    )


def _names(values: Value) -> Iterator[Name]:
    for value in values.items():
        yield Name(value.text(), value.file, value.line)


def _slot(name: str, value: Value) -> Slot:
    return Slot(name, value.line, tuple(_filling(filling) for filling in value.get("mappings").items()))


def _filling(value: Value) -> Filling:
    return Filling(
        value.get("type").text(default=""),
        frozenset(value.get("intent").texts()),
        frozenset(value.get("not_intent").texts()),
        value.line,
    )


def _response(name: str, value: Value) -> DomainResponse:
    texts, buttons, metadata = [], [], []
    for variation in value.items():
        if "text" in variation:
            texts.append((variation["text"].text(), variation["text"].line))
            metadata.append({key: given.text() for key, given in variation.get("metadata").fields().items()})
        for button in variation.get("buttons").items():
            button.only("title", "payload", "main", "beside")
            buttons.append(DomainButton(button["title"].text(), button["payload"].text(), button.file, button.line))
    return DomainResponse(name, value.file, value.line, tuple(texts), tuple(buttons), tuple(metadata))


def _phrases(entry: Value) -> Iterator[Phrase]:
    entry.only("intent", "examples", "metadata")
    label, examples = entry["intent"].text(), entry["examples"]
    metadata = entry.get("metadata")
    if not metadata.is_missing:
        metadata.only("text", "voice")
    if "text" in metadata:
        # A misspelt name would train a kind of emergency without a text.
        metadata["text"].one_of((*EMERGENCY_TEXTS, *CARING_TEXTS))
    voice = metadata.get("voice").text(default="")
    for line, text in enumerate(examples.text().splitlines(), examples.text_line):
        if text.strip():
            if not text.startswith("- ") or not text[2:].strip():
                examples.fail(f"{text!r} is not a phrase of {label}", "a phrase after '- '", "- hello", line=line)
            yield Phrase(text[2:].strip(), label, examples.file, line, voice)


def _flow(flow: Value) -> Name:
    name = flow["story"] if "story" in flow else flow["rule"]
    return Name(name.text(), flow.file, flow.line)


def _steps(flow: Value) -> Iterator[StoryStep]:
    for step in (*flow.get("condition").items(), *flow.get("steps").items()):
        yield from _step(step)


def _step(step: Value) -> Iterator[StoryStep]:
    for other in step.get("or").items():
        yield from _step(other)
    for kind in ("intent", "action", "active_loop"):
        if not step.get(kind).is_missing:
            yield StoryStep(kind, step[kind].text(), step.file, step.line)


def _rule(rule: Value, forms: Mapping[str, object]) -> Rule:
    steps = [step for value in rule.get("steps").items()[:1] for step in _step(value)]
    holds = [
        "" if condition.get("active_loop").is_missing else condition["active_loop"].text()
        for condition in rule.get("condition").items()
        if "active_loop" in condition
    ]
    return Rule(
        frozenset(step.name.split("/")[0] for step in steps if step.kind == "intent"),
        frozenset(holds or ("", *forms)),
    )


def _topics(files: Mapping[str, str]) -> Iterator[DomainTopic]:
    for entry in parse(files.get(TOPICS, ""), TOPICS).get("topics").items():
        topic_id, title, section = (entry[name].text() for name in ("id", "title", "section"))
        yield DomainTopic(topic_id, title, section, entry.line)
