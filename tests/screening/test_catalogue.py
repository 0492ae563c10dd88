from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lamoon.screening import Catalogue, CatalogueError, Screener, load_catalogue
from lamoon.screening.conditions import DEFAULT_PATH

ARTICLE = "blood_clot tumor_cancer open_wound infection fragile_skin recent_fracture acute_injury".split()
DOCTOR = """pregnancy blood_thinners osteoporosis recent_surgery heart_condition blood_pressure fever aneurysm cancer_history
    lump diabetes epilepsy rheumatoid_arthritis neurological varicose_veins lymphedema bleeding_disorder easy_bruising
    steroids kidney_liver immunosuppressed spinal_condition skin_condition hernia implant post_injection
    other_condition substances""".split()
EMERGENCY = """suspected_dvt chest_pain breathing pulmonary_embolism stroke cauda_equina suicidal head_injury
    severe_bleeding major_trauma limb_injury wound_gone_bad sepsis_meningitis anaphylaxis overdose collapse pregnancy_bleeding""".split()


@pytest.fixture(scope="module")
def catalogue(screener: Screener) -> Catalogue:
    return screener.catalogue


def test_every_condition_of_the_guide_is_there_and_says_what_the_guide_says(catalogue: Catalogue) -> None:
    for name in ARTICLE:
        condition = catalogue.conditions[name]
        assert condition.article
        assert condition.article_says
        assert condition.severity in ("avoid", "avoid_locally")
        assert condition.hold


def test_conditions_beyond_the_guide_do_not_quote_it(catalogue: Catalogue) -> None:
    for name in DOCTOR:
        condition = catalogue.conditions[name]
        assert condition.severity == "ask_doctor"
        assert not condition.article_says


@pytest.mark.parametrize("name", ["aneurysm", "lump", "fever", "substances"])
def test_some_conditions_beyond_the_guide_hold_a_booking(catalogue: Catalogue, name: str) -> None:
    assert catalogue.conditions[name].hold


def test_every_emergency_has_its_text(catalogue: Catalogue) -> None:
    texts = {name: catalogue.conditions[name].emergency_text for name in EMERGENCY}
    special = {name: name for name in ("suspected_dvt", "suicidal", "cauda_equina")}
    special |= dict.fromkeys(("limb_injury", "wound_gone_bad"), "doctor_today")
    assert {name: text for name, text in texts.items() if text != "general"} == special


def test_every_condition_has_a_title_and_a_source(catalogue: Catalogue) -> None:
    assert all(condition.title and condition.source for condition in catalogue.conditions.values())


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the catalogue to break."""
    return Path(shutil.copytree(DEFAULT_PATH, tmp_path / "catalogue"))


NEW = "\nconditions:\n  gout_attack:\n    title: a gout attack\n    severity: ask_doctor\n    source: clinics\n"
SAID = "sayings:\n  gout_attack:\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("addition", "line", "problem"),
    [
        ("\nconditions:\n  gout_attack:\n    titel: x\n", 4, "gout_attack.titel: is not a field here"),
        ("\nconditions:\n  gout_attack:\n    severity: avoid\n    source: x\n", 3, "gout_attack.title: is missing"),
        (NEW, 3, "nothing to find it by"),
        (NEW.replace("ask_doctor", "asap") + "    names: gout\n", 5, "severity: 'asap' is unknown"),
        (NEW + SAID + "    patterns: |\n      gout,\n      sore (toe\n", 11, "'(' is not closed"),
        (NEW + SAID + "    patterns: gout in my {bonee}\n", 9, "no group 'bonee'"),
        (NEW + SAID + "    rules:\n      - {all: [no_such_sign]}\n", 10, "no_such_sign"),
        (NEW + "    names: |\n      gout,\n      sore (big) toe\n", 9, "'sore (big) toe' is not plain words"),
        (NEW + "    patterns: gout\n", 7, "patterns: is not a field here"),
        ("\nsayings:\n  gout_attack:\n    patterns: gout\n", 3, "gout_attack: is not a condition"),
        ("\nsayings:\n  blood_clot:\n    patterns: clot\n", 3, "already defined"),
        (NEW + "    names: gout\n    hold: maybe\n", 8, "hold: 'maybe' is unknown"),
        (NEW + "    names: gout\n    becomes: nothing\n", 8, "becomes: 'nothing' is not a condition"),
        (NEW + "    names: gout\n    article: true\n", 3, "do not agree"),
        (NEW + "    names: gout\n    emergency_text: general\n", 3, "emergency_text"),
        (NEW.replace("gout_attack", "blood_clot") + "    names: gout\n", 3, "blood_clot: is here again"),
        ("\nsigns:\n  leg: |\n    leg\n", 3, "already defined"),
        ("\nconditions:\n  Gout:\n    title: x\n", 3, "cannot be a name"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(broken: Path, addition: str, line: int, problem: str) -> None:
    file = broken / "zz_mine.yml"
    file.write_text(addition, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(broken)
    assert caught.value.file == str(file)
    assert caught.value.line == line
    assert problem in caught.value.problem
    assert caught.value.expected
    assert caught.value.example


def test_a_new_condition_needs_one_file_only(broken: Path) -> None:
    (broken / "zz_mine.yml").write_text(NEW + SAID + "    patterns: |\n      hot (big|small) toe\n", encoding="utf-8")
    found = Screener.load(broken).screen("both times it was a hot big toe")
    assert [mention["id"] for mention in found["conditions"]] == ["gout_attack"]


def test_a_missing_catalogue_says_what_belongs_there(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no catalogue file"):
        load_catalogue(tmp_path)
    with pytest.raises(CatalogueError, match="cannot be read"):
        load_catalogue(tmp_path / "none.yml")


def test_missing_cues_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(NEW + "    names: gout\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="negation"):
        load_catalogue(tmp_path)


def test_the_year_decides_what_is_long_ago(screener: Screener) -> None:
    message = "dislocated my shoulder in 2025"
    assert screener.screen(message)["outcome"] == "warn"
    assert Screener.load(year=2030).screen(message)["outcome"] == "none"
