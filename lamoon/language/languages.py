"""The languages of `data/languages/`: how they are recognised, what is understood in them, and what is said.

A message in one of them cannot be answered from the guide, which is English. Its emergencies, conditions and wishes are
found by phrases, and the replies that matter for safety are there in each language. docs/languages.md has the fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Final, Literal, get_args

from lamoon.errors import KnowledgeError
from lamoon.language.phrases import Phrase, PhrasingError, Spelling, compile_phrase
from lamoon.project import PROJECT
from lamoon.yaml_file import Value, read

FOLDER: Final = PROJECT / "data" / "languages"
ENGLISH: Final = "en"
SCRIPTS: Final = ("latin", "han", "hangul", "cyrillic", "arabic")
Says = Literal["person", "nothing", "thanks", "yes", "no", "looked_after"]
"""What a message says besides health: it asks for a person, takes everything back, thanks, agrees, refuses, or says that
somebody looks after it already."""
SAYS: Final[tuple[Says, ...]] = get_args(Says)
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
    """A phrase and what it is found as: the id of a condition, one of `SAYS`, or "" for an idiom that looks like one."""

    id: str
    phrase: Phrase
    source: str
    means: str


@dataclass(frozen=True)
class Language:
    """One language.

    Attributes:
        code: the name of its file.
        telltales: words that tell it from others, in its spelling.
        shared: words that it has in common with others, so that they tell nothing (English only).
        letters: letters that tell it from others, such as `ñ`.
        unlike: letters of other languages in the same script.
        negations: words that deny the condition after them; `negations_after` the one before them.
        words: conditions by id. `calm`: idioms that look like them. `says`: see `SAYS`.
        titles: what conditions are called in a reply.
        texts: replies by name, see `TEXTS`.
    """

    code: str
    name: str
    script: str
    spelling: Spelling
    telltales: frozenset[str]
    shared: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    unlike: frozenset[str] = frozenset()
    negations: frozenset[str] = frozenset()
    negations_after: frozenset[str] = frozenset()
    words: tuple[Term, ...] = ()
    calm: tuple[Term, ...] = ()
    says: tuple[Term, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=1)
def shared_languages() -> Mapping[str, Language]:
    """The languages of the project by code, English among them, loaded once. Raises KnowledgeError."""
    return load_languages()


def load_languages(folder: Path = FOLDER) -> Mapping[str, Language]:
    """Reads every file of a folder.

    Raises:
        KnowledgeError: a field is missing or unknown, a phrase cannot be read, or a text names a value that there is not;
            with file, line, what was expected and an example.
    """
    files = {path.stem: read(path, KnowledgeError) for path in sorted(folder.glob("*.yml"))}
    if ENGLISH not in files:
        raise KnowledgeError(
            str(folder / f"{ENGLISH}.yml"), None, "is missing", "the telltales of English", "name: English"
        )
    languages = [_language(code, file, files) for code, file in files.items()]
    # A second way to write a language comes after the first, which a message in letters of both is taken for.
    return {language.code: language for language in sorted(languages, key=lambda one: "like" in files[one.code])}


def _language(code: str, file: Value, files: Mapping[str, Value]) -> Language:
    known = (
        *(
            "name",
            "like",
            "script",
            "spaces",
            "prefixes",
            "folds",
            "telltales",
            "shared",
            "letters",
            "unlike",
            "negations",
        ),
        *("negations_after", "words", "titles", "calm", "says", "texts"),
    )
    file.only(*known)
    # A second way to write a language shares the first one's words, and has texts of its own.
    like = file.get("like").one_line("")
    if like and like not in files:
        file["like"].fail(f"'{like}' has no file", f"one of {', '.join(files)}", "like: zh")
    base = files[like] if like else file
    spelling = Spelling(
        folds={name: value.text(default="") for name, value in base.get("folds").fields().items()},
        spaces=base.get("spaces").flag(default=True),
        prefixes=tuple(base.get("prefixes").one_line("").split()),
    )
    english = code == ENGLISH
    return Language(
        code,
        file["name"].one_line(),
        base.get("script").one_of(SCRIPTS, "latin"),
        spelling,
        telltales=_list(file["telltales"], spelling),
        shared=_list(file.get("shared"), spelling),
        letters=frozenset(file.get("letters").one_line("")),
        unlike=frozenset(base.get("unlike").one_line("")),
        negations=_list(base.get("negations"), spelling),
        negations_after=_list(base.get("negations_after"), spelling),
        words=() if english else tuple(_terms(base["words"], spelling)),
        calm=() if english else tuple(_phrases("", base.get("calm"), spelling)),
        says=() if english else tuple(_terms(base["says"].only(*SAYS), spelling)),
        titles={name: value.one_line() for name, value in file.get("titles").fields().items()},
        texts={} if english else _texts(file["texts"]),
    )


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
    """Whether it is the code of a language other than English."""
    return code is not None and code != ENGLISH and code in shared_languages()


def language_text(
    code: str, name: str, facts: Mapping[str, str], conditions: tuple[str, ...] = (), **values: str
) -> str:
    """A reply in another language.

    Args:
        code: of a language of `shared_languages` other than English.
        name: a key of `TEXTS`, such as `emergency`, `emergency_open` or `crisis_open`.
        facts: of `Studio.facts()`.
        conditions: ids of conditions that the text names.
        values: what else it names.

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
