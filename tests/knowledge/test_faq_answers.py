"""The project's own answers: nothing to mend as they are, and a changed fact is noticed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lamoon.errors import KnowledgeError
from lamoon.knowledge.article_index import load_index
from lamoon.knowledge.provenance import check_answers, check_project, load_provenance, load_responses, main
from lamoon.knowledge.terms import ALLOWED_IN_PLAIN, load_terms, medical_terms


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """The files of the answers on topics, to break."""
    (tmp_path / "data" / "responses").mkdir(parents=True)
    for name in ("topics.yml", "provenance.yml", "article_index.json", "responses/faq.yml"):
        shutil.copy(root / "data" / name, tmp_path / "data" / name)
    return tmp_path


def test_nothing_to_mend(root: Path) -> None:
    assert [str(problem) for problem in check_project(root)] == []


def test_each_answer_is_short_and_one_paragraph(root: Path) -> None:
    for response in load_responses(root / "data" / "responses" / "faq.yml"):
        [text] = response.texts
        assert 40 <= len(text.split()) <= 85, response.key
        assert "\n" not in text.strip(), response.key


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("80% of patients", "90% of patients", "the number '90%'"),
        ("In a 1980 study", "In a 1990 study", "the number '1990'"),
        ("David Simons", "John Barnes", "the name 'Barnes'"),
        ("for 3 to 5 minutes", "for 3 to 5 hours", "the unit of '5 hours'"),
        ("2,000 pounds", "200 pounds", "the number '200'"),
        ("late 1800s", "late 1700s", "the number '1700s'"),
        ("tension headaches and fibromyalgia", "migraines and fibromyalgia", "the term 'migraines'"),
        ("over a few weeks", "over six weeks", "the number 'six'"),
        ("Massage guns use", "Lacrosse balls use", "the term 'Lacrosse balls'"),
        ("a history of blood clots", "high blood pressure", "the term 'blood pressure'"),
        ("That is not a promise", "That is a promise", "promises: 'promise'"),
        ("Our guide gives no prices.", "A session is $90.", "the currency '$'"),
        ("There are both.", "There are both. It is popular.", "'It is popular.' is not covered"),
    ],
)
def test_changed_fact_is_noticed(root: Path, old: str, new: str, what: str) -> None:
    responses = load_responses(root / "data" / "responses" / "faq.yml")
    place = next(place for place, response in enumerate(responses) if old in response.texts[0])
    responses[place] = replace(responses[place], texts=(responses[place].texts[0].replace(old, new),))
    provenance = load_provenance(root / "data" / "provenance.yml")
    claims = {
        topic: tuple(replace(claim, quote=claim.quote.replace(old, new)) for claim in claims)
        for topic, claims in provenance.claims.items()
    }
    provenance = replace(provenance, claims=claims)
    problems = check_answers(responses, provenance, load_index(root / "data" / "article_index.json"))
    assert any(problem.what.startswith(what) for problem in problems), problems


def test_command_reports_problems(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(copy)]) == 0
    (copy / "data" / "responses" / "other.yml").write_text(
        "responses:\n  utter_out_of_scope/x:\n  - text: It takes 60 minutes.\n  utter_emergency:\n  - text: Call 911.\n"
    )
    assert main([str(copy)]) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert "other.yml: utter_out_of_scope/x: names an amount: '60'" in line
    (copy / "data" / "topics.yml").unlink()
    assert main([str(copy)]) == 2


def test_term_list_is_long_and_holds_the_allowed_terms() -> None:
    terms = medical_terms()
    assert len(terms) >= 300
    assert {term.name for term in terms} >= ALLOWED_IN_PLAIN


def test_term_list_refuses_a_second_entry(tmp_path: Path) -> None:
    path = tmp_path / "terms.txt"
    path.write_text("bone # hard\n\nknee, kneecap\nbones\n")
    with pytest.raises(KnowledgeError, match=r"terms\.txt, line 4: 'bones' is here a second time \(first in line 1\)"):
        load_terms(path)
