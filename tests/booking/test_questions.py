"""The table of questions, and what is made of it: read-back, request, mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields

import pytest

from lamoon.booking import BookingRequest, BookingStore, Contact
from lamoon.booking.form import DETAILS, QUESTIONS, answers, changeable_parts, read_back, read_change
from lamoon.booking.mail import body
from lamoon.errors import RequestError
from lamoon.phrasebook import phrasebook
from lamoon.screening.conditions import load_facts

Build = Callable[..., BookingRequest]


@pytest.fixture
def store(sqlite_url: str) -> Iterator[BookingStore]:
    opened = BookingStore(sqlite_url)
    yield opened
    opened.close()


def test_every_answer_has_a_place_in_the_request() -> None:
    known = {field.name for field in fields(BookingRequest)} | {""}
    assert {question.kept_as for question in QUESTIONS} <= known
    assert DETAILS in known


def test_what_may_be_changed_has_a_name_and_is_found_by_it() -> None:
    for question in QUESTIONS:
        assert bool(question.part) == bool(question.change), question.slot
        if question.part:
            assert read_change(f"change {question.part}") == question.slot


def test_what_is_read_back_and_what_may_be_changed() -> None:
    slots = {"visitor_name": "Ann", "contact": "ann@example.com", "wish": "soon", "health_screening": "no"}
    assert (
        read_back(slots, load_facts()) == "Name: Ann\nContact: ann@example.com\nWish: soon\nHealth: nothing to report"
    )
    assert changeable_parts() == "the name, the contact, the wish or the health answer"


@pytest.mark.parametrize(("kind", "label"), [("booking", "Wish"), ("handoff", "Question")])
def test_what_a_request_holds_in_the_order_of_the_questions(request_of: Build, kind: str, label: str) -> None:
    request = request_of(
        kind=kind, name="Ann", contact=Contact("ann@example.com"), wish="soon", details={"color": "red"}
    )
    said = [(title, answer) for _, title, answer in answers(request)]
    assert said == [("Name", "Ann"), ("Contact", "ann@example.com"), (label, "soon"), ("Color", "red")]


def test_answers_without_a_column_are_stored_and_mailed(request_of: Build, store: BookingStore) -> None:
    request = request_of(details={"preferred_room": "the\nquiet one", "empty": " "})
    stored = store.get(store.submit(request))
    assert stored is not None
    assert stored.request.details == {"preferred_room": "the quiet one"}
    assert "\n\nPreferred room, in their own words:\n> the quiet one\n\n" in body(stored.request)
    assert "quiet" not in repr(stored.request)


def test_a_mail_without_them_says_nothing_of_them(request_of: Build) -> None:
    assert "in their own words" not in body(request_of())
    assert body(request_of(kind="handoff")).count("in their own words") == 1


@pytest.mark.parametrize("details", [{"room": "x" * 1001}, {str(number): "x" for number in range(51)}])
def test_too_much_is_refused(request_of: Build, details: dict[str, str]) -> None:
    with pytest.raises(RequestError, match="details hold too much"):
        request_of(details=details)


def test_no_sentence_about_a_contact_holds_a_number() -> None:
    about = [text for name, text in phrasebook().responses.items() if "phone" in name or "contact" in name]
    assert len(about) > 3
    assert not any(sign.isdigit() for text in about for sign in text), "it could be taken for the studio's"
