"""`python -m tools.tuning [--generic FILE] [--leave-out BLOCK] [--to FILE]`: tunes the encoder on the project's phrases.

Writes the delta, data/encoder_delta.npz unless `--to` says otherwise; `make train` merges it. `--generic` names a file of
questions on anything else, whose vectors are held where they are: a JSON object with the list `train` of [text, label],
such as CLINC150, or one question a line. `--leave-out` tunes without a fifth of each label's phrases (0 to 4), to measure
on these. PyTorch runs in an environment of its own, $VENV_TUNE (.venv-tune). Exit codes: 0 done, 2 something is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from lamoon.errors import EvaluationError, LamoonError
from lamoon.project import PROJECT
from lamoon.understanding.classifier import phrase_doubts
from lamoon.understanding.encoder import SHA256, packaged_model, read_tokenizer
from lamoon.understanding.tuned import DELTA, Delta, phrases_fingerprint
from tools.tuning.phrases import BLOCKS, read_phrases, repair_of
from tools.tuning.recipe import Recipe

INSTALL = Path(__file__).with_name("install.sh")
MOST_GENERIC = 2500
SAMPLE = 20  # phrases whose vectors the delta keeps
OWN_GENERIC = PROJECT / "tools" / "tuning" / "generic.txt"


def main(arguments: list[str]) -> int:
    """Tunes; returns the exit code."""
    parser = argparse.ArgumentParser(prog="lamoon tune", description="Tunes the encoder on the project's phrases.")
    parser.add_argument("--generic", type=Path, help="questions on anything else, to be held at their vectors")
    parser.add_argument("--leave-out", type=int, choices=range(BLOCKS), help="a fifth to measure on")
    parser.add_argument("--to", type=Path, default=DELTA, help="the delta's file")
    options = parser.parse_args(arguments)
    try:
        tune(options.generic, options.leave_out, options.to, Recipe())
    except (LamoonError, OSError, subprocess.CalledProcessError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def tune(generic: Path | None, left_out: int | None, to: Path, recipe: Recipe) -> None:
    """Prepares the phrases, has PyTorch fit the factors, and writes the delta.

    Raises:
        EvaluationError: when the file of generic questions cannot be read.
        ModelError: when the packaged model is missing.
    """
    everything = read_phrases()
    if subprocess.run((str(INSTALL),), check=False).returncode:
        raise EvaluationError("The environment with PyTorch could not be made; the lines above say why.")
    phrases = [phrase for phrase in everything if phrase.block != left_out]
    questions = read_generic(generic or OWN_GENERIC, recipe.seed)
    if generic is None:
        print(f"Without --generic: only the {len(questions)} questions of {OWN_GENERIC.name} hold the encoder.")
    repair = repair_of(phrases)
    labels = sorted({phrase.label for phrase in phrases})
    tokenizer = read_tokenizer()
    sample = [phrase.text for phrase in phrases[:: len(phrases) // SAMPLE]][:SAMPLE]
    prepared = {
        "recipe": asdict(recipe),
        "model": str(packaged_model()),
        "tokens": [e.ids for e in tokenizer.encode_batch([repair.repair(phrase.text) for phrase in phrases])],
        "labels": [labels.index(phrase.label) for phrase in phrases],
        "trust": (1 / phrase_doubts([phrase.label for phrase in phrases], recipe.balance)).tolist(),
        "sample": [e.ids for e in tokenizer.encode_batch(sample)],
        "generic": [e.ids for e in tokenizer.encode_batch(questions)],
    }
    print(f"Tuning on {len(phrases)} phrases of {len(labels)} labels, some five minutes of one core ...", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        source, found = Path(folder, "prepared.json"), Path(folder, "factors.npz")
        source.write_text(json.dumps(prepared), encoding="utf-8")
        _fit(source, found)
        with np.load(found) as file:
            factors = {name: file[name] for name in file.files if name != "sample"}
            vectors = file["sample"]
    about = {**asdict(recipe), "generic": len(questions), "left_out": left_out}
    to.parent.mkdir(parents=True, exist_ok=True)
    fingerprint = phrases_fingerprint((phrase.text, phrase.label) for phrase in everything)
    Delta(factors, about, fingerprint, SHA256, tuple(sample), vectors).save(to)
    print(f"Wrote {to}, {to.stat().st_size / 1e6:.2f} MB. `make train` merges it into the model.")


def _fit(source: Path, found: Path) -> None:
    python = Path(os.environ.get("VENV_TUNE", ".venv-tune")) / "bin" / "python"
    env = {**os.environ, "PYTHONPATH": str(PROJECT)}
    subprocess.run([python, "-m", "tools.tuning.fit", source, found], check=True, env=env)


def read_generic(path: Path, seed: int) -> Sequence[str]:
    """At most 2,500 questions, drawn by `seed`.

    Raises:
        EvaluationError: when the file is of no known form.
    """
    text = path.read_text(encoding="utf-8")
    try:
        questions = [str(entry[0]) for entry in json.loads(text)["train"]] if text.startswith("{") else text.split("\n")
    except (ValueError, KeyError, TypeError, IndexError) as problem:
        raise EvaluationError(
            f'{path}: {problem!r}; expected {{"train": [["what is my balance", "balance"], ...]}} or one question a line'
        ) from None
    questions = [question.strip() for question in questions if question.strip()]
    drawn = np.random.default_rng(seed).permutation(len(questions))[:MOST_GENERIC]
    return [questions[i] for i in drawn]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
