"""Pipeline components that clean a message: text is never a command, and shorthand and misspellings are repaired.

The spaCy document of a message is also created here, once for all components.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lamoon.nlu.component import StatelessComponent, code_fingerprint
from lamoon.screening.message import ScreenedMessage
from lamoon.screening.screener import shared_screener
from lamoon.text.clean import plain_text
from lamoon.text.spelling import DomainSpelling, frequent_words, read_known_words

if TYPE_CHECKING:
    from spacy.tokens import Doc

ORIGINAL_TEXT = "original_text"
_DOCUMENT, _SCREENED = "document", "screened"  # never in the output


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FreeText(StatelessComponent):
    """Remove command prefixes and invisible characters from a message.

    Rasa's own handler of "/intent{...}" runs after the pipeline, on the text that this component leaves, so no visitor
    can name an intent, restart the conversation or fill a slot by typing. The gateway cleans its messages too; this
    component covers programs that call Rasa directly.
    """

    def process(self, messages: list[Message]) -> list[Message]:
        """Replace the text of each message; the received text stays under `original_text`."""
        for message in messages:
            text = message.get(TEXT) or ""
            message.set(ORIGINAL_TEXT, text)
            message.set(TEXT, plain_text(text), add_to_output=True)
        return messages


def written(message: Message) -> str:
    """Return a message as Rasa received it, before any change."""
    return str(message.get(ORIGINAL_TEXT) or message.get(TEXT) or "")


def document_of(message: Message) -> Doc:
    """Return the document of the original text, created once."""
    if message.get(_DOCUMENT) is None:
        message.set(_DOCUMENT, shared_screener().document(written(message)))
    doc: Doc = message.get(_DOCUMENT)
    return doc


def screened(message: Message) -> ScreenedMessage:
    """Return the screened original text, screened once."""
    if message.get(_SCREENED) is None:
        message.set(_SCREENED, shared_screener().read_document(document_of(message)))
    found: ScreenedMessage = message.get(_SCREENED)
    return found


REPAIRED_TEXT = "repaired_text"
# Kinds whose phrases are noise or another language: their words must not become repair targets.
NOT_ENGLISH = ("out_of_scope/gibberish", "out_of_scope/other_language", "inform")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SpellingRepairComponent(GraphComponent):
    """Learn the domain's words from the training phrases and repair unknown words towards them."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """`config` only overrides the defaults."""
        self._min_count = int(config["min_count"])
        self._storage = storage
        self._resource = resource
        self._repair: DomainSpelling | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`min_count`: in how many training phrases a word must occur to be a repair target."""
        return {"min_count": 3}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpellingRepairComponent:
        """Create an untrained component (called by Rasa)."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SpellingRepairComponent:
        """Load the trained word list (called by Rasa)."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            words = json.loads((Path(folder) / "words.json").read_text(encoding="utf-8"))
        component._repair = DomainSpelling(words, read_known_words())
        return component

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """The code behind the component, of which Rasa's cache fingerprints the class only."""
        return code_fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Count the words of the training phrases and store the frequent ones with their counts."""
        english = [example for example in training_data.intent_examples if _label(example) not in NOT_ENGLISH]
        words = frequent_words([example.get(TEXT, "") for example in english], self._min_count)
        with self._storage.write_to(self._resource) as folder:
            (Path(folder) / "words.json").write_text(json.dumps(words), encoding="utf-8")
        self._repair = DomainSpelling(words, read_known_words())
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Repair the training phrases like messages."""
        self._annotate(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add `repaired_text` to each message."""
        self._annotate(messages)
        return messages

    def _annotate(self, messages: list[Message]) -> None:
        assert self._repair is not None, "Rasa trains or loads a component before it uses it"
        for message in messages:
            message.set(REPAIRED_TEXT, self._repair.repair(message.get(TEXT) or ""))


def _label(example: Message) -> str:
    return str(example.get("intent_response_key") or example.get(INTENT))
