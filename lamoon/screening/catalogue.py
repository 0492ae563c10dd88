"""The catalogue of conditions: the files below `catalogue/`, validated, with all patterns compiled.

A file may hold these parts; several files may hold the same one. In the package each part has its own folder:

    lexicon/     conditions   id: facts and clinical terms, see `lamoon.screening.conditions.Condition` for the fields
    sayings/     sayings      id: how people put a condition: patterns, actions, rules, look-alikes
                 signs        name: patterns of one symptom or circumstance, the building blocks of rules
                 groups       name: phrases that patterns refer to as {name}; a group may use groups above it, and the
                              everyday words of `lamoon/language/everyday.yml`
                 spellings    wrong word: right word, for misspellings too distant for the spelling repair
    grammar/     cues         name: patterns of grammar (negation, persons, times, questions)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final, cast

from lamoon.errors import CatalogueError
from lamoon.language.lexicon import Term, everyday
from lamoon.screening.conditions import DEFAULT_PATH, EMERGENCY_TEXTS, SEVERITIES, TERMS, Condition, Rule, Severity
from lamoon.screening.inflection import Inflection
from lamoon.screening.matcher import PatternMatcher
from lamoon.screening.patterns import Language, Sequence_, compact, merge, parse, parse_block, pieces_of
from lamoon.yaml_file import Value, read

REQUIRED_CUES: Final = frozenset(
    {
        "negation", "not_a_negation", "bridge", "verb_bridge", "none_of", "none_of_it", "taken_back", "denied_after", "tested", "feared",
        "all_well", "disproved", "found_nothing", "found_after_all", "comes_after_all", "no_answer",
        "self_word", "person", "reporter", "says_of_one", "for_other", "also_me", "also_me_end", "not_me", "at_large",
        "in_family", "figure", "thing", "fails_like_people", "thing_helper", "power_low", "sport_stroke", "booking_given_up", "trade_time", "work", "workplace", "plural",
        "long_ago", "some_time_ago", "healed", "not_healed", "cancer_past", "cancer_now", "turn",
        "supposed", "not_mine",
        "question_start", "question_frame", "own_question", "that_is_me", "asks_permission", "in_general", "definition",
        "just_happened", "pending",
        "guide_question",
        "at_an_age", "to_be_loose", "large_amount", "self_harmed", "bereaved", "taken_all", "on_purpose", "planned", "by_accident", "for_relief", "small_dose", "feels_fear", "session_setting",
        "answer_no", "none_about", "answer_yes", "answer_asks_back", "said_before", "courtesy",
    }
)  # fmt: skip


_SECTIONS: Final = ("irregular", "groups", "signs", "cues", "spellings", "conditions", "sayings")
_FACTS: Final = (
    "title",
    "severity",
    "article",
    "article_says",
    "hold",
    "resolves",
    "heals",
    "becomes",
    "emergency_text",
    "source",
    "advice",
)
_SAYINGS: Final = ("patterns", "actions", "rules", "look_alikes")
_LONGEST: Final = 40
"""Maximum number of words that a rule may span."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_KINDS: Final = {"medicines": "medicine", "look_alikes": "unlike"}
_TERM: Final = re.compile(r"[A-Za-z0-9]+([ '-][A-Za-z0-9]+)*")


@dataclass
class Catalogue:
    """All conditions by id, their terms for the document, the matcher over all patterns, and fixed spellings."""

    conditions: dict[str, Condition]
    terms: list[Term]
    matcher: PatternMatcher
    spellings: dict[str, str]

    @cached_property
    def known(self) -> frozenset[str]:
        """The words of `vocabulary` as a set."""
        return frozenset(self.vocabulary)

    @property
    def vocabulary(self) -> list[str]:
        """Every whole word of a term or pattern; those of conditions first, then alphabetically."""
        terms, unlike = (
            {word.lower() for term in self.terms if (term.kind == "unlike") is kind for word in term.words()}
            for kind in (False, True)
        )
        telling = self.matcher.telling | terms
        return sorted({*self.matcher.words, *terms, *unlike}, key=lambda word: (word not in telling, word))


@dataclass
class _Draft:
    groups: dict[str, list[Sequence_]] = field(default_factory=dict)
    inflection: Inflection = field(default_factory=Inflection)
    signs: set[str] = field(default_factory=set)
    labelled: list[tuple[str, Sequence_]] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    once: dict[str, Value] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    conditions: dict[str, tuple[Condition, Value]] = field(default_factory=dict)

    @property
    def language(self) -> Language:
        """The groups and word forms that patterns may use."""
        return Language(self.groups, self.inflection)


def load_catalogue(path: Path | None = None, year: int | None = None) -> Catalogue:
    """Read and validate a catalogue.

    Args:
        path: a folder, whose *.yml files and subfolders are read, or one file; None means the catalogue of this
            package.
        year: the current year; years at least two before it are "long ago". None means the clock's year.

    Raises:
        CatalogueError: names the file, the line, what is wrong and what was expected.
    """
    year = year or datetime.now(UTC).year
    path = path or DEFAULT_PATH
    groups = {kind: merge([way for text in texts for way in parse(text)]) for kind, texts in everyday().items()}
    groups["past_year"] = parse("|".join(map(str, range(1930, year - 1))))
    draft = _Draft(groups=groups)
    roots = [read(file, CatalogueError).only(*_SECTIONS) for file in _files(path)]
    irregular = [block for root in roots if not (block := root.get("irregular")).is_missing]
    draft.inflection = Inflection(text for block in irregular for text, _ in pieces_of(block))
    readers: dict[str, Callable[[str, Value, _Draft], None]] = {
        "groups": _read_group, "signs": _read_sign, "cues": _read_cue, "spellings": _read_spelling,
        "conditions": _read_condition, "sayings": _read_sayings,
    }  # fmt: skip
    for section, read_entry in readers.items():
        for root in roots:
            for name, entry in root.get(section).fields().items():
                if not _NAME.fullmatch(name):
                    entry.fail("cannot be a name", "small letters, digits and underscores", "blood_clot:")
                read_entry(name, entry, draft)
    _check(draft, path)
    conditions = {name: condition for name, (condition, _) in draft.conditions.items()}
    return Catalogue(conditions, draft.terms, PatternMatcher(draft.labelled), draft.spellings)


def _files(path: Path) -> Sequence[Path]:
    files = sorted(path.rglob("*.yml")) if path.is_dir() else [path]
    if not files:
        raise CatalogueError(
            str(path), None, "no catalogue file is here", "a folder with *.yml files", "conditions.yml"
        )
    return files


def _once(name: str, block: Value, draft: _Draft) -> None:
    known = draft.once.setdefault(name, block)
    if known is not block:
        block.fail(f"is already defined in {Path(known.file).name}, line {known.line}", "each name once")


def _label(label: str, block: Value, draft: _Draft) -> tuple[str, ...]:
    """Add the patterns of a block under a label; nothing if the block is missing."""
    if block.is_missing:
        return ()
    found = parse_block(block, draft.language)
    draft.labelled += [
        (label, sequence) for sequence in compact(sequence for _, parsed in found for sequence in parsed)
    ]
    return tuple(text for text, _ in found)


def _read_group(name: str, block: Value, draft: _Draft) -> None:
    if name in draft.groups:
        block.fail("is a second group of this name", "each name once", f"{name}_2:")
    draft.groups[name] = merge([sequence for _, parsed in parse_block(block, draft.language) for sequence in parsed])


def _read_sign(name: str, block: Value, draft: _Draft) -> None:
    _once(f"sign:{name}", block, draft)
    _label(f"sign:{name}", block, draft)
    draft.signs.add(name)


def _read_cue(name: str, block: Value, draft: _Draft) -> None:
    _once(name, block, draft)
    _label(name, block, draft)


def _read_spelling(wrong: str, right: Value, draft: _Draft) -> None:
    draft.spellings[wrong] = right.one_line()


def _read_condition(name: str, entry: Value, draft: _Draft) -> None:
    if name in draft.conditions:
        first = draft.conditions[name][1]
        entry.fail(f"is here again (first: {Path(first.file).name}, line {first.line})", "each id once", f"{name}_2:")
    draft.conditions[name] = (_condition(name, entry, draft), entry)


def _condition(name: str, entry: Value, draft: _Draft) -> Condition:
    entry.only(*_FACTS, *TERMS, "look_alikes")
    title, severity, source = (entry[field] for field in ("title", "severity", "source"))
    article, says = entry.get("article").flag(default=False), entry.get("article_says").one_line(default="")
    if article != bool(says):
        entry.fail("article and article_says do not agree", "both or none", "article: true")
    emergency_text = entry.get("emergency_text").one_of(EMERGENCY_TEXTS, default="")
    if (severity.one_of(SEVERITIES) == "emergency") != bool(emergency_text):
        entry.fail("emergencies, and only they, have an emergency_text", "one", "emergency_text: general")
    terms = {kind: _terms(name, kind, entry.get(kind), draft) for kind in TERMS}
    return Condition(
        id=name,
        title=title.one_line(),
        severity=cast(Severity, severity.one_of(SEVERITIES)),
        article=article,
        hold=entry.get("hold").flag(default=False),
        resolves=entry.get("resolves").flag(default=False),
        heals=entry.get("heals").flag(default=True),
        source=source.one_line(),
        article_says=says,
        becomes=entry.get("becomes").one_line(default=""),
        advice=entry.get("advice").one_line(default=""),
        emergency_text=emergency_text,
        names=terms["names"],
        abbreviations=terms["abbreviations"],
        in_capitals=terms["in_capitals"],
        medicines=terms["medicines"],
        procedures=terms["procedures"],
        look_alikes=_terms(name, "look_alikes", entry.get("look_alikes"), draft),
    )


def _terms(name: str, field_name: str, block: Value, draft: _Draft) -> tuple[str, ...]:
    """Return the terms of a lexicon field; empty if the field is missing."""
    kind = _KINDS.get(field_name, "condition")
    terms = []
    for text, line in [] if block.is_missing else pieces_of(block):
        if not _TERM.fullmatch(text):
            block.fail(f"'{text}' is not plain words", "words without marks; patterns are for sayings", line=line)
        draft.terms.append(Term(kind, name, text.lower() if field_name == "abbreviations" else text))
        terms.append(text)
    return tuple(terms)


def _read_sayings(name: str, entry: Value, draft: _Draft) -> None:
    if name not in draft.conditions:
        entry.fail("is not a condition", "an id of the lexicon", "blood_clot:")
    _once(f"sayings:{name}", entry, draft)
    entry.only(*_SAYINGS)
    condition, there = draft.conditions[name]
    condition = replace(
        condition,
        patterns=_label(f"condition:{name}", entry.get("patterns"), draft),
        actions=_label(f"action:{name}", entry.get("actions"), draft),
        rules=tuple(_rule(item, draft) for item in entry.get("rules").items()),
        look_alikes=condition.look_alikes + _label(f"unlike:{name}", entry.get("look_alikes"), draft),
    )
    draft.conditions[name] = (condition, there)


def _rule(rule: Value, draft: _Draft) -> Rule:
    signs = tuple(sorted(draft.signs))
    rule.only("all", "unless", "reach", "near", example="all: [calf, swollen, hot]")
    together, unless = (
        tuple(item.one_of(signs) for item in value.items()) for value in (rule["all"], rule.get("unless"))
    )
    return Rule(
        together, unless, **{key: rule[key].whole_number(0, _LONGEST) for key in ("reach", "near") if key in rule}
    )


def _check(draft: _Draft, path: Path) -> None:
    for condition, entry in draft.conditions.values():
        if not (condition.is_named or condition.actions or condition.rules):
            entry.fail("has nothing to find it by", "names, or sayings of it", "names: |\n  blood clot")
        if condition.becomes and condition.becomes not in draft.conditions:
            entry["becomes"].fail(f"'{condition.becomes}' is not a condition", "an id", "becomes: cancer_history")
    missing = sorted(REQUIRED_CUES - draft.once.keys())
    if missing:
        raise CatalogueError(
            str(path), None, "cues are missing: " + ", ".join(missing), "all cues of cues.py", "negation: |\n  no, not"
        )
    if not draft.conditions:
        raise CatalogueError(
            str(path), None, "there is no condition", "a part 'conditions'", "conditions:\n  blood_clot:"
        )
