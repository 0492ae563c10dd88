"""An assistant as `rasa init` proposes it: Rasa's default pipeline and policies on this project's phrases and answers.

It answers each message by a rule of its intent and does nothing else: no forms, actions, screening or database. Its
conversations stay in memory, Rasa's default. It does less work than ours, so the comparison favours it.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from tools.bench.sides import BenchmarkError, Side, baseline, default_config, empty_folder, say, take_snapshot

PHRASES = 20
"""Maximum training phrases per label: with all of them the training takes hours."""
EPOCHS = 2
"""Rasa proposes 100. Accuracy is not measured here, and more epochs do not change the time of a turn."""
RETRIEVAL = ("faq", "out_of_scope")
FALLBACK = "nlu_fallback"
SESSION = {"session_expiration_time": 60, "carry_over_slots_to_new_session": True}
TURNS = 4
"""Messages per story."""


def trained(work: Path, *, phrases: int = PHRASES, epochs: int = EPOCHS) -> tuple[Side, Path]:
    """Return Rasa's default side and its model, trained again if the data has changed.

    Raises:
        BenchmarkError: when the training fails.
    """
    side, folder, model = baseline(epochs), work / "plain", work / "plain.tar.gz"
    about = take_snapshot(work / "snapshot", phrases)
    write_project(work / "snapshot" / "data", folder, epochs)
    files = sorted(path for path in folder.rglob("*.yml"))
    state = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    stamp = work / "plain.sha256"
    if model.exists() and stamp.exists() and stamp.read_text() == state:
        return side, model
    say(f"Training Rasa's default on {about['phrases']} phrases of {about['labels']} labels ...")
    words = (side.python, "-m", "rasa", "train", "-c", "config.yml", "-d", "domain.yml", "--data", "data")
    with (work / "plain.log").open("wb") as log:
        name = ("--out", str(work), "--fixed-model-name", "plain")
        if subprocess.run((*words, *name), cwd=folder, env=side.variables, stdout=log, stderr=log).returncode:
            raise BenchmarkError(f"Rasa's default could not be trained. See {work / 'plain.log'}")
    stamp.write_text(state)
    return side, model


def write_project(data: Path, folder: Path, epochs: int) -> None:
    """Write config, domain, rules, stories, phrases and credentials of an assistant that is trained on `data`."""
    empty_folder(folder / "data")
    phrases = [entry for path in _yaml_files(data, "nlu") for entry in _read(path).get("nlu", []) if "intent" in entry]
    labels = list(dict.fromkeys(entry["intent"] for entry in phrases))
    intents = list(dict.fromkeys(label.partition("/")[0] for label in labels))
    answers = {intent: f"utter_{intent}" for intent in [*intents, FALLBACK]}
    responses = {f"utter_{label}": [{"text": _text(data, label)}] for label in labels if "/" in label}
    responses |= {name: [{"text": name}] for intent, name in answers.items() if intent not in RETRIEVAL}
    domain = {
        "version": "3.1",
        "intents": [*intents, FALLBACK],
        "actions": [answers[intent] for intent in RETRIEVAL],
        "responses": responses,
        "session_config": SESSION,
    }
    plain = [{"intent": one["intent"], "examples": one["examples"]} for one in phrases]
    config = yaml.safe_load(default_config(epochs))
    config["policies"] = policies(epochs)
    for name, content in {
        "config.yml": config,
        "domain.yml": domain,
        "data/nlu.yml": {"version": "3.1", "nlu": plain},
        "data/rules.yml": {"version": "3.1", "rules": [_dialogue("rule", [one], answers) for one in answers]},
        "data/stories.yml": {"version": "3.1", "stories": list(_stories(intents, answers))},
        "credentials.yml": {"rest": None},
        "endpoints.yml": {},
    }.items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000)
        (folder / name).write_text(text, encoding="utf-8")


def policies(epochs: int) -> list[dict[str, Any]]:
    """Return the policies that `rasa init` of Rasa 3.6.21 proposes."""
    network = {"max_history": 5, "epochs": epochs}
    return [
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {"name": "UnexpecTEDIntentPolicy", **network},
        {"name": "TEDPolicy", **network, "constrain_similarities": True},
    ]


def _stories(intents: Sequence[str], answers: dict[str, str]) -> Sequence[dict[str, Any]]:
    """Return stories in which each intent occurs, after others and before others."""
    starts = range(0, len(intents), TURNS - 1)
    return [_dialogue("story", [*intents[at:], *intents][:TURNS], answers) for at in starts]


def _dialogue(kind: str, intents: Sequence[str], answers: dict[str, str]) -> dict[str, Any]:
    steps = [step for intent in intents for step in ({"intent": intent}, {"action": answers[intent]})]
    return {kind: f"{kind} {' '.join(intents)}", "steps": steps}


def _text(data: Path, label: str) -> str:
    for path in _yaml_files(data, "responses"):
        if found := (_read(path).get("responses") or {}).get(f"utter_{label}"):
            return str(found[0].get("text") or label)
    return label


def _yaml_files(data: Path, name: str) -> Sequence[Path]:
    return [*filter(Path.is_file, [data / f"{name}.yml"]), *sorted((data / name).rglob("*.yml"))]


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return content
