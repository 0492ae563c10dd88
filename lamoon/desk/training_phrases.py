"""Training phrases for the desk: read from the files, titled, masked, and added by a patch."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import phonenumbers

from lamoon.contract import TOPIC_INTENT, topic_of
from lamoon.errors import LamoonError
from lamoon.intents import shared_intents
from lamoon.knowledge import Topics, load_topics
from lamoon.project import PROJECT
from lamoon.text.clean import phrase_key

NO_LABEL = "No answer at all"


@cache
def topics() -> Topics:
    """The guide's topics, loaded once."""
    return load_topics()


def title(label: str, topics: Topics) -> str:
    """The title of a label. One for questions that the guide does not cover says so."""
    if topic_of(label) in topics.titles:
        return topics.titles[topic_of(label)]
    kind, _, name = label.partition("/")
    if kind == "out_of_scope" and name:
        return f"Not in the guide: {name.replace('_', ' ')}"
    intent = shared_intents().by_name.get(label)
    return intent.meaning if intent else label or NO_LABEL


def choices(labels: Iterable[str], topics: Topics) -> Mapping[str, list[tuple[str, str]]]:
    """All labels by group, (label, title), in reading order."""
    groups: dict[str, list[tuple[str, str]]] = {"Topics of the guide": [], "Not in the guide": [], "Other": []}
    for label in labels:
        kind = label.partition("/")[0]
        group = {TOPIC_INTENT: "Topics of the guide", "out_of_scope": "Not in the guide"}.get(kind, "Other")
        groups[group].append((label, title(label, topics)))
    return {group: sorted(found, key=lambda pair: pair[1]) for group, found in groups.items() if found}


MONTHS = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
DAY = r"\d{1,2}(?:st|nd|rd|th)?"
PATTERNS = (
    (re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+"), "my email"),
    (re.compile(r"(?:https?://|www\.)\S+", re.I), "a link"),
    (re.compile(r"(?<!\w)@\w{2,}"), "my account"),
    (re.compile(rf"\b(?:{DAY}(?: of)? (?:{MONTHS})|(?:{MONTHS})\.? {DAY})\b(?:,? ?\d{{4}})?", re.I), "that day"),
    (re.compile(r"\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b"), "that day"),
    (re.compile(r"\b\d{1,5}\s+(?:[A-Z][\w'.-]*\s+){1,3}(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|close|court|way)\b", re.I), "my street"),
    (re.compile(r"\bLM-[0-9A-Z]{5}\b", re.I), "my reference"),
    (re.compile(r"\+?\d(?:[\s().-]*\d){6,}"), "my number"),
)  # fmt: skip
INTRODUCED = re.compile(
    r"\b((?:my (?:full )?name(?:'s| is)|i am called|call me|this is|regards,?|yours,?|it's|i'm|i am)\s+)"
    r"([A-Z][\w'-]+(?:\s+[A-Z][\w'-]+){0,2})"
)
MASK = "Sam"


def masked(text: str, names: Iterable[str], country: str) -> str:
    """The text without personal data, on one line.

    Args:
        text: what a visitor wrote.
        names: the names that the visitor gave; each word counts, in any case.
        country: two letters, for phone numbers written without a country code.
    """
    text = " ".join(text.split())
    for match in reversed(list(phonenumbers.PhoneNumberMatcher(text, country))):
        text = f"{text[: match.start]}my number{text[match.end :]}"
    for pattern, word in PATTERNS:
        text = pattern.sub(word, text)
    text = INTRODUCED.sub(rf"\1{MASK}", text)
    for word in sorted({part for name in names for part in name.split() if len(part) > 1}, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(word)}\b", MASK, text, flags=re.I)
    return re.sub(rf"\b{MASK}(?: {MASK})+\b", MASK, text)


INTENT = re.compile(r"^\s*- intent:\s*(?P<label>[\w/]+)\s*$")
EXAMPLE = re.compile(r"^(?P<indent>\s+)- (?P<phrase>.+)$")
MARKUP = str.maketrans("[]{}", "    ")
"""Square and curly brackets mark entities in Rasa's files."""


class PhraseError(LamoonError):
    """A phrase cannot be learned like this; the message says why."""


@dataclass
class Block:
    """The first block of a label: where its examples end in the file, and their indentation."""

    file: str
    end: int
    indent: str = "    "


@dataclass
class TrainingPhrases:
    """All phrases: `labels` by folded phrase, `blocks` and `counts` by label."""

    folder: Path
    labels: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def check(self, phrase: str, label: str) -> str:
        """The phrase as it can be stored. Raises PhraseError when it is known, too short or off topic."""
        phrase = " ".join(phrase.translate(MARKUP).split()).lstrip("-# ")
        if sum(map(str.isalnum, phrase)) < 2:
            raise PhraseError("This phrase holds nothing to learn from.")
        if label not in self.blocks:
            raise PhraseError("This topic no longer exists. Please choose another.")
        known = self.labels.get(phrase_key(phrase))
        if known is not None:
            raise KnownError(known)
        return phrase


class KnownError(PhraseError):
    """The phrase is in the training data already, under `label`."""

    def __init__(self, label: str) -> None:
        super().__init__("The assistant already knows this phrase.")
        self.label = label


def read_phrases(folder: Path = PROJECT) -> TrainingPhrases:
    """Reads `data/nlu.yml` and `data/nlu/` of the project."""
    found = TrainingPhrases(folder)
    for path in [folder / "data" / "nlu.yml", *sorted((folder / "data" / "nlu").glob("*.yml"))]:
        _read(path, found)
    return found


def patch(phrases: TrainingPhrases, additions: Mapping[str, Iterable[str]]) -> str:
    """A unified diff for `git apply` that adds phrases to the labels' first blocks.

    Raises:
        PhraseError: when a label has no block.
    """
    inserted: dict[str, list[tuple[int, str]]] = {}
    for label, new in additions.items():
        block = phrases.blocks.get(label)
        if block is None:
            raise PhraseError(f"There is no place for phrases of {label} in the training data.")
        inserted.setdefault(block.file, []).extend((block.end, f"{block.indent}- {phrase}\n") for phrase in new)
    return "".join(_diff(phrases.folder, file, lines) for file, lines in sorted(inserted.items()))


def _diff(folder: Path, file: str, insertions: list[tuple[int, str]]) -> str:
    before = (folder / file).read_text(encoding="utf-8").splitlines(keepends=True)
    after = list(before)
    for at, line in sorted(insertions, key=lambda pair: -pair[0]):
        after.insert(at, line)
    return "".join(difflib.unified_diff(before, after, f"a/{file}", f"b/{file}"))


def _read(path: Path, found: TrainingPhrases) -> None:
    file = path.relative_to(found.folder).as_posix()
    label, block = "", None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        heading = INTENT.match(line)
        if heading:
            label = heading["label"]
            block = None if label in found.blocks else Block(file, number)
            found.blocks.setdefault(label, block or found.blocks.get(label) or Block(file, number))
            continue
        example = EXAMPLE.match(line)
        if example and label:
            if block:
                block.end, block.indent = number, example["indent"]
            found.labels.setdefault(phrase_key(example["phrase"]), label)
            found.counts[label] = found.counts.get(label, 0) + 1
