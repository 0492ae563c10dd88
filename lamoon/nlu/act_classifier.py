"""A classifier of dialogue acts, in addition to the wordings of `lamoon/dialogue/acts.yml`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final, get_args

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lamoon.dialogue.reading import LearnedAct
from lamoon.errors import CatalogueError
from lamoon.nlu.component import code_fingerprint, label_of
from lamoon.nlu.hybrid_classifier import PROBABILITIES
from lamoon.nlu.preprocessing import REPAIRED_TEXT
from lamoon.nlu.sentence_encoder import SENTENCE_VECTOR, embedded, project_encoder, vector_of
from lamoon.project import PROJECT
from lamoon.understanding.classifier import KIND_MARK, ClassifierSettings, HybridClassifier
from lamoon.yaml_file import read

FILE: Final = PROJECT / "data" / "acts.yml"
ACTS: Final = "acts"
"""The message key of the acts found; `SafetyScreening` copies them into `turn`."""
NONE: Final = "none"
LEAST: Final = 0.5
"""Minimum probability of an act. In leave-one-out tests .67 of the examples are found, and .033 of training phrases of
other kinds are false positives; most acts count only after a condition was discussed.
"""
SURE_OF_GRIEF: Final = 0.95
"""Minimum probability of grief, which is answered with sympathy. Of 123 of 6,800 turns of ended rounds read as grief, most
of those below told of an injury, a joke or a crisis.
"""
MOST_OTHERS: Final = 15
"""Training phrases of each label that serve as negative examples."""
CLOSE: Final = frozenset(
    "report_condition deny affirm inform faq/contraindications faq/when_to_see_pro faq/daily_smr faq/smr_tools faq/what_is_smr "
    "faq/professional_vs_smr faq/does_it_hurt out_of_scope/other_conditions out_of_scope/pregnancy out_of_scope/diagnosis "
    "out_of_scope/medication_and_supplements out_of_scope/aftercare out_of_scope/companion_and_comfort "
    "out_of_scope/exercises_and_stretches out_of_scope/smalltalk_and_jokes".split()
)
"""Labels whose phrases may be one of the acts, so that they are not used as negative examples."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ActClassifier(GraphComponent):
    """Add the acts of a message; nothing else is changed."""

    def __init__(self, storage: ModelStorage, resource: Resource, classifier: HybridClassifier | None = None) -> None:
        """Take a trained classifier, or none before training."""
        self._storage = storage
        self._resource = resource
        self._classifier = classifier

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ActClassifier:
        """Create an untrained component (called by Rasa)."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ActClassifier:
        """Load the trained weights (called by Rasa)."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, HybridClassifier.load(Path(folder)))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return a fingerprint of the component's code and examples; Rasa's cache fingerprints the class only."""
        return code_fingerprint() + code_fingerprint(FILE.parent, (FILE.name,))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the classifier on the examples, and on some training phrases of each label as negative examples."""
        import numpy as np

        acts, texts = map(list, zip(*examples(), strict=True))
        others = _others(training_data)
        self._classifier = HybridClassifier.train(
            texts + [one.get(REPAIRED_TEXT) or one.get(TEXT) for one in others],
            acts + [NONE] * len(others),
            np.stack([*embedded(project_encoder(), texts), *(one.get(SENTENCE_VECTOR) for one in others)]),
            ClassifierSettings(),
        )
        with self._storage.write_to(self._resource) as folder:
            self._classifier.save(Path(folder))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add `acts` to each message that was classified."""
        assert self._classifier is not None, "Rasa trains or loads a component before it uses it"
        for message in messages:
            if message.get(PROBABILITIES) is not None:
                read = self._classifier.predict(message.get(REPAIRED_TEXT) or message.get(TEXT), vector_of(message))
                least = SURE_OF_GRIEF if read.labels[0] == "is_grieving" else LEAST
                if read.labels[0] != NONE and read.probabilities[0] >= least:
                    message.set(ACTS, [read.labels[0]])
        return messages


def examples(path: Path = FILE) -> list[tuple[str, str]]:
    """Return each example with its act, or `NONE`.

    Raises:
        CatalogueError: names the file, the line, what is wrong and what was expected.
    """
    blocks = read(path, CatalogueError).only("acts")["acts"].only(*get_args(LearnedAct), NONE).fields()
    return [(act, line.strip()) for act, block in blocks.items() for line in block.text().splitlines() if line.strip()]


def _others(training_data: TrainingData) -> list[Message]:
    taken: Counter[str] = Counter()
    found = []
    for example in training_data.intent_examples:
        label = label_of(example)
        if label not in CLOSE and KIND_MARK not in label and taken[label] < MOST_OTHERS:
            taken[label] += 1
            found.append(example)
    return found
