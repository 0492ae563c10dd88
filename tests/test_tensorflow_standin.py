"""No TensorFlow is here: Rasa imports all the same, and what really needs it says so by name."""

from __future__ import annotations

import importlib
import importlib.metadata
import re
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import tensorflow
from rasa.core.policies.ted_policy import TEDPolicy
from rasa.core.policies.unexpected_intent_policy import UnexpecTEDIntentPolicy
from rasa.core.training import load_data
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.diet_classifier import DIETClassifier
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.nlu.selectors.response_selector import ResponseSelector
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.core.domain import Domain
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lamoon.settings import PROJECT

PACKAGES = Path(sysconfig.get_path("purelib"))
ROOTS = ["tensorflow", "tensorflow_hub", "tensorflow_text", "tensorflow_addons", "keras"]
STORY = """
version: "3.1"
stories:
  - story: greet
    steps: [{intent: greet}, {action: utter_greet}]
"""
DOMAIN = """
version: "3.1"
intents: [greet]
responses: {utter_greet: [{text: hello}]}
"""


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage(tmp_path)


def created(kind: Any, storage: LocalModelStorage) -> Any:
    """A component as Rasa makes it."""
    context = ExecutionContext(GraphSchema({}))
    return kind.create(kind.get_default_config(), storage, Resource(kind.__name__), context)


def training_data(storage: LocalModelStorage) -> TrainingData:
    """Phrases with the features that DIET is trained on."""
    greetings = [Message({TEXT: text, INTENT: "greet"}) for text in ("hello", "hi there", "good morning")]
    questions = [
        Message({TEXT: text, INTENT: "faq", INTENT_RESPONSE_KEY: f"faq/{kind}"})
        for kind, texts in {"hurt": ("does it hurt", "is it painful"), "soon": ("how soon", "how many")}.items()
        for text in texts
    ]
    data = TrainingData(
        [*greetings, *questions], responses={f"utter_faq/{kind}": [{"text": kind}] for kind in ("hurt", "soon")}
    )
    created(WhitespaceTokenizer, storage).process_training_data(data)
    features = created(CountVectorsFeaturizer, storage)
    features.train(data)
    features.process_training_data(data)
    return data


def test_what_is_installed_says_that_it_is_a_stand_in() -> None:
    assert importlib.metadata.version("tensorflow-standin").endswith("+standin")
    assert tensorflow.__version__.endswith("+standin")


def test_no_library_of_tensorflow_is_installed() -> None:
    found = [path.name for path in PACKAGES.iterdir() if re.match(r"(lib)?(tensorflow|keras|tf_)", path.name)]
    assert not [name for name in found if (PACKAGES / name).is_dir() and not name.endswith(".dist-info")]
    assert not list(PACKAGES.glob("*/libtensorflow*"))
    assert not list(PACKAGES.glob("libtensorflow*"))


def test_the_installed_stand_in_is_the_one_of_this_project() -> None:
    sources = PROJECT / "packages" / "tensorflow-standin" / "src"
    for source in sources.glob("*.py"):
        installed = PACKAGES / source.name
        assert installed.read_text(encoding="utf-8") == source.read_text(encoding="utf-8"), (
            f"run `make` again: {installed}"
        )


@pytest.mark.parametrize("root", ROOTS)
def test_every_module_below_it_can_be_imported(root: str) -> None:
    assert importlib.import_module(root).__version__.endswith("+standin")
    assert importlib.import_module(f"{root}.python.any.thing")
    assert importlib.import_module(f"{root}.x").Anything


def test_other_modules_are_still_missing() -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("tensorflow_of_another_kind")


def test_its_classes_can_be_inherited_from_and_stand_in_annotations() -> None:
    class Layer(tensorflow.keras.layers.Layer):  # type: ignore[misc]
        def call(self, inputs: tensorflow.Tensor | None) -> tensorflow.RaggedTensor[int]:
            return inputs

    assert Layer.__name__ == "Layer"
    with pytest.raises(ImportError):
        Layer()


def test_its_decorators_leave_a_function_as_it_is() -> None:
    @tensorflow.function
    def plain() -> int:
        return 3

    @tensorflow.function(experimental_relax_shapes=True)
    def with_options() -> int:
        return 4

    assert (plain(), with_options()) == (3, 4)


def test_calling_anything_of_it_names_what_was_wanted_and_the_way_out() -> None:
    with pytest.raises(ImportError) as caught:
        tensorflow.random.set_seed(1)
    assert type(caught.value).__name__ == "TensorFlowMissingError"
    assert "needs TensorFlow (tensorflow.random.set_seed)" in str(caught.value)
    assert "Take the component out of config.yml" in str(caught.value)
    assert "docs/runtime.md" in str(caught.value)


def test_the_error_names_the_class_that_asked() -> None:
    class Component:
        def train(self) -> None:
            tensorflow.constant(1)

    with pytest.raises(ImportError, match=rf"^{re.escape(__name__)}\.Component needs TensorFlow"):
        Component().train()


@pytest.mark.parametrize("component", [DIETClassifier, ResponseSelector])
def test_training_an_nlu_component_of_tensorflow_names_it(component: Any, storage: LocalModelStorage) -> None:
    with pytest.raises(ImportError) as caught:
        created(component, storage).train(training_data(storage))
    assert str(caught.value).startswith(f"{component.__module__}.{component.__name__} needs TensorFlow")


@pytest.mark.parametrize("policy", [TEDPolicy, UnexpecTEDIntentPolicy])
def test_training_a_policy_of_tensorflow_names_it(policy: Any, storage: LocalModelStorage, tmp_path: Path) -> None:
    (tmp_path / "stories.yml").write_text(STORY, encoding="utf-8")
    domain = Domain.from_yaml(DOMAIN)
    trackers = load_data(str(tmp_path / "stories.yml"), domain)
    with pytest.raises(ImportError) as caught:
        created(policy, storage).train(trackers, domain)
    assert str(caught.value).startswith(f"{policy.__module__}.{policy.__name__} needs TensorFlow")


def test_the_documentation_names_what_cannot_work() -> None:
    text = (PROJECT / "docs" / "runtime.md").read_text(encoding="utf-8")
    for component in (DIETClassifier, ResponseSelector, TEDPolicy, UnexpecTEDIntentPolicy):
        assert f"`{component.__name__}`" in text
