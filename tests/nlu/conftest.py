"""A place for Rasa's components to keep what they learn, and the project's own domain."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.domain import Domain

from lamoon.settings import PROJECT


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    """An empty model folder."""
    folder = tmp_path / "model"
    folder.mkdir()
    return LocalModelStorage(folder)


@pytest.fixture(scope="session")
def context() -> ExecutionContext:
    """What Rasa tells a component about the run."""
    return ExecutionContext(GraphSchema({}))


@pytest.fixture(scope="session")
def domain() -> Domain:
    """domain.yml with the answers, and the actions that Rasa makes for retrieval intents."""
    written = Domain.load([str(PROJECT / "domain.yml"), str(PROJECT / "data" / "responses")])
    return written.merge(Domain.from_dict({"actions": ["utter_faq", "utter_out_of_scope"]}))
