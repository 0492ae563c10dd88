"""`python -m tools.tuning [--phrases FILE] [--leave-out VOICE,...] [--generic FILE] [--to FILE]`: tunes the encoder.

Writes the delta, data/encoder_delta.npz unless `--to` says otherwise; `make train` merges it. Without `--phrases` it is
made from the project's phrases. `--leave-out` tunes without those of some voices, to measure on these. `--phrases`
names a JSON object with the list `train` of [text, label], such as CLINC150's file, to tune on that instead.
`--generic` names generic questions, whose vectors are kept in place: a file of the same form, or one question per line;
with `--phrases` the project's phrases are used for that. PyTorch runs in its own environment, $VENV_TUNE (.venv-tune).
Exit codes: 0 done, 2 something is missing.
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
from tools.tuning.phrases import Phrase, labelled_phrases, read_phrases, repair_of, without_voices
from tools.tuning.recipe import Recipe

INSTALL = Path(__file__).with_name("install.sh")
MOST_GENERIC = 2500
SAMPLE = 20  # phrases whose vectors the delta keeps
OWN_GENERIC = PROJECT / "tools" / "tuning" / "generic.txt"


def main(arguments: list[str]) -> int:
    """Tunes; returns the exit code."""
    parser = argparse.ArgumentParser(prog="lamoon tune", description="Tunes the encoder on the project's phrases.")
    parser.add_argument("--phrases", type=Path, help="labelled phrases other than the project's")
    parser.add_argument("--generic", type=Path, help="questions on anything else, to be held at their vectors")
    parser.add_argument("--leave-out", default="", help="voices to measure on, with commas between them")
    parser.add_argument("--to", type=Path, help="the delta's file")
    options = parser.parse_args(arguments)
    left_out = tuple(filter(None, options.leave_out.split(",")))
    try:
        if (left_out or options.phrases) and not options.to:
            raise EvaluationError(f"Expected --to FILE: {DELTA.name} is for a tuning on all of the project's phrases.")
        if options.phrases:
            phrases, questions = labelled_phrases(options.phrases), [phrase.text for phrase in read_phrases()]
        else:
            phrases, questions = read_phrases(), read_questions(OWN_GENERIC)
        if options.generic:
            questions = read_questions(options.generic)
        elif not options.phrases:
            print(f"Without --generic: only the {len(questions)} questions of {OWN_GENERIC.name} hold the encoder.")
        tune(phrases, left_out, questions, options.to or DELTA, Recipe())
    except (LamoonError, OSError, subprocess.CalledProcessError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def tune(
    phrases: Sequence[Phrase], left_out: Sequence[str], questions: Sequence[str], to: Path, recipe: Recipe
) -> None:
    """Prepare the phrases, have PyTorch fit the factors, and write the delta.

    Args:
        phrases: all phrases; the delta is marked with their fingerprint.
        left_out: the voices whose phrases are left out.
        questions: generic questions; at most 2,500, sampled by the seed, are held at their vectors.
        to: the delta's file.
        recipe: the recipe.

    Raises:
        EvaluationError: when a voice is unknown, or the environment with PyTorch cannot be made.
        ModelError: when the packaged model is missing.
    """
    known, questions = without_voices(phrases, left_out), drawn(questions, recipe.seed)
    if subprocess.run((str(INSTALL),), check=False).returncode:
        raise EvaluationError("The environment with PyTorch could not be made; the lines above say why.")
    repair = repair_of(known)
    labels = sorted({phrase.label for phrase in known})
    tokenizer = read_tokenizer()
    sample = [phrase.text for phrase in known[:: max(len(known) // SAMPLE, 1)]][:SAMPLE]
    prepared = {
        "recipe": asdict(recipe),
        "model": str(packaged_model()),
        "tokens": [e.ids for e in tokenizer.encode_batch([repair.repair(phrase.text) for phrase in known])],
        "labels": [labels.index(phrase.label) for phrase in known],
        "trust": (1 / phrase_doubts([phrase.label for phrase in known], recipe.balance)).tolist(),
        "sample": [e.ids for e in tokenizer.encode_batch(sample)],
        "generic": [e.ids for e in tokenizer.encode_batch(questions)],
    }
    print(f"Tuning on {len(known)} phrases of {len(labels)} labels, some minutes of one core ...", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        source, found = Path(folder, "prepared.json"), Path(folder, "factors.npz")
        source.write_text(json.dumps(prepared), encoding="utf-8")
        _fit(source, found)
        with np.load(found) as file:
            factors = {name: file[name] for name in file.files if name != "sample"}
            vectors = file["sample"]
    about = {**asdict(recipe), "generic": len(questions), "left_out": sorted(left_out)}
    to.parent.mkdir(parents=True, exist_ok=True)
    fingerprint = phrases_fingerprint((phrase.text, phrase.label) for phrase in phrases)
    Delta(factors, about, fingerprint, SHA256, tuple(sample), vectors).save(to)
    print(f"Wrote {to}, {to.stat().st_size / 1e6:.2f} MB.{' `make train` merges it.' if to == DELTA else ''}")


def _fit(source: Path, found: Path) -> None:
    python = Path(os.environ.get("VENV_TUNE", ".venv-tune")) / "bin" / "python"
    env = {**os.environ, "PYTHONPATH": str(PROJECT)}
    subprocess.run([python, "-m", "tools.tuning.fit", source, found], check=True, env=env)


def read_questions(path: Path) -> list[str]:
    """Read generic questions.

    Raises:
        EvaluationError: when the file is of no known form.
    """
    text = path.read_text(encoding="utf-8")
    lines = [one.text for one in labelled_phrases(path)] if text.startswith("{") else text.split("\n")
    return [line.strip() for line in lines if line.strip()]


def drawn(questions: Sequence[str], seed: int) -> list[str]:
    """Return at most 2,500 of them, sampled by `seed`."""
    order = np.random.default_rng(seed).permutation(len(questions))[:MOST_GENERIC]
    return [questions[i] for i in order]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
