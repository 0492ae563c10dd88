"""What the pages for teaching need: answers to edit, checks of what is typed, and the process that publishes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from lamoon.contract import TOPIC_INTENT
from lamoon.desk.teaching.reviews import training_phrases
from lamoon.desk.teaching.training_phrases import title, topics
from lamoon.desk.trials.saved_tests import file_name
from lamoon.knowledge import Facts, load_facts
from lamoon.knowledge.article_index import ArticleIndex, load_index
from lamoon.knowledge.provenance import Provenance, load_provenance, load_responses
from lamoon.project import PROJECT
from lamoon.studio import Studio
from lamoon.teaching.claims import Finding, read_answer, support_of, unanswered
from lamoon.teaching.collisions import Near, PhraseIndex, tuned_encoder
from lamoon.teaching.lessons import Kind, Lesson, Lessons
from lamoon.text.clean import phrase_key
from lamoon.understanding.encoder import SentenceEncoder

FOLDER = "teaching"
OWN = "out_of_scope/"
EDITABLE = (f"{TOPIC_INTENT}/", OWN)
FEWEST_WORDINGS = 5
MOST_WORDINGS, LONGEST_WORDING, LONGEST_TEXT, LONGEST_TITLE = 60, 300, 1200, 120


@dataclass(frozen=True)
class Known:
    """An answer or a fact as it is now: its `source` is the guide, or who of the studio said it."""

    kind: Kind
    label: str
    title: str
    text: str
    source: str = ""


@dataclass(frozen=True)
class Look:
    """What a lesson looks like before it is kept.

    Attributes:
        wrong: what has to be changed first, a sentence each.
        asked: what only the author can answer for.
        near: phrases of other topics that are near to its wordings.
        is_reading: the training phrases are still being embedded, so nearness is not known yet.
    """

    wrong: Sequence[str]
    asked: Sequence[Finding]
    near: Sequence[tuple[Near, str]]
    is_reading: bool = False
    stated: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_good(self) -> bool:
        """Whether it may be kept."""
        return not self.wrong and all(one.said in self.stated for one in self.asked)


class Teaching:
    """The teaching of one gateway. The phrases are embedded by a process of its own, once."""

    def __init__(self, lessons: Lessons, data: Path) -> None:
        self.lessons = lessons
        self._folder = data / FOLDER
        self._index: PhraseIndex | None = None
        self._reading: asyncio.Task[None] | None = None

    def index(self) -> PhraseIndex | None:
        """The embedded phrases; None while they are being read."""
        if self._index is None and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read())
        return self._index

    async def _read(self) -> None:
        words = (sys.executable, "-m", "lamoon.teaching.collisions")
        process = await asyncio.create_subprocess_exec(*words, cwd=PROJECT, stdout=subprocess.DEVNULL)
        if await process.wait() == 0:
            self._index = await asyncio.to_thread(PhraseIndex, training_phrases(), encoder=desk_encoder())

    async def look(self, lesson: Lesson, studio: Studio) -> Look:
        """Checks what was typed."""
        wrong = [*_form_problems(lesson)]
        asked: list[Finding] = []
        if lesson.kind != "wordings" and lesson.text:
            findings = await asyncio.to_thread(_findings, lesson, studio)
            wrong += [one.why for one in findings if one.kind == "wrong"]
            asked = [one for one in findings if one.kind != "wrong"]
        planned = await asyncio.to_thread(self.lessons.planned)
        others = {one.label: one.wordings for one in planned if one.label != lesson.label}
        index = self.index() if lesson.wordings else None
        near = await asyncio.to_thread(index.nearest, lesson.label, lesson.wordings, others) if index else []
        titles = {one.label: one.title for one in planned if one.kind == "question"}
        named = [(one, titles.get(one.label) or title(one.label, topics())) for one in near]
        wrong += [
            f"“{one.wording}” asks for another answer already: {name}. Please change or remove it."
            for one, name in named
            if one.collides
        ]
        return Look(wrong, asked, named, bool(lesson.wordings) and index is None, frozenset(lesson.stated))

    def publish(self, staff: str) -> int:
        """Begins a publication and the process that makes it; its number. Raises LessonError."""
        number = self.lessons.begin(staff)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        words = (sys.executable, "-W", "ignore", "-m", "lamoon.launch.publish", str(number))
        with (self._folder / "publish.log").open("ab") as log:
            subprocess.Popen(words, cwd=PROJECT, stdout=log, stderr=log, start_new_session=True)
        return number

    def back(self) -> str:
        """Takes the latest publication back; why that failed, "" when it is done."""
        words = (sys.executable, "-W", "ignore", "-m", "lamoon.launch.take_back")
        done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=False)
        return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["It could not be taken back."])[-1]


def _form_problems(lesson: Lesson) -> list[str]:
    found = []
    if lesson.kind == "question" and not file_name(lesson.title):
        found.append("Please write the question, in letters.")
    if lesson.kind != "wordings" and not lesson.text.strip():
        found.append("Please write the answer.")
    if len(lesson.text) > LONGEST_TEXT:
        found.append(f"The answer has {len(lesson.text)} characters; up to {LONGEST_TEXT} are possible.")
    if lesson.kind == "question" and len(lesson.wordings) < FEWEST_WORDINGS:
        missing = FEWEST_WORDINGS - len(lesson.wordings)
        found.append(f"Please add {missing} more ways to ask it, each on a line: the more different, the better.")
    if any(len(one) > LONGEST_WORDING for one in lesson.wordings):
        found.append(f"A way to ask can have up to {LONGEST_WORDING} characters.")
    if len(lesson.wordings) > MOST_WORDINGS:
        found.append(f"Up to {MOST_WORDINGS} ways to ask are possible.")
    return found


def _findings(lesson: Lesson, studio: Studio) -> list[Finding]:
    supports = support_of(lesson, _provenance(), _facts(), _guide(), studio)
    return read_answer(lesson, supports, studio.facts())


@cache
def desk_encoder() -> SentenceEncoder:
    """The sentence encoder of this process, 100 MB, loaded when a page first needs it."""
    return tuned_encoder()


def open_findings(lesson: Lesson, studio: Studio) -> list[Finding]:
    """What keeps a lesson from going live."""
    return unanswered(lesson, _findings(lesson, studio)) if lesson.text else []


def wordings_of(text: str) -> tuple[str, ...]:
    """The ways to ask in a text area: one a line, each once."""
    brackets = str.maketrans("[]{}", "    ")
    lines = [" ".join(line.translate(brackets).split()).lstrip("-# ") for line in text.splitlines()]
    return tuple({phrase_key(line): line for line in lines if line}.values())


def label_of(question: str, taken: Mapping[str, object]) -> str:
    """A label of its own for a question of the studio's."""
    name = file_name(question)
    label, number = f"{OWN}{name}", 2
    while label in taken:
        label, number = f"{OWN}{name}_{number}", number + 1
    return label


def known_answers(live: Sequence[Lesson]) -> list[Known]:
    """All answers and facts that can be edited, as they are now; the studio's own first."""
    found = {(one.kind, one.label): one for one in _base_answers()}
    own = []
    for lesson in live:
        said = f"said by {lesson.staff}, {lesson.at:%d %b %Y}"
        if lesson.kind == "question":
            own.append(Known("question", lesson.label, lesson.title, lesson.text, said))
        elif base := found.get((lesson.kind, lesson.label)):
            found[(lesson.kind, lesson.label)] = replace(base, text=lesson.text, source=said)
    return [*own, *found.values()]


@cache
def _base_answers() -> Sequence[Known]:
    answers = []
    for name in ("faq", "out_of_scope"):
        for response in load_responses(PROJECT / "data" / "responses" / f"{name}.yml"):
            label = response.key.removeprefix("utter_")
            if label.startswith(EDITABLE) and response.texts:
                source = "from the guide" if label.startswith(EDITABLE[0]) else "not in the guide"
                text = " ".join(response.texts[0].split())
                answers.append(Known("answer", label, title(label, topics()), text, source))
    for fact in _facts().by_id.values():
        name = f"{topics().titles.get(fact.topic, fact.topic)} · {fact.name.replace('_', ' ')}"
        answers.append(Known("fact", fact.id, name, fact.text, "from the guide"))
    return answers


@cache
def _facts() -> Facts:
    return load_facts()


@cache
def _guide() -> ArticleIndex:
    return load_index()


@cache
def _provenance() -> Provenance:
    return load_provenance(PROJECT / "data" / "provenance.yml")
