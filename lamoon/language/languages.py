"""The languages of `data/languages/`: how they are recognised, what is understood in them, and the replies.

A message in one of them cannot be answered from the guide, which is English. Its emergencies, conditions and wishes are
found by phrases, and the replies that matter for safety exist in each language. docs/languages.md has the fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Final, Literal, get_args

from lamoon.errors import KnowledgeError
from lamoon.language.phrases import Phrase, PhrasingError, Spelling, compile_phrase, compile_words
from lamoon.language.rules import FILE as RULES_FILE
from lamoon.language.rules import Rule, Rules, load_rules, split_words
from lamoon.project import PROJECT
from lamoon.yaml_file import Value, read

FOLDER: Final = PROJECT / "data" / "languages"
ENGLISH: Final = "en"
SCRIPTS: Final = ("latin", "han", "hangul", "cyrillic", "arabic")
Says = Literal["person", "nothing", "thanks", "yes", "no", "looked_after"]
"""Acts of a message other than health: it asks for a person, retracts everything, thanks, agrees, refuses, or says that
somebody is already taking care of it.
"""
SAYS: Final[tuple[Says, ...]] = get_args(Says)
_FIELDS: Final = (
    *("name", "like", "speaks", "script", "spaces", "prefixes", "folds", "telltales", "shared", "letters"),
    *("unlike", "loanwords"),
    *("negations", "negations_after", "parts", "words", "titles", "calm", "says", "texts"),
)
_STUDIO: Final = "studio_name contact_sentence emergency_number crisis_line"
# Every text of a language, with the values that the code provides. All those in capitals must be there.
TEXTS: Final[Mapping[str, str]] = {
    "emergency": "EMERGENCY_NUMBER",
    "crisis": "CRISIS_LINE EMERGENCY_NUMBER",
    "warning": "CONDITIONS",
    "emergency_open": "EMERGENCY_NUMBER",
    "crisis_open": "CRISIS_LINE emergency_number",
    "condition_open": "CONDITIONS",
    "other": "CONTACT_SENTENCE emergency_number studio_name",
    "person": "studio_name",
    "question": "",
    "contact": "",
    "consent": "",
    "sent": "REFERENCE CONTACT",
    "person_button": "",
    "reach": "studio_name WAYS",
    "no_crisis_line": "",
    "your_health": "",
}


@dataclass(frozen=True, eq=False)
class Term:
    """A phrase and its meaning: the id of a condition, one of `SAYS`, or "" for an idiom that looks like one."""

    id: str
    phrase: Phrase
    source: str
    means: str


@dataclass(frozen=True)
class Language:
    """One language.

    Attributes:
        code: the key of its replies: the name of its file, or of the one that `speaks` names.
        telltales: words that distinguish it from others, in its spelling.
        shared: words that it shares with other languages, which are not evidence (English only).
        loanwords: English words that all languages use, which are not evidence for English (English only).
        letters: letters that distinguish it from others, such as `ñ`.
        unlike: letters of other languages in the same script.
        negations: words that negate the condition after them; `negations_after` the one before them.
        parts: the words of each part of `combinations.yml`.
        words: phrases for conditions, by id, beside the rules. `calm`: idioms that look like them. `says`: see `SAYS`.
        titles: names of conditions in replies.
        texts: replies by name, see `TEXTS`.
    """

    code: str
    name: str
    script: str
    spelling: Spelling
    telltales: frozenset[str]
    shared: frozenset[str] = frozenset()
    loanwords: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    unlike: frozenset[str] = frozenset()
    negations: frozenset[str] = frozenset()
    negations_after: frozenset[str] = frozenset()
    parts: Mapping[str, Phrase] = field(default_factory=dict)
    words: tuple[Term, ...] = ()
    calm: tuple[Term, ...] = ()
    says: tuple[Term, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=1)
def shared_languages() -> Mapping[str, Language]:
    """Return the languages of the project by code, English included, loaded once. Raises KnowledgeError."""
    return load_languages()


@lru_cache(maxsize=1)
def shared_rules() -> tuple[Rule, ...]:
    """Return the rules that hold for all languages, loaded once. Raises KnowledgeError."""
    return load_rules(FOLDER).rules


def load_languages(folder: Path = FOLDER) -> Mapping[str, Language]:
    """Read every file of a folder.

    Raises:
        KnowledgeError: a field is missing or unknown, a phrase cannot be parsed, or a text names an unknown value; with
        file, line, what was expected and an example.
    """
    files = {path.stem: read(path, KnowledgeError) for path in sorted(folder.glob("*.yml")) if path.stem != RULES_FILE}
    if ENGLISH not in files:
        raise KnowledgeError(
            str(folder / f"{ENGLISH}.yml"), None, "is missing", "the telltales of English", "name: English"
        )
    rules = load_rules(folder)
    languages = {code: _language(code, file, files, rules) for code, file in files.items()}
    # A second script of a language comes after the first, which wins for a message in letters of both.
    return dict(sorted(languages.items(), key=lambda one: not files[one[0]].get("like").is_missing))


def _language(code: str, file: Value, files: Mapping[str, Value], rules: Rules) -> Language:
    file.only(*_FIELDS)
    # A second script shares the first one's words, and has its own texts or the same ones.
    base = _other(file, "like", files)
    speaks = _other(file, "speaks", files)
    script = file if not file.get("folds").is_missing else base
    spelling = Spelling(
        folds={name: value.text(default="") for name, value in script.get("folds").fields().items()},
        spaces=base.get("spaces").flag(default=True),
        prefixes=tuple(base.get("prefixes").one_line("").split()),
    )
    english = code == ENGLISH
    return Language(
        file.get("speaks").one_line("") or code,
        file["name"].one_line(),
        script.get("script").one_of(SCRIPTS, "latin"),
        spelling,
        telltales=_list(file["telltales"], spelling),
        shared=_list(file.get("shared"), spelling),
        loanwords=_list(file.get("loanwords"), spelling),
        letters=frozenset(file.get("letters").one_line("")),
        unlike=frozenset(base.get("unlike").one_line("")),
        negations=_list(base.get("negations"), spelling),
        negations_after=_list(base.get("negations_after"), spelling),
        parts={} if english else _parts(base["parts"], spelling, rules),
        words=tuple(_terms(base.get("words"), spelling)),
        calm=tuple(_phrases("", base.get("calm"), spelling)),
        says=tuple(_terms(base.get("says").only(*SAYS), spelling)),
        titles={name: value.one_line() for name, value in speaks.get("titles").fields().items()},
        texts={} if english else _texts(speaks["texts"]),
    )


def _other(file: Value, field_name: str, files: Mapping[str, Value]) -> Value:
    """Return the file of another language that a field names; the file itself if it names none."""
    name = file.get(field_name).one_line("")
    if name and name not in files:
        file[field_name].fail(f"'{name}' has no file", f"one of {', '.join(files)}", f"{field_name}: zh")
    return files[name] if name else file


def _parts(value: Value, spelling: Spelling, rules: Rules) -> Mapping[str, Phrase]:
    """Return the words of each part; an empty text declares that a language has no word for a part."""
    value.only(*rules.parts)
    found: dict[str, Phrase] = {}
    for name in sorted(rules.parts):
        words = split_words(value[name].one_line(""))
        try:
            if words:
                found[name] = compile_words(words, spelling)
        except PhrasingError as problem:
            value[name].fail(f"{problem}", "words and phrases with commas between them", f"{name}: respir*, sin aire")
    return found


def _list(value: Value, spelling: Spelling) -> frozenset[str]:
    return frozenset(spelling.word(word) for word in value.one_line("").split(",") if word.strip())


def _terms(value: Value, spelling: Spelling) -> Iterator[Term]:
    for name, phrases in value.fields().items():
        yield from _phrases(name, phrases, spelling)


def _phrases(name: str, value: Value, spelling: Spelling) -> Iterator[Term]:
    for source, means in value.fields("a phrase: what it means").items():
        try:
            yield Term(
                name, compile_phrase(source, spelling), source, means.one_line(example=f"{source}: my chest hurts")
            )
        except PhrasingError as problem:
            means.fail(f"{problem}", "words with the marks of lamoon/language/phrases.py", "(no|nunca) respira*: ...")


def _texts(value: Value) -> Mapping[str, str]:
    value.only(*TEXTS)
    return {name: _text(value[name], values) for name, values in TEXTS.items()}


def _text(value: Value, values: str) -> str:
    text = value.one_line()
    try:
        used = {place for _, place, _, _ in Formatter().parse(text) if place is not None}
    except ValueError as problem:
        value.fail(f"has a brace without its other half ({problem})", "{value} in braces", "other: ... {studio_name}")
    needed = {name.lower() for name in values.split() if name.isupper()}
    for name in sorted(needed - used):
        value.fail(f"does not name {{{name}}}", f"{{{name}}} somewhere in the sentence", f"... {{{name}}} ...")
    for name in sorted(used - {name.lower() for name in values.split()}):
        value.fail(f"nothing fills in {{{name}}}", values.lower() or "a text without braces", "a text")
    return text


def is_foreign(code: str | None) -> bool:
    """Return whether it is the code of a language other than English."""
    return code is not None and code != ENGLISH and code in shared_languages()


def language_text(
    code: str, name: str, facts: Mapping[str, str], conditions: tuple[str, ...] = (), **values: str
) -> str:
    """Return a reply in another language.

    Args:
        code: of a language of `shared_languages` other than English.
        name: a key of `TEXTS`, such as `emergency`, `emergency_open` or `crisis_open`.
        facts: of `Studio.facts()`.
        conditions: ids of conditions that the text names.
        values: other values that the text names.

    Raises:
        KeyError: for an unknown language or text, or a value that is not given.
    """
    language = shared_languages()[code]
    ways = ", ".join(filter(None, (facts.get("phone"), facts.get("email"), facts.get("booking_link"))))
    known = {
        **facts,
        "contact_sentence": language.texts["reach"].format(**facts, ways=ways) if ways else "",
        "crisis_line": facts["crisis_line"] if facts.get("crisis_number") else language.texts["no_crisis_line"],
        "conditions": ", ".join(dict.fromkeys(language.titles[id] for id in conditions if id in language.titles))
        or language.texts["your_health"],
    }
    return " ".join(language.texts[name].format(**(known | values)).split())
