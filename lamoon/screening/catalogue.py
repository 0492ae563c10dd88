"""The catalogue of conditions: what `catalogue/*.yml` says, checked, and with all its patterns ready to search.

A file of the catalogue may hold these parts, each any number of times over all files:

    groups       name: phrases that patterns name as {name}; a group may use groups that stand above it
    signs        name: patterns of one symptom or circumstance, the building blocks of rules
    cues         name: patterns of grammar (negation, persons, times, questions)
    spellings    wrong word: right word, for misspellings too far off to be found by their letters
    conditions   id: see `Condition` for the fields
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from lamoon.screening.condition import EMERGENCY_TEXTS, SEVERITIES, Condition, Rule, Severity
from lamoon.screening.cues import REQUIRED_CUES
from lamoon.screening.errors import CatalogueError
from lamoon.screening.matcher import PatternMatcher
from lamoon.screening.patterns import PatternError, Sequence_, compact, merge, parse
from lamoon.screening.reading import Located, Part, read_files

DEFAULT_PATH: Final = Path(__file__).with_name("catalogue")
_SECTIONS: Final = frozenset({"groups", "signs", "cues", "spellings", "conditions"})
_FIELDS: Final = frozenset(
    "title severity article article_says hold resolves becomes emergency_text source patterns actions rules "
    "look_alikes".split()
)


@dataclass
class Catalogue:
    """All conditions by id, the matcher over all patterns, and the words of the catalogue."""

    conditions: dict[str, Condition]
    matcher: PatternMatcher
    spellings: dict[str, str]


@dataclass
class _Draft:
    groups: dict[str, list[Sequence_]] = field(default_factory=dict)
    signs: set[str] = field(default_factory=set)
    labelled: list[tuple[str, Sequence_]] = field(default_factory=list)
    labels: dict[str, Part] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    conditions: dict[str, tuple[Condition, Part]] = field(default_factory=dict)


def load_catalogue(path: Path | None = None, year: int | None = None) -> Catalogue:
    """Read and check a catalogue.

    Args:
        path: a folder of *.yml files or one file; None is the catalogue of this package.
        year: the year it is; years two or more before it are "long ago". None asks the clock.

    Raises:
        CatalogueError: names the file, the line, what is wrong and what was expected.
    """
    year = year or datetime.now(UTC).year
    draft = _Draft(groups={"past_year": parse("|".join(map(str, range(1930, year - 1))), {})})
    roots = [root.fields(_SECTIONS) for root in read_files(path or DEFAULT_PATH)]
    readers: dict[str, Callable[[Part, _Draft], None]] = {
        "groups": _read_groups, "signs": _read_signs, "cues": _read_cues, "spellings": _read_spellings,
        "conditions": _read_conditions,
    }  # fmt: skip
    for section, read in readers.items():
        for root in roots:
            if section in root:
                read(root[section], draft)
    _check(draft, path or DEFAULT_PATH)
    conditions = {name: condition for name, (condition, _) in draft.conditions.items()}
    return Catalogue(conditions, PatternMatcher(draft.labelled), draft.spellings)


def _parse(located: Located, part: Part, draft: _Draft) -> list[Sequence_]:
    try:
        return parse(located.text, draft.groups)
    except PatternError as error:
        part.wrong(
            f"pattern '{located.text}' of '{part.name}': {error}",
            "a pattern as patterns.py explains",
            "broke my {bone}",
            located.line,
        )


def _label(label: str, part: Part, draft: _Draft) -> tuple[str, ...]:
    known = draft.labels.setdefault(label, part)
    if known is not part:
        part.wrong(
            f"'{part.name}' is already defined in {known.file.name}, line {known.line}",
            "each name once",
            f"{part.name}_2:",
        )
    found = part.patterns()
    parsed = compact(sequence for located in found for sequence in _parse(located, part, draft))
    draft.labelled += [(label, sequence) for sequence in parsed]
    return tuple(located.text for located in found)


def _read_groups(section: Part, draft: _Draft) -> None:
    for name, part in section.fields().items():
        if name in draft.groups:
            part.wrong(f"there are two groups '{name}'", "each name once", f"{name}_2:")
        draft.groups[name] = _choices([_parse(located, part, draft) for located in part.patterns()])


def _choices(parsed: Sequence[list[Sequence_]]) -> list[Sequence_]:
    """Several patterns as the choices of one."""
    return merge([sequence for sequences in parsed for sequence in sequences])


def _read_signs(section: Part, draft: _Draft) -> None:
    for name, part in section.fields().items():
        _label(f"sign:{name}", part, draft)
        draft.signs.add(name)


def _read_cues(section: Part, draft: _Draft) -> None:
    for name, part in section.fields().items():
        _label(name, part, draft)


def _read_spellings(section: Part, draft: _Draft) -> None:
    draft.spellings |= {name: part.text() for name, part in section.fields().items()}


def _read_conditions(section: Part, draft: _Draft) -> None:
    for name, part in section.fields().items():
        if name in draft.conditions:
            first = draft.conditions[name][1]
            part.wrong(
                f"there are two conditions '{name}' (first: {first.file.name}, line {first.line})",
                "each id once",
                f"{name}_2:",
            )
        draft.conditions[name] = (_condition(name, part, draft), part)


def _condition(name: str, part: Part, draft: _Draft) -> Condition:
    fields = part.fields(_FIELDS)
    for needed, example in (("title", "a blood clot"), ("severity", "avoid"), ("source", "the guide")):
        if needed not in fields:
            part.wrong(f"condition '{name}' has no '{needed}'", f"a line '{needed}:'", f"{needed}: {example}")
    if not {"patterns", "actions", "rules"} & fields.keys():
        part.wrong(
            f"condition '{name}' has nothing to find it by", "patterns, actions or rules", "patterns: |\n  blood clot"
        )
    severity = cast(Severity, fields["severity"].one_of(SEVERITIES))
    article, says = _flag("article", fields), _text("article_says", fields)
    if article != bool(says):
        part.wrong(f"condition '{name}': article and article_says do not agree", "both or none", "article: true")
    emergency_text = fields["emergency_text"].one_of(EMERGENCY_TEXTS) if "emergency_text" in fields else ""
    if (severity == "emergency") != bool(emergency_text):
        part.wrong(
            f"condition '{name}': emergencies, and only they, have an emergency_text", "one", "emergency_text: general"
        )
    return Condition(
        id=name,
        title=fields["title"].text(),
        severity=severity,
        article=article,
        hold=_flag("hold", fields),
        resolves=_flag("resolves", fields),
        source=fields["source"].text(),
        article_says=says,
        becomes=_text("becomes", fields),
        emergency_text=emergency_text,
        patterns=_patterns("condition", "patterns", name, fields, draft),
        actions=_patterns("action", "actions", name, fields, draft),
        rules=tuple(_rule(item, draft) for item in fields["rules"].items()) if "rules" in fields else (),
        look_alikes=_patterns("unlike", "look_alikes", name, fields, draft),
    )


def _flag(key: str, fields: dict[str, Part]) -> bool:
    return fields[key].flag() if key in fields else False


def _text(key: str, fields: dict[str, Part]) -> str:
    return fields[key].text() if key in fields else ""


def _patterns(kind: str, key: str, name: str, fields: dict[str, Part], draft: _Draft) -> tuple[str, ...]:
    return _label(f"{kind}:{name}", fields[key], draft) if key in fields else ()


def _rule(part: Part, draft: _Draft) -> Rule:
    fields = part.fields(frozenset({"all", "unless", "reach", "near"}))
    if "all" not in fields:
        part.wrong("a rule has no 'all'", "the signs that must be there together", "all: [calf, swollen, hot]")
    names = {
        key: tuple(item.one_of(tuple(sorted(draft.signs))) for item in fields[key].items())
        for key in ("all", "unless")
        if key in fields
    }
    return Rule(
        names["all"],
        names.get("unless", ()),
        **{key: _number(fields[key]) for key in ("reach", "near") if key in fields},
    )


def _number(part: Part) -> int:
    return int(part.one_of(tuple(map(str, range(41)))))


def _check(draft: _Draft, path: Path) -> None:
    for condition, part in draft.conditions.values():
        if condition.becomes and condition.becomes not in draft.conditions:
            part.wrong(
                f"'{condition.id}' becomes '{condition.becomes}', which is no condition",
                "an id",
                "becomes: cancer_history",
            )
    missing = sorted(REQUIRED_CUES - draft.labels.keys())
    if missing:
        raise CatalogueError(
            str(path), None, "cues are missing: " + ", ".join(missing), "all cues of cues.py", "negation: |\n  no, not"
        )
    if not draft.conditions:
        raise CatalogueError(
            str(path), None, "there is no condition", "a part 'conditions'", "conditions:\n  blood_clot:"
        )
