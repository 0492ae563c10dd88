"""Buttons and topic titles that the trained classifier would misunderstand."""

from __future__ import annotations

import ast
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from lamoon.booking.form import answers_question
from lamoon.contract import Label
from lamoon.errors import ConfigurationError, ModelError
from lamoon.launch.model_file import MODELS, newest_model
from lamoon.text.clean import plain_text
from lamoon.text.spelling import DomainSpelling, read_known_words
from lamoon.understanding.classifier import HybridClassifier
from lamoon.understanding.encoder import SentenceEncoder
from lamoon.understanding.tuned import DELTA, Delta
from tools.checks.assistant import TOPICS, Assistant, DomainButton
from tools.checks.project import Problem, Project, syntax

TRAINED = ("a model as training writes it", "make train")
PARTS = ("classifier.json", "classifier.npz", "words.json")
# Absent from a model that was trained without a tuning.
TUNING = DELTA.name


@dataclass(frozen=True)
class ModelReading:
    """The classification of a message: an intent or `intent/kind`, and the confidence, 0 to 1."""

    label: str
    confidence: float


Understand = Callable[[str], ModelReading]


def understanding(model: Path) -> Understand:
    """Return a function that classifies a message as the pipeline does. Raises ConfigurationError for another
    archive.
    """
    with _unpacked(model) as folder:
        classifier = HybridClassifier.load(folder)
        words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        delta = Delta.load(folder / TUNING) if (folder / TUNING).exists() else None
    spelling = DomainSpelling(words, read_known_words())
    encoder = SentenceEncoder(delta=delta)

    def understand(text: str) -> ModelReading:
        repaired = spelling.repair(plain_text(text))
        prediction = classifier.predict(repaired, encoder.encode([repaired])[0])
        return ModelReading(prediction.labels[0], prediction.confidence)

    return understand


@contextmanager
def _unpacked(model: Path) -> Iterator[Path]:
    """Unpack the files into one folder, regardless of their folders in the archive."""
    with TemporaryDirectory() as folder:
        try:
            with tarfile.open(model) as archive:
                for member in archive:
                    name = Path(member.name).name
                    content = archive.extractfile(member) if name in (*PARTS, TUNING) else None
                    if content:
                        (Path(folder) / name).write_bytes(content.read())
        except (OSError, tarfile.TarError, EOFError) as error:
            raise ConfigurationError(str(model), None, "is not a model archive", *TRAINED) from error
        missing = [name for name in PARTS if not (Path(folder) / name).exists()]
        if missing:
            raise ConfigurationError(str(model), None, f"lacks {', '.join(missing)}", *TRAINED)
        yield Path(folder)


TABLE_FILE = "tools/checks/buttons.py"
RASA_THRESHOLD = 0.3
REGION = "US"
"""The country for phone numbers; no button contains one."""

ASKED_AGAIN = MappingProxyType({"utter_ask_health_again": "health_screening"})
"""Shorter forms of a form's question (lamoon/nlu/studio_responses.py), with the question."""

# The meaning of payloads that are not a topic's title. The buttons of a form's question answer that question instead.
MEANINGS = MappingProxyType(
    {
        "Delete the conversation and keep my request": "forget_me",
        "Delete the conversation and withdraw my request": "forget_me",
        "Does it hurt?": "faq/does_it_hurt",
        "How is it different from deep tissue?": "faq/mfr_vs_deep_tissue",
        "I'd like to book a session": "book_appointment",
        "I'd like to talk to a person": "handoff_to_human",
        "Yes, delete the conversation": "forget_me",
        "No": "deny",
        "Yes": "affirm",
        "no": "deny",
        "no thanks": "deny",
        "No, keep everything": "deny",
        "Stop": "stop",
        "stop": "stop",
        "yes": "affirm",
        "yes please": "affirm",
    }
)


def check_buttons(project: Project) -> list[Problem]:
    """Buttons and topic titles that would be misunderstood."""
    problems = list(_commands(project))
    if project.root is not None:
        with suppress(FileNotFoundError, ModelError):
            return [*problems, *misunderstood(project, understanding(newest_model(project.root / MODELS.name)))]
    return [*problems, Problem("models/", None, "no model", "a trained one: run make train")]


def misunderstood(project: Project, understand: Understand) -> Iterator[Problem]:
    """Yield the buttons that `understand` misclassifies, or classifies below the threshold."""
    assistant, least = project.assistant, threshold(project)
    meanings = {**MEANINGS, **{topic.title: str(Label.of_topic(topic.id)) for topic in assistant.topics}}
    seen: dict[str, ModelReading] = {}
    for button, question in _buttons(project):
        reading = seen.setdefault(button.payload, understand(button.payload))
        meant = meanings.get(button.payload)
        if meant is None and question is None:
            what = f"nothing says what the button {button.payload!r} means"
            yield Problem(button.file, button.line, what, f"an entry in {TABLE_FILE}")
        elif meant is None or (question is not None and reading.label != meant):
            intent = reading.label.split("/")[0] if reading.confidence >= least else "nlu_fallback"
            if not answers_question(str(question), button.payload, intent, reading.confidence, REGION):
                what = f"the button {button.payload!r} does not answer the question for {question}"
                yield Problem(button.file, button.line, what, "a payload that lamoon.booking.form takes")
        elif reading.label != meant or reading.confidence < least:
            what = f"{button.payload!r} is read as {reading.label} with {reading.confidence:.2f}"
            yield Problem(button.file, button.line, what, f"{meant} with at least {least}")


def threshold(project: Project) -> float:
    """Return the confidence below which the pipeline asks back."""
    for component in project.yaml("config.yml")["pipeline"].items():
        if component["name"].text() == "FallbackClassifier":
            return float(component.get("threshold").text(default=str(RASA_THRESHOLD)))
    return RASA_THRESHOLD


def _commands(project: Project) -> Iterator[Problem]:
    for button, _ in _buttons(project):
        if button.payload.lstrip().startswith("/") or "{" in button.payload or "\n" in button.payload:
            what = f"the button {button.title!r} sends {button.payload!r}"
            yield Problem(button.file, button.line, what, "a plain sentence that a visitor could type")


def _buttons(project: Project) -> Iterator[tuple[DomainButton, str | None]]:
    """Yield every button with its form's question, if any."""
    questions: Mapping[str, str] = {**project.assistant.questions, **ASKED_AGAIN}
    for response in project.assistant.responses:
        for button in response.buttons:
            yield button, questions.get(response.name)
    for path, text in project.under("actions/", ".py"):
        for button in _in_code(path, text):
            yield button, None
    yield from ((button, None) for button in _titles(project.assistant))


def _titles(assistant: Assistant) -> Iterator[DomainButton]:
    for topic in assistant.topics:
        yield DomainButton(topic.title, topic.title, TOPICS, topic.line)


def _in_code(path: str, text: str) -> Iterator[DomainButton]:
    """Yield dictionaries {"title": ..., "payload": ...} with literal values."""
    for node in ast.walk(syntax(text, path)):
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            parts = {
                key.value: value.value
                for key, value in pairs
                if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
            }
            if parts.keys() == {"title", "payload"}:
                yield DomainButton(str(parts["title"]), str(parts["payload"]), path, node.lineno)
