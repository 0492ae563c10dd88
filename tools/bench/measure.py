"""One run: all measurements in order, with nothing else running."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from lamoon.contract import TOPIC_INTENT, topic_of
from tools.bench.results import Figures, percentile
from tools.bench.servers import resident_megabytes, serving
from tools.bench.sides import DEVELOPMENT, PHRASES, TEST, BenchmarkError, Partial, Side, empty_folder, say
from tools.labelled import Question, read_questions

LONGEST_SECONDS = 3 * 3600
HEARTBEAT_SECONDS = 60
MODEL = "model"


@dataclass(frozen=True)
class Training:
    """One training.

    Attributes:
        seconds: wall time of the command.
        model: the model file.
    """

    seconds: float
    model: Path

    @property
    def megabytes(self) -> float:
        """The size of the model file."""
        return self.model.stat().st_size / 1e6


def train_nlu(side: Side, snapshot: Path, work: Path) -> Training:
    """`rasa train nlu` on the phrases and answers, in a folder without a cache."""
    folder = empty_folder(work / f"{side.name}-nlu")
    (folder / "data").mkdir()
    for name in PHRASES:
        _copy(snapshot / "data" / name, folder / "data" / name)
    return _run_training(side, folder, ("train", "nlu", "--nlu", "data"))


def train_all(side: Side, snapshot: Path, work: Path) -> Training:
    """`rasa train` with rules and stories, in a folder without a cache."""
    folder = empty_folder(work / f"{side.name}-all")
    for name in ("data", "domain.yml"):
        _copy(snapshot / name, folder / name)
    return _run_training(side, folder, ("train",))


def _run_training(side: Side, folder: Path, verb: tuple[str, ...]) -> Training:
    (folder / "config.yml").write_text(side.config, encoding="utf-8")
    model = folder / "models" / f"{MODEL}.tar.gz"
    words = (side.python, "-m", "rasa", *verb, "--config", "config.yml", "--fixed-model-name", MODEL)
    log = folder / "train.log"
    say(f"{side.title}: rasa {' '.join(verb[:2])} (log: {log})")
    started = time.monotonic()
    with log.open("wb") as output:
        variables = side.variables | {"RASA_CACHE_DIRECTORY": str(folder / ".rasa" / "cache")}
        process = subprocess.Popen(words, cwd=folder, env=variables, stdout=output, stderr=subprocess.STDOUT)
        code = _wait(process, started)
    seconds = time.monotonic() - started
    # Rasa exits with 0 in many cases in which it trained nothing.
    if code or not model.is_file():
        raise BenchmarkError(f"Training of {side.title} failed with code {code} and made no model. See {log}")
    say(f"{side.title}: trained in {seconds:.1f} s, {model.stat().st_size / 1e6:.1f} MB")
    return Training(seconds, model)


def _wait(process: subprocess.Popen[bytes], started: float) -> int:
    while True:
        try:
            return process.wait(HEARTBEAT_SECONDS)
        except subprocess.TimeoutExpired:
            minutes = (time.monotonic() - started) / 60
            say(f"  still training after {minutes:.0f} min")
            if minutes * 60 > LONGEST_SECONDS:
                process.kill()
                return process.wait()
        except BaseException:
            process.kill()
            raise


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


FALLBACK = "nlu_fallback"


def right_labels(question: Question) -> frozenset[str]:
    """Return the accepted answers: topics by name, and other intents."""
    return frozenset(_bare(label) for label in question.labels)


def parse(client: httpx.Client, text: str) -> dict[str, Any]:
    """Return the server's parse result of a text."""
    answer = client.post("/model/parse", json={"text": text})
    answer.raise_for_status()
    parsed: dict[str, Any] = answer.json()
    return parsed


def parse_milliseconds(client: httpx.Client, questions: list[Question]) -> list[float]:
    """Return the time of each consecutive question, from the request to the read response."""
    times = []
    for question in questions:
        started = time.perf_counter()
        parse(client, question.text)
        times.append((time.perf_counter() - started) * 1000)
    return times


def served_topic(parsed: dict[str, Any]) -> str:
    """Return the answer: a topic, another intent, or `nlu_fallback`."""
    return _topic(parsed, str((parsed.get("intent") or {}).get("name")))


def best_guess(parsed: dict[str, Any]) -> str:
    """Return the answer without the confidence threshold."""
    served = served_topic(parsed)
    if served != FALLBACK:
        return served
    ranking = [str(entry["name"]) for entry in parsed.get("intent_ranking", [])]
    return _topic(parsed, next((name for name in ranking if name != FALLBACK), FALLBACK))


def _topic(parsed: dict[str, Any], intent: str) -> str:
    if intent != TOPIC_INTENT:
        return _bare(intent)
    return str(parsed["response_selector"][TOPIC_INTENT]["response"]["intent_response_key"])


def _bare(label: str) -> str:
    """Return a topic's full label, and only the intent of other labels."""
    return label if topic_of(label) else label.split("/", maxsplit=1)[0]


STARTS = 3
WARM_UP = 50


@dataclass
class Trained:
    """A side with its trainings, and the results of its servers so far."""

    side: Side
    nlu: Training
    whole: Training | None
    ready: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    served: str = ""
    guessed: str = ""

    @property
    def model(self) -> Path:
        """The model that its server loads."""
        return (self.whole or self.nlu).model


def measure(sides: list[Side], snapshot: Path, work: Path, partial: Partial) -> dict[str, Figures]:
    """Train each side once, then start the servers alternately, three times each; the medians are kept."""
    test, development = read_questions(snapshot / TEST), read_questions(snapshot / DEVELOPMENT)
    trained = [_train(side, snapshot, work, partial) for side in sides]
    for start in range(1, STARTS + 1):
        for one in trained:
            _start(one, work / f"{one.side.name}-run", (test, development), last=start == STARTS)
            _note(one, start, partial)
    return {one.side.name: _figures(one) for one in trained}


def _train(side: Side, snapshot: Path, work: Path, partial: Partial) -> Trained:
    nlu = train_nlu(side, snapshot, work)
    partial.note(f"{side.name}: rasa train nlu, seconds", nlu.seconds)
    partial.note(f"{side.name}: NLU model, MB", nlu.megabytes)
    whole = train_all(side, snapshot, work) if side.whole else None
    if whole:
        partial.note(f"{side.name}: rasa train, seconds", whole.seconds)
    return Trained(side, nlu, whole)


def _start(one: Trained, folder: Path, questions: tuple[list[Question], list[Question]], *, last: bool) -> None:
    """Start the server once. The warm-up questions differ from the timed ones."""
    test, development = questions
    with serving(one.side, one.model, folder) as server:
        one.ready.append(server.ready_seconds)
        for question in test[:WARM_UP]:
            parse(server.client, question.text)
        one.memory.append(resident_megabytes(server.pid))
        times = parse_milliseconds(server.client, development)
        one.p50.append(percentile(times, 0.5))
        one.p95.append(percentile(times, 0.95))
        if last:
            answers = [
                (right_labels(question), parse(server.client, question.text))
                for question in test
                if topic_of(question.labels[0])
            ]
            one.served = "".join(str(int(served_topic(parsed) in right)) for right, parsed in answers)
            one.guessed = "".join(str(int(best_guess(parsed) in right)) for right, parsed in answers)


def _note(one: Trained, start: int, partial: Partial) -> None:
    say(
        f"{one.side.title}, start {start} of {STARTS}: ready in {one.ready[-1]:.1f} s, {one.memory[-1]:.0f} MB, "
        f"parse {one.p50[-1]:.1f} ms median, {one.p95[-1]:.1f} ms p95"
    )
    partial.note(
        f"{one.side.name}: start {start}",
        {
            "ready, seconds": one.ready[-1],
            "memory, MB": one.memory[-1],
            "p50, ms": one.p50[-1],
            "p95, ms": one.p95[-1],
            "served": one.served,
            "guessed": one.guessed,
        },
    )


def _figures(one: Trained) -> Figures:
    return Figures(
        train_nlu_seconds=round(one.nlu.seconds, 1),
        train_all_seconds=round(one.whole.seconds, 1) if one.whole else None,
        model_mb=round(one.nlu.megabytes, 2),
        ready_seconds=round(statistics.median(one.ready), 2),
        memory_mb=round(statistics.median(one.memory), 1),
        parse_p50_ms=round(statistics.median(one.p50), 2),
        parse_p95_ms=round(statistics.median(one.p95), 2),
        served=one.served,
        guessed=one.guessed,
    )
