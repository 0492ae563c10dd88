"""The health form without a page: what it reads, what is wrong, and what it keeps and adds to its request."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamoon.booking import BookingRequest, BookingStore, Contact, DisclosedCondition
from lamoon.booking.health_form import (
    AGES,
    LONGEST,
    PRESSURES,
    UNREAD,
    Answers,
    Signed,
    as_fields,
    cleaned,
    counted,
    disclosed,
    form_catalogue,
    groups,
    prefilled,
    problems,
    read_answers,
    text_version,
)
from lamoon.booking.health_form_store import LIFE, HealthForms, LinkError
from lamoon.storage.encryption import Cipher
from lamoon.storage.tables import health_forms
from lamoon.storage.time import now

CATALOGUE = form_catalogue()
ASKED = [one.id for group in groups(CATALOGUE) for one in group.conditions]
GOOD = Answers(name="Rose Hill", none=True, age="adult", consent=True, signature="Rose Hill")
DAY = date(2030, 1, 2)
KEY = "k" * 32
written = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=40)
answers = st.builds(
    Answers,
    **dict.fromkeys(LONGEST, written),
    conditions=st.lists(st.sampled_from(ASKED), unique=True).map(tuple),
    none=st.booleans(),
    pressure=st.sampled_from(("", *PRESSURES)),
    age=st.sampled_from(("", *AGES)),
    guardian_consent=st.booleans(),
    consent=st.booleans(),
)


def signed(given: Answers = GOOD, **more: object) -> Signed:
    return Signed(given, DAY, "01234567", "I agree.", "It is true.", **more)  # type: ignore[arg-type]


@pytest.fixture
def forms(store: BookingStore) -> HealthForms:
    return HealthForms(store.database, Cipher([KEY]), KEY)


@pytest.fixture
def reference(store: BookingStore) -> str:
    contact = Contact("rose@example.com", "")
    return store.submit(BookingRequest("x", "1", "Rose", contact, "an hour", consent=True, screening="no"))


@settings(deadline=None)
@given(answers)
def test_whatever_is_filled_in_comes_back_from_the_page(given: Answers) -> None:
    assert read_answers(as_fields(given), CATALOGUE) == given


@settings(deadline=None)
@given(answers, st.lists(st.sampled_from(ASKED), unique=True).map(tuple), st.sampled_from(("none", UNREAD)))
def test_whatever_is_signed_comes_back_from_the_store(given: Answers, found: tuple[str, ...], outcome: str) -> None:
    form = signed(given, found=found, outcome=outcome)
    assert Signed.from_json(form.to_json()) == form


@settings(deadline=None)
@given(answers)
def test_a_form_is_refused_or_complete(given: Answers) -> None:
    wrong = problems(given, CATALOGUE)
    if not wrong:
        clean = cleaned(given)
        assert clean.name
        assert clean.signature
        assert clean.consent
        assert clean.age
        assert clean.none != bool(clean.conditions) or clean.health
        assert not clean.is_minor or (clean.guardian and clean.guardian_consent)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(ticked=st.lists(st.sampled_from(ASKED), unique=True, min_size=1).map(tuple), word=st.uuids().map(str))
def test_any_ticked_set_is_kept_and_no_word_is_in_the_database(
    store: BookingStore, forms: HealthForms, ticked: tuple[str, ...], word: str
) -> None:
    contact = Contact("rose@example.com", "")
    reference = store.submit(
        BookingRequest(uuid.uuid4().hex, "1", "Rose", contact, "an hour", consent=True, screening="no")
    )
    form = signed(replace(GOOD, none=False, conditions=ticked, health=f"my {word}", medicines=word.upper()))
    hold = forms.submit(forms.link(reference).token, form, CATALOGUE)
    assert forms.latest(reference) == form
    stored = store.get(reference)
    assert stored
    assert {one.id for one in stored.request.conditions} == set(ticked)
    assert hold == stored.request.hold == any(CATALOGUE[id].hold for id in ticked)
    with store.database.reading("look") as connection:
        rows = connection.execute(health_forms.select()).all()
    assert not any(text in str(rows) for text in (word, word.upper(), "Rose Hill", *ticked))


def test_unknown_fields_and_values_are_ignored() -> None:
    sent = [("condition", "plague"), ("condition", "diabetes"), ("pressure", "brutal"), ("age", "9"), ("admin", "yes")]
    assert read_answers(sent, CATALOGUE) == Answers(conditions=("diabetes",))


def test_a_complete_form_is_right_and_so_is_one_in_own_words() -> None:
    assert problems(GOOD, CATALOGUE) == {}
    assert problems(replace(GOOD, none=False, health="gout"), CATALOGUE) == {}


def test_only_what_the_person_has_is_counted() -> None:
    mentions = [("fever", "affirmed"), ("hernia", "negated"), ("epilepsy", "other_person"), ("fever", "affirmed")]
    assert counted(mentions, of_child=False) == ("fever",)
    assert counted(mentions, of_child=True) == ("fever", "epilepsy")


def test_ticked_and_found_conditions_go_to_the_request_without_words() -> None:
    form = signed(replace(GOOD, conditions=("diabetes",)), found=("recent_fracture", "diabetes"))
    assert disclosed(form, CATALOGUE) == (
        DisclosedCondition("diabetes", "health form", hold=False),
        DisclosedCondition("recent_fracture", "health form", hold=True),
    )


def test_the_version_changes_with_the_texts() -> None:
    some = dict(list(CATALOGUE.items())[:5])
    renamed = some | {"pregnancy": replace(CATALOGUE["pregnancy"], title="a pregnancy")}
    assert text_version(some) != text_version(renamed)
    assert text_version(some) == text_version(dict(some))


def test_what_is_filled_in_beforehand_is_what_was_said() -> None:
    told = (DisclosedCondition("blood_clot", "a clot"), DisclosedCondition("long_gone", "an odd thing"))
    request = BookingRequest(
        "x", "1", "Rose", Contact("rose@example.com", ""), "an hour", consent=True, conditions=told, health_words="hm"
    )
    assert prefilled(request, CATALOGUE) == Answers(name="Rose", conditions=("blood_clot",), health="hm\nan odd thing")


def test_a_stored_form_of_another_version_is_still_read() -> None:
    text = signed().to_json().replace('"version"', '"later": 1, "version"').replace('"none": true', '"new": [1]')
    assert Signed.from_json(text).answers == replace(GOOD, none=False)


def test_a_link_lasts_until_the_visit_at_most_thirty_days(forms: HealthForms, reference: str) -> None:
    assert abs(forms.link(reference).expires_at - now() - LIFE) < timedelta(seconds=5)
    visit = now() + timedelta(days=3)
    link = forms.link(reference, visit)
    assert link.expires_at == visit
    assert forms.link(reference).expires_at == visit, "asked for again, it keeps its end"
    far = forms.link(reference, now() + timedelta(days=300))
    assert abs(far.expires_at - now() - LIFE) < timedelta(seconds=5)
    assert far.token == link.token
    with pytest.raises(LinkError) as caught:
        forms.link(reference, now() - timedelta(seconds=1))
    assert caught.value.reason == "expired"


def test_there_is_no_link_without_a_request(forms: HealthForms) -> None:
    with pytest.raises(LinkError) as caught:
        forms.link("LM-33333")
    assert caught.value.reason == "gone"


def test_a_reference_that_is_used_again_does_not_open_by_an_old_link(
    store: BookingStore, forms: HealthForms, reference: str
) -> None:
    token = forms.link(reference).token
    store.forget("x")
    contact = Contact("ann@example.com", "")
    store.submit(BookingRequest("y", "1", "Ann", contact, "an hour", consent=True, reference=reference))
    forms.link(reference)
    with pytest.raises(LinkError) as caught:
        forms.follow(token)
    assert caught.value.reason == "replaced"


def test_nothing_secret_is_in_what_a_log_would_show(forms: HealthForms, reference: str) -> None:
    link = forms.link(reference)
    shown = repr(link) + repr(signed(replace(GOOD, health="words", conditions=("diabetes",)), found=("fever",)))
    for secret in (link.token, "words", "diabetes", "fever", "Rose"):
        assert secret not in shown


def test_a_form_that_is_sent_many_times_at_once_is_kept_once(forms: HealthForms, reference: str) -> None:
    token = forms.link(reference).token
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: forms.submit(token, signed(), CATALOGUE), range(16)))
        list(threads.map(lambda n: forms.submit(token, signed(replace(GOOD, health=f"{n}")), CATALOGUE), range(8)))
    versions = forms.state(reference).versions
    assert [version.number for version in versions] == list(range(1, 10)), "and no other form is lost"


def test_a_form_that_adds_nothing_sends_no_notice_again(
    store: BookingStore, forms: HealthForms, reference: str
) -> None:
    with store.database.writing("sent") as connection:
        connection.exec_driver_sql("UPDATE outbox SET status = 'sent'")
    forms.submit(forms.link(reference).token, signed(), CATALOGUE)
    assert [stored.status for stored in store.list()] == ["sent"]
    forms.submit(forms.link(reference).token, signed(replace(GOOD, conditions=("diabetes",))), CATALOGUE)
    assert [stored.status for stored in store.list()] == ["queued"]
