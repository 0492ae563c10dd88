"""Each rule green on the made-up case of conftest and red on one break of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lamoon.errors import KnowledgeError
from lamoon.knowledge.article_index import ArticleIndex
from lamoon.knowledge.provenance import (
    MAX_WORDS,
    CitedResponse,
    Claim,
    Provenance,
    UnsupportedClaim,
    check_answers,
    check_topics,
    check_wording,
    load_provenance,
    load_responses,
    load_studio_words,
)
from lamoon.knowledge.topics import Topic, Topics

if TYPE_CHECKING:
    from conftest import Case

Plain = Callable[[str], list[UnsupportedClaim]]


def whats(problems: list[UnsupportedClaim]) -> list[str]:
    return [problem.what for problem in problems]


def test_good_answer_has_no_problem(case: Case) -> None:
    assert case.problems() == []


def test_problem_reads_as_one_line(case: Case) -> None:
    [problem] = case.said("1902", "1903").problems()
    assert (problem.file, problem.key) == ("faq.yml", "utter_faq/kites")
    assert str(problem).startswith("faq.yml: utter_faq/kites: the number '1903' is not in the cited lines; expected: ")


# Claims


def test_answer_without_provenance(case: Case) -> None:
    for claims in ({}, {"faq/kites": ()}):
        problems = check_answers(
            [CitedResponse("faq.yml", "utter_faq/kites", (case.text,))],
            Provenance("provenance.yml", claims),
            case.index,
        )
        assert whats(problems) == ["has no provenance"]


def test_claims_without_answer(case: Case) -> None:
    problems = check_answers([], Provenance("provenance.yml", {"faq/kites": case.claims}), case.index)
    assert whats(problems) == ["has claims but no answer"]


def test_claim_that_the_answer_does_not_say(case: Case) -> None:
    [problem] = replace(case, claims=(*case.claims, Claim("A storm helps.", (3,)))).problems()
    assert problem.what == "claims 'A storm helps.', which the answer does not say"
    assert problem.file == "provenance.yml"


@pytest.mark.parametrize("quote", ["5 minutes. In 1902", "Our guide ... advice.", "guid", "..."])
def test_claim_stays_in_one_sentence_and_quotes_whole_words(case: Case, quote: str) -> None:
    assert f"claims {quote!r}" in whats(replace(case, claims=(*case.claims, Claim(quote, (3,)))).problems())[0]


def test_sentence_without_claim(case: Case) -> None:
    [problem] = replace(case, text=case.text + " It is fun.").problems()
    assert problem.what == "'It is fun.' is not covered at 'It is fun'"


def test_sentence_covered_in_part(case: Case) -> None:
    claims = (Claim("a kite ... 3 to 5 minutes.", (3,)), *case.claims[1:])
    [problem] = replace(case, claims=claims).problems()
    assert problem.what.endswith("is not covered at 'Our guide says'")


@pytest.mark.parametrize("line", [2, 99])
def test_cited_line_exists_and_is_not_empty(case: Case, line: int) -> None:
    claims = (replace(case.claims[0], lines=(3, line)), *case.claims[1:])
    assert whats(replace(case, claims=claims).problems()) == [f"cites line {line}"]


def test_answer_has_one_text(case: Case) -> None:
    response = CitedResponse("faq.yml", "utter_faq/kites", (case.text, case.text))
    problems = check_answers([response], Provenance("provenance.yml", {"faq/kites": case.claims}), case.index)
    assert whats(problems) == ["has 2 texts"]


# Facts


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("1902", "1903", "the number '1903'"),
        ("1902", "1900s", "the number '1900s'"),
        ("80%", "85%", "the number '85%'"),
        ("80%", "80 people", "the number '80'"),
        ("5 minutes", "50 minutes", "the number '50'"),
        ("5 minutes", "5 hours", "the unit of '5 hours'"),
        ("two weeks", "six weeks", "the number 'six'"),
        ("two weeks", "a dozen weeks", "the number 'dozen'"),
        ("two weeks", "one week", "the number 'one'"),
        ("her pupils", "her pupils for 2 euros", "the number '2'"),
        ("Ada Mallow", "Ada Barnes", "the name 'Barnes'"),
        ("a kite", "a Cody kite", "the name 'Cody'"),
        ("sore shoulder", "sore knee", "the term 'knee'"),
        ("sore shoulder", "frozen shoulder", "the term 'frozen shoulder'"),
        ("steady wind", "a foam roller", "the term 'foam roller'"),
    ],
)
def test_fact_that_the_cited_lines_lack(case: Case, old: str, new: str, what: str) -> None:
    assert f"{what} is not in the cited lines" in whats(case.said(old, new).problems())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("80%", "80 percent"),
        ("two weeks", "2 weeks"),
        ("A sore shoulder", "Sore shoulders"),
        ("a kite", "La Moon's kite"),
        ("1902 Ada", "1902 I met Ada"),
        ("steady wind", "one steady wind"),
    ],
)
def test_same_fact_in_other_words(case: Case, old: str, new: str) -> None:
    assert case.said(old, new).problems() == []


def test_fact_of_another_line_is_not_borne_out(case: Case) -> None:
    claims = (*case.claims[:2], replace(case.claims[2], lines=(3,)), case.claims[3])
    lacking = ("the number 'two'", "the term 'sore'", "the term 'shoulder'")
    assert whats(replace(case, claims=claims).problems()) == [f"{what} is not in the cited lines" for what in lacking]


def test_part_of_our_own_holds_no_fact(case: Case) -> None:
    assert case.plus("Ask us, please.", basis="own").problems() == []
    assert whats(case.plus("Ask us about your knee.", basis="own").problems()) == [
        "the term 'knee' is not in the cited lines"
    ]


def test_studio_words_bear_out_studio_claims_only(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "studio.yml"
    assert load_studio_words(path) == frozenset()
    path.write_text("name: Kite House\nprices: [{service: Flight, amount: 90, currency: USD}]\nhours: two days\n")
    known = replace(case, studio_words=load_studio_words(path))
    for sentence in ("Come to the Kite House for 90 minutes.", "It is open on 2 days."):
        assert known.plus(sentence, basis="own").problems() != []
    assert known.plus("It is open on 2 days.", basis="studio").problems() == []
    assert case.plus("It is open on 2 days.", basis="studio").problems() != []


def test_currency_needs_its_line(case: Case) -> None:
    assert "the currency '$' is not in the cited lines" in whats(case.plus("It costs $80.", 4).problems())


# Wording


def test_shared_run(case: Case) -> None:
    sentence = "It wants rest, warmth and two quiet weeks before the next flight."
    assert whats(case.plus(sentence, 6).problems()) == [
        "shares a run with the guide: 'wants rest warmth and two quiet weeks before the next flight'"
    ]


def test_length(case: Case) -> None:
    spare = MAX_WORDS - len(case.text.split())
    assert case.plus("Do " + "please " * (spare - 2) + "ask.", basis="own").problems() == []
    problems = case.plus("Do " + "please " * (spare - 1) + "ask.", basis="own").problems()
    assert whats(problems) == [f"has {MAX_WORDS + 1} words"]


def test_blank_line(case: Case) -> None:
    text = case.text.replace(". In", ".\n \nIn")
    assert whats(replace(case, text=text).problems()) == ["holds a blank line"]
    assert replace(case, text=case.text.replace(". In", ".\nIn")).problems() == []


@pytest.mark.parametrize(
    "promise",
    [
        "We guarantee it.",
        "This cures everything.",
        "It will fix you.",
        "You'll be fine.",
        "It works 100%.",
        "It is 100 percent sure.",
        "It always works.",
        "It is completely safe.",
        "There is no risk.",
        "You will quickly heal.",
        "The change is permanent.",
        "There is nothing to worry about.",
        "No doubt it cures you.",
        "It not only cures you.",
    ],
)
def test_promise(index: ArticleIndex, promise: str) -> None:
    [problem] = check_wording([CitedResponse("faq.yml", "utter_greet", (promise,))], index)
    assert problem.what.startswith("promises: ")


@pytest.mark.parametrize(
    "text",
    ["That is not a promise.", "We can't guarantee it.", "It is no cure.", "It is secure.", "Be sure to tell us."],
)
def test_no_promise(index: ArticleIndex, text: str) -> None:
    assert check_wording([CitedResponse("faq.yml", "utter_greet", (text,))], index) == []


# Replies outside the guide


def test_plain_reply(plain: Plain) -> None:
    assert plain("I don't know about {studio_name}'s parking or your pain, so ask the team. One moment, please.") == []


@pytest.mark.parametrize(
    "text",
    [
        "It takes 60 minutes.",
        "It takes two hours.",
        "You save 10%.",
        "Bring a few dollars.",
        "It costs €.",
        "In one hour.",
    ],
)
def test_plain_reply_names_no_amount(plain: Plain, text: str) -> None:
    assert whats(plain(text))[0].startswith("names an amount: ")


@pytest.mark.parametrize(
    "text", ["Ice is good for a sprain.", "Try magnesium.", "Loosen your hamstrings.", "Tissue swells."]
)
def test_plain_reply_makes_no_medical_claim(plain: Plain, text: str) -> None:
    assert whats(plain(text))[0].startswith("uses the medical term ")


def test_plain_reply_may_name_what_it_declines(plain: Plain) -> None:
    assert plain("I can't compare deep tissue, acupuncture or rolfing.") == []


def test_plain_reply_is_checked_in_its_captions_too(index: ArticleIndex, tmp_path: Path) -> None:
    path = tmp_path / "responses.yml"
    path.write_text(
        "responses:\n  utter_x:\n  - text: Hello\n    buttons:\n    - {title: We guarantee it, payload: /x}\n"
    )
    [response] = load_responses(path)
    assert whats(check_wording([response], index)) == ["promises: 'guarantee'"]


# Topics and files


def test_topics_have_answers_and_sections(index: ArticleIndex) -> None:
    response = CitedResponse("faq.yml", "utter_faq/kites", ("Hello",))
    topics = Topics((Topic("kites", "Kites?", "Shoulder Care", ()),))
    assert check_topics(topics, [response], index) == []
    assert whats(check_topics(topics, [], index)) == ["has no answer"]
    assert whats(check_topics(Topics(()), [response], index)) == ["has an answer but is not a topic"]
    other = Topics((replace(topics.all[0], section="Shoulder"),))
    assert whats(check_topics(other, [response], index)) == ["section 'Shoulder' is not in the guide"]


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("kites:\n- {claim: a, lines: [1]}", 1, "kites: is not an answer on a topic"),
        ("faq/kites:\n- {lines: [1]}", 2, "faq/kites[1].claim: is missing"),
        ("faq/kites:\n- {claim: a}", 2, "expected: lines of the guide, or a basis"),
        ("faq/kites:\n- {claim: a, basis: guess}", 2, "basis: 'guess' is unknown"),
        ("faq/kites:\n- {claim: a, lines: [one]}", 2, "lines[1]: 'one' is not one"),
        ("faq/kites:\n- {claim: a, line: [1]}", 2, "line: is not a field here"),
    ],
)
def test_broken_provenance_names_its_line(tmp_path: Path, content: str, line: int, message: str) -> None:
    path = tmp_path / "provenance.yml"
    path.write_text(content)
    with pytest.raises(KnowledgeError) as error:
        load_provenance(path)
    assert str(error.value).startswith(f"{path}, line {line}: ")
    assert message in str(error.value)
