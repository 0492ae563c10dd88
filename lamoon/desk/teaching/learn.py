"""The learn page: reviewed phrases become a patch for the training data. Nothing here changes the assistant."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from starlette.responses import PlainTextResponse, Response

from lamoon.contract import TOPIC_INTENT
from lamoon.desk.request import HEADERS, DeskRequest, action, page
from lamoon.desk.teaching.reviews import Learned, ReviewError, Reviews, training_phrases
from lamoon.desk.teaching.training_phrases import title, topics
from lamoon.teaching.phrases import KnownError, PhraseError, TrainingPhrases, patch

LONGEST = 300
MOST_CONFUSED = 8
SHADES = 5
DAYS = 90
LEAST = {TOPIC_INTENT: 60, "out_of_scope": 25, "": 40}
"""Minimum phrases for a topic, a kind of question outside the guide, and an intent (docs/training-data.md)."""
SHOWN = 10
"""How many labels with the fewest phrases are shown."""
NOTHING = "There is nothing to learn yet: review some answers first."
TOO_LONG = f"A phrase can have up to {LONGEST} characters. Nothing was changed."
KNOWN_HERE = "The assistant already knows this phrase."
KNOWN_ELSEWHERE = (
    "This phrase is already under “{title}”. Drop it here, or ask the person who trains the assistant to move it."
)
WRITTEN = "Written to {path}. The assistant has not changed: the person who trains it applies the file."


@dataclass(frozen=True)
class Candidate:
    """A phrase to learn; `problem` says why it cannot be."""

    learned: Learned
    phrase: str
    problem: str


@dataclass(frozen=True)
class HeatMap:
    """Confusion matrix: `rows` of (right label, [(count, shade)]) over the given `labels`."""

    labels: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[int, int]]]]


async def learn(visit: DeskRequest) -> Response:
    """What can be learned, and where the assistant is weak."""
    reviews = Reviews(visit.services.bookings.database)
    phrases = await asyncio.to_thread(training_phrases)
    candidates = [_candidate(one, phrases) for one in await asyncio.to_thread(reviews.learned)]
    confused = await asyncio.to_thread(reviews.confusions, DAYS)
    return visit.render(
        "learn.html.jinja",
        candidates=candidates,
        good=sum(not candidate.problem for candidate in candidates),
        heat=heat_map(confused),
        worst=_worst(confused),
        starving=[(title(label, topics()), *numbers) for label, *numbers in _starving(phrases.counts)],
        days=DAYS,
        title=lambda label: title(label, topics()),
    )


async def change(visit: DeskRequest) -> Response:
    """Rewords a phrase, or drops it."""
    message_id = int(visit.request.path_params["message"])
    phrase = "" if visit.text("do") == "drop" else " ".join(visit.text("phrase").split())
    if len(phrase) > LONGEST:
        return visit.error_page(TOO_LONG, 400)
    try:
        await asyncio.to_thread(Reviews(visit.services.bookings.database).rephrase, message_id, phrase)
    except ReviewError as problem:
        return visit.error_page(str(problem))
    await visit.audit("learn.change" if phrase else "learn.drop", str(message_id))
    return visit.redirect("/desk/learn", "Kept." if phrase else "Dropped.")


async def download(visit: DeskRequest) -> Response:
    """Downloads the patch."""
    text = await _patch(visit)
    if not text:
        return visit.error_page(NOTHING)
    await visit.audit("learn.download")
    name = {"Content-Disposition": f'attachment; filename="{_name()}"'}
    return PlainTextResponse(text, media_type="text/x-diff", headers={**HEADERS, **name})


async def write(visit: DeskRequest) -> Response:
    """Writes the patch into the data folder, for training later."""
    text = await _patch(visit)
    if not text:
        return visit.error_page(NOTHING)
    path = visit.services.settings.data / "learned" / _name()
    await asyncio.to_thread(_write, path, text)
    await visit.audit("learn.write", path.name)
    return visit.redirect("/desk/learn", WRITTEN.format(path=path.name))


def heat_map(confused: Mapping[tuple[str, str], int]) -> HeatMap:
    """The MOST_CONFUSED labels with the most mistakes, and how often each was predicted for each."""
    mistakes: Counter[str] = Counter()
    for (right, given), count in confused.items():
        if right != given:
            mistakes.update({right: count, given: count})
    labels = sorted(label for label, _ in mistakes.most_common(MOST_CONFUSED))
    most = max((confused.get((right, given), 0) for right in labels for given in labels), default=0) or 1
    rows = []
    for right in labels:
        counts = [confused.get((right, given), 0) for given in labels]
        rows.append((right, [(count, -(-count * SHADES // most)) for count in counts]))
    return HeatMap(labels, rows)


def _worst(confused: Mapping[tuple[str, str], int]) -> tuple[str, str, int] | None:
    """The two labels confused most in either direction, and how often."""
    pairs: Counter[tuple[str, str]] = Counter()
    for (right, given), count in confused.items():
        if right != given:
            first, second = sorted((right, given))
            pairs[first, second] += count
    return next(((*pair, count) for pair, count in pairs.most_common(1)), None)


def _starving(counts: Mapping[str, int]) -> Sequence[tuple[str, int, int]]:
    """Labels with the fewest phrases for their minimum: (label, phrases, needed)."""
    found = [(label, count, LEAST.get(label.partition("/")[0], LEAST[""])) for label, count in counts.items()]
    return sorted(found, key=lambda one: one[1] / one[2])[:SHOWN]


def _candidate(learned: Learned, phrases: TrainingPhrases) -> Candidate:
    try:
        return Candidate(learned, phrases.check(learned.phrase, learned.right), "")
    except KnownError as known:
        here = known.label == learned.right
        problem = KNOWN_HERE if here else KNOWN_ELSEWHERE.format(title=title(known.label, topics()))
        return Candidate(learned, learned.phrase, problem)
    except PhraseError as problem:
        return Candidate(learned, learned.phrase, str(problem))


async def _patch(visit: DeskRequest) -> str:
    phrases = await asyncio.to_thread(training_phrases)
    additions: dict[str, dict[str, None]] = {}
    for learned in await asyncio.to_thread(Reviews(visit.services.bookings.database).learned):
        candidate = _candidate(learned, phrases)
        if not candidate.problem:
            additions.setdefault(learned.right, {})[candidate.phrase] = None
    return await asyncio.to_thread(patch, phrases, additions) if additions else ""


def _name() -> str:
    return f"phrases-{datetime.now(UTC):%Y-%m-%d-%H%M%S}.patch"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


ROUTES = [
    page("/learn", learn),
    action("/learn/{message:int}", change),
    action("/learn/download", download),
    action("/learn/write", write),
]
