"""Messages in other languages: every phrase is found, nothing English is, and a crisis is never denied."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lamoon.language.languages import ENGLISH, Language, Term, language_text, load_languages, shared_languages
from lamoon.project import PROJECT
from lamoon.screening.other_languages import shared_foreign_reader
from lamoon.yaml_file import read

LANGUAGES = [language for code, language in shared_languages().items() if code != ENGLISH]
DATA = PROJECT / "tests" / "data"
# Foreign words in English conversations, and other languages among the English test messages.
NOT_ENGLISH = frozenset(
    """buenos dias|boa tarde|obrigada, you helped me|muchas gracias señora|sí claro|nee dank u|guten tag|no tengo cancer ni trombosis
    |nguyễn thị hồng ánh|quanto custa a sessao por favor|mi doctora dice que no tengo nada malo, no cancer, no diabetes""".replace(
        "\n    |", "|"
    ).split("|")
)
FACTS = {
    "studio_name": "La Moon",
    "phone": "(212) 555-0147",
    "email": "",
    "booking_link": "",
    "emergency_number": "911",
    "crisis_number": "988",
    "crisis_line": "988 (Lifeline)",
    "contact_sentence": "English",
}


def english_messages() -> Iterator[str]:
    """All training phrases but those of other languages, and all test messages in English."""
    for path in [PROJECT / "data" / "nlu.yml", *sorted((PROJECT / "data" / "nlu").glob("*.yml"))]:
        for block in read(path)["nlu"].items():
            if not block["intent"].text().endswith("other_language"):
                yield from (line.strip()[2:] for line in block.get("examples").text("").splitlines() if line.strip())
    for path in sorted(DATA.glob("*.jsonl")):
        if not path.name.startswith("languages"):
            for line in path.read_text(encoding="utf-8").splitlines():
                yield str(json.loads(line).get("text", ""))


def test_no_english_message_is_in_another_language() -> None:
    messages = [text for text in english_messages() if text.strip().lower() not in NOT_ENGLISH]
    assert len(messages) > 15_000
    assert [text for text in messages if shared_foreign_reader().read(text).is_foreign] == []


def wordings(source: str) -> list[str]:
    """The wordings of a phrase: each alternative at least once, gaps and what may be left out are empty."""
    source = source.replace(" & ", " ").replace(" //", "")
    plain = re.sub(r"\s*\.\.\d*\s*", " ", source).replace("*", "")
    while "[" in plain:
        plain = re.sub(r"\[[^\[\]]*\]", "", plain)
    while "((" in plain or re.search(r"\([^()]*\([^()]*\)[^()]*\)", plain):  # nested: the first inner alternative
        plain = re.sub(r"(\([^()]*)\(([^()|]*)[^()]*\)", r"\1\2", plain, count=1)
    parts = [
        part.strip("()").split("|") if part.startswith("(") else [part] for part in re.split(r"(\([^()]*\))", plain)
    ]
    longest = max(map(len, parts))
    return [" ".join(part[at % len(part)].strip() for part in parts).strip() for at in range(longest)]


def terms(language: Language) -> list[Term]:
    return [*language.words, *language.says]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_every_wording_of_every_phrase_is_found(language: Language) -> None:
    missed = []
    for term in terms(language):
        for text in wordings(term.source):
            reading = shared_foreign_reader().read(text, language.code)
            found = {mention.id for mention in reading.mentions} | reading.says
            if term.id not in found and not reading.idioms and reading.language in (language.code, language.code[:2]):
                missed.append((term.id, text))
    assert missed == []


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_every_idiom_is_calm(language: Language) -> None:
    for term in language.calm:
        for text in wordings(term.source):
            assert not shared_foreign_reader().read(text, language.code).mentions, text


def calm_messages() -> list[str]:
    """Messages of the rounds and look-alikes that need nothing of a doctor."""
    lines = (line for path in DATA.glob("languages_*.jsonl") for line in path.read_text(encoding="utf-8").splitlines())
    return [one["text"] for one in map(json.loads, lines) if one["expect"] == "other"]


def test_no_calm_message_is_an_emergency_or_a_crisis() -> None:
    messages = calm_messages()
    assert len(messages) > 130
    alarming = {}
    for text in messages:
        reading = shared_foreign_reader().read(text)
        titles = shared_languages()[reading.language].titles if reading.language else {}
        ids = {one.id for one in reading.mentions if one.status == "affirmed"} - titles.keys()
        if ids:
            alarming[text] = ids
    assert alarming == {}


def test_an_idiom_does_not_mute_what_is_said_in_its_gap() -> None:
    (mention,) = shared_foreign_reader().read("no aguanto más, quiero morirme, la espalda").mentions
    assert mention.id == "suicidal"
    assert not shared_foreign_reader().read("no aguanto más, me duele la espalda").mentions


def test_who_plays_a_condition_down_takes_nothing_back() -> None:
    assert shared_foreign_reader().read("seguro no es nada").says == {"nothing"}
    reading = shared_foreign_reader().read("tengo un tumor pero seguro no es nada")
    assert [one.id for one in reading.mentions] == ["tumor_cancer"]
    assert not reading.says


def test_a_short_stem_finds_longer_words() -> None:
    assert {one.id for one in shared_foreign_reader().read("córka wzięła całe opakowanie tabletek").mentions} == {
        "overdose"
    }


def test_of_two_equal_languages_the_one_with_a_phrase_is_read() -> None:
    assert shared_foreign_reader().read("estou grávida de 20 semanas").language == "pt"


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_every_phrase_says_what_it_means_in_english(language: Language) -> None:
    for term in (*language.words, *language.says, *language.calm):
        assert term.means.isascii(), term.source


@pytest.mark.parametrize(
    "text",
    [
        "no tengo trombosis",
        "keine Thrombose",
        "je n'ai pas de phlébite",
        "não tenho trombose",
        "non ho trombosi",
        "nie mam zakrzepicy",
        "у меня нет тромбоза",
        "我没有血栓",
        "혈전이 없어요",
        "wala akong namuong dugo",
        "tôi không bị huyết khối",
        "ليس عندي جلطة",
    ],
)
def test_a_denied_condition_is_negated(text: str) -> None:
    (mention,) = shared_foreign_reader().read(text).mentions
    assert (mention.id, mention.status) == ("blood_clot", "negated")


@pytest.mark.parametrize(
    ("negation", "text"),
    [
        ("no, ", "ya no quiero vivir"),
        ("nein, ", "ich will nicht mehr leben"),
        ("non, ", "je ne veux plus vivre"),
        ("não ", "quero morrer"),
        ("nie, ", "nie chcę żyć"),
        ("нет, ", "не хочу жить"),
        ("不，", "我不想活了"),
    ],
)
def test_no_negation_mutes_a_crisis(negation: str, text: str) -> None:
    assert [(one.id, one.status) for one in shared_foreign_reader().read(negation + text).mentions] == [
        ("suicidal", "affirmed")
    ]


@pytest.mark.parametrize("name", ["Олена Шевченко", "李小龙", "김민수", "محمد علي", "Maria del Carmen", "Tran Thi Mai"])
def test_a_name_is_no_language(name: str) -> None:
    assert not shared_foreign_reader().read(name).is_foreign


def test_a_conversation_goes_on_in_its_language_with_fewer_words() -> None:
    assert not shared_foreign_reader().read("danke").is_foreign
    assert shared_foreign_reader().read("danke", "de").says == {"thanks"}
    assert shared_foreign_reader().read("please tell me the price of a session", "de").language == ENGLISH
    assert shared_foreign_reader().read("ok", "de").language is None


def test_other_scripts_and_neighbours_are_left_alone() -> None:
    for text in (
        "肩がとても凝っています。予約できますか",
        "добрий вечір, можна записатися на сеанс",
        "سلام، می‌خواهم وقت بگیرم",
    ):
        assert not shared_foreign_reader().read(text).is_foreign, text


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_the_texts_name_the_help(language: Language) -> None:
    assert "911" in language_text(language.code, "emergency", FACTS)
    crisis = language_text(language.code, "crisis", FACTS)
    assert "988 (Lifeline)" in crisis
    assert "911" in crisis
    assert language.titles["blood_clot"] in language_text(language.code, "warning", FACTS, ("blood_clot",))
    assert "911" in language_text(language.code, "emergency_open", FACTS)
    assert "988" in language_text(language.code, "crisis_open", FACTS)
    other = language_text(language.code, "other", FACTS)
    assert "(212) 555-0147" in other
    assert "English" not in other
    button = language_text(language.code, "person_button", FACTS)
    assert shared_foreign_reader().read(button).says == {"person"}


def test_an_unknown_crisis_line_is_named_in_the_language() -> None:
    facts = {**FACTS, "crisis_number": "", "crisis_line": "a crisis line in your country"}
    assert "Krisenhotline in Ihrem Land" in language_text("de", "crisis", facts)


@pytest.mark.parametrize("title", ["blood_clot", "recent_fracture", "pregnancy"])
def test_every_condition_that_is_warned_about_has_a_title(title: str) -> None:
    for language in LANGUAGES:
        assert language.titles[title]


def broken(folder: Path, change: tuple[str, str]) -> Path:
    """A copy of the languages English and Spanish, one text of the Spanish one replaced."""
    source = PROJECT / "data" / "languages"
    for name in ("en.yml", "combinations.yml"):
        (folder / name).write_text((source / name).read_text(encoding="utf-8"), encoding="utf-8")
    text = (source / "es.yml").read_text(encoding="utf-8")
    assert change[0] in text
    (folder / "es.yml").write_text(text.replace(*change, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("falta de (aire|aliento): shortness", "falta de (aire|aliento: shortness"), "without its other half"),
        (("{emergency_number}", "911"), r"does not name \{emergency_number\}"),
        (("{emergency_number}", "{emergency_number} {price}"), r"nothing fills in \{price\}"),
        (("name: Spanish", "title: Spanish"), "is not a field here"),
        (("your_health", "your_wealth"), "is not a field here"),
    ],
)
def test_a_broken_file_is_reported_with_its_line(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    with pytest.raises(Exception, match=problem) as raised:
        load_languages(broken(tmp_path, change))
    assert re.search(r"es\.yml, line \d+", str(raised.value))
