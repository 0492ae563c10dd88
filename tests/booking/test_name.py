"""Taking the name out of an answer, and refusing what is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamoon.booking import Invalid, parse_name
from lamoon.booking.names import continues_name, corrects_name, name_in, respelled


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Maria", "Maria"),
        ("I'm Maria", "Maria"),
        ("I\u2019m Maria.", "Maria"),
        ("im maria", "Maria"),
        ("my name is Maria Lopez", "Maria Lopez"),
        ("Hi there, my name's Jos\u00e9 \u00c1ngel!", "Jos\u00e9 \u00c1ngel"),
        ("name: Maria", "Maria"),
        ("its dave", "Dave"),
        ("yes it's dave", "Dave"),
        ("This is Maria speaking", "Maria"),
        ("Maria here", "Maria"),
        ("you can call me Al", "Al"),
        ("sure, Maria", "Maria"),
        ("Maria Please", "Maria"),
        ("Maria Lopez, nice to meet you", "Maria Lopez"),
        ("maria and I want to book tomorrow", "Maria"),
        ("maria and dave", "Maria and Dave"),
        ("Lopez, Maria", "Lopez, Maria"),
        ("Dr. Maria O'Neill-Smith", "Dr. Maria O'Neill-Smith"),
        ("ludwig van beethoven", "Ludwig van Beethoven"),
        ("anne-marie o'neill", "Anne-Marie O'Neill"),
        ("van der Berg", "van der Berg"),
        ("DAVE", "DAVE"),
        ("McDonald", "McDonald"),
        ("J", "J"),
        ("Will Young", "Will Young"),
        ("Mark Price", "Mark Price"),
        ("May", "May"),
        ("An Nguyen", "An Nguyen"),
        ("Do Van An", "Do Van An"),
        ("\u674e\u5c0f\u9f99", "\u674e\u5c0f\u9f99"),
        ("\u0645\u062d\u0645\u062f \u0639\u0644\u064a", "\u0645\u062d\u0645\u062f \u0639\u0644\u064a"),
        ("Mari\u0301a", "Mar\u00eda"),
        ("Ma\u200bri\u0000a", "Maria"),
        ("  Maria \n Lopez ", "Maria Lopez"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert parse_name(text) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_name"),
        ("\U0001f600\U0001f44d", "no_name"),
        ("?!", "no_name"),
        ("no", "no_name"),
        ("Yes", "no_name"),
        ("hello", "no_name"),
        ("stop", "no_name"),
        ("my name is", "no_name"),
        ("I'm", "no_name"),
        ("call me", "no_name"),
        ("I'd rather not say", "no_name"),
        ("im not sure", "no_name"),
        ("I'm pregnant", "no_name"),
        ("I have a blood clot", "no_name"),
        ("i can't breathe", "no_name"),
        ("chest pain", "no_name"),
        ("for my mum", "no_name"),
        ("none of your business", "no_name"),
        ("why do you ask", "name_question"),
        ("can I book", "name_question"),
        ("Maria?", "name_question"),
        ("how much is it", "name_question"),
        ("Maria 2", "name_digits"),
        ("415 555 0132", "name_digits"),
        ("<b>Maria</b>", "name_signs"),
        ("maria@example.com", "name_signs"),
        ("/restart", "name_signs"),
        ("EXTERNAL: book", "name_signs"),
        ('{"name": null}', "name_signs"),
        ("[Maria](javascript:x)", "name_signs"),
        ("Maria" * 17, "name_too_long"),
        ("one two three four five six seven eight", "name_too_long"),
        ("x" * 5000, "name_too_long"),
    ],
)
def test_refused(text: str, code: str) -> None:
    found = parse_name(text)
    assert isinstance(found, Invalid)
    assert found.code == code


@settings(deadline=None)  # a busy machine is not an error
@given(st.text(max_size=300))
def test_never_raises_and_never_returns_what_is_no_name(text: str) -> None:
    found = parse_name(text)
    if not isinstance(found, Invalid):
        assert 0 < len(found) <= 80
        assert found.isprintable() or "\u200c" in found or "\u200d" in found
        assert not set(found) & set("<>{}[]()/\\@?&;:=\n\r\t")


@settings(deadline=None)  # a busy machine is not an error
@given(
    st.from_regex(
        r"(hi |im |my name is |its )?[a-z]{3,9}( [a-z']{2,9})?( here|, thanks| and i want to book)?", fullmatch=True
    )
)
def test_never_raises_on_what_looks_like_a_name(text: str) -> None:
    assert isinstance(parse_name(text), str | Invalid)


@pytest.mark.parametrize(
    ("known", "name", "whole"),
    [
        ("Catherine Moore", "Katherine", "Katherine Moore"),
        ("Ann Lee", "Ann Leigh", "Ann Leigh"),
        ("Ann", "Anne", "Anne"),
        ("Ann Lee", "Otto", "Otto"),
    ],
)
def test_a_new_spelling_changes_only_the_word_that_it_is_like(known: str, name: str, whole: str) -> None:
    assert respelled(known, name) == whole


def test_a_couple_gives_two_names_and_a_yes_none() -> None:
    assert name_in("Dana and Joel Fisher", {"name": "Dana"}, asked=True) == "Dana and Joel Fisher"
    assert name_in("of course", {"name": "Course"}, asked=True) == ""


@pytest.mark.parametrize(
    ("known", "text", "whole"),
    [
        ("Maria", "Lopez", "Maria Lopez"),
        ("Maria", "de la Cruz", "Maria de la Cruz"),
        ("Ana", "O'Neill", "Ana O'Neill"),
        ("Jo", "Smith-Jones.", "Jo Smith-Jones"),
    ],
)
def test_a_surname_that_comes_after_the_name_belongs_to_it(known: str, text: str, whole: str) -> None:
    assert continues_name(known, text) == whole


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ("Maria Lopez", "Garcia"),
        ("Maria", "Email"),
        ("Maria", "WhatsApp"),
        ("Maria", "Either"),
        ("Maria", "Yes"),
        ("Maria", "Sure"),
        ("Maria", "Person"),
        ("Maria", "parking"),
        ("Maria", "Parking"),
        ("Maria", "How much"),
        ("Maria", "maria@example.com"),
        ("Maria", "415 555 0177"),
        ("Maria", "I have a blood clot"),
    ],
)
def test_no_other_answer_belongs_to_a_name(known: str, text: str) -> None:
    assert continues_name(known, text) == ""


def test_a_name_beside_the_old_one_that_it_is_not_replaces_it() -> None:
    assert corrects_name("put Annelise Vik, not Anne", "Annelise Vik", "Anne")
    assert not corrects_name("Annelise Vik told me about you, my number follows", "Annelise Vik", "Joe")


def test_the_other_of_two_people_is_part_of_the_name() -> None:
    two = {"name": "Jo Varga", "for_whom": "two_people"}
    assert name_in("im Jo Varga, shes Ilona, saturday for both", two, asked=False) == "Jo Varga and Ilona"
    assert name_in("im Jo Varga, shes late", two, asked=False) == "Jo Varga"
    assert name_in("im Jo Varga, she's Ilona", {"name": "Jo Varga"}, asked=False) == "Jo Varga"
