"""The action server starts and warns without what only Rasa needs."""

from __future__ import annotations

import subprocess
import sys

from lamoon.settings import PROJECT

SCRIPT = """
import importlib, pkgutil, sys
import actions
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
for module in pkgutil.iter_modules(actions.__path__):
    importlib.import_module(f"actions.{module.name}")
from actions.action_warn_contraindication import ActionWarnContraindication
slots = {"reply_plan": {"notice": "warn"}, "conditions_told": ["blood_clot"]}
said = CollectingDispatcher()
ActionWarnContraindication().run(said, Tracker("x", slots, {}, [], False, None, {}, "action_listen"), {})
print(said.messages[0]["text"])
from lamoon.screening.screener import shared_screener
print(shared_screener.cache_info().currsize, *{"spacy", "numpy", "onnxruntime", "rasa"} & set(sys.modules))
"""


def test_a_warning_needs_neither_the_patterns_nor_spacy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    said, loaded = done.stdout.splitlines()
    assert said.startswith("Thank you for telling me about a blood clot.")
    assert loaded == "0"
