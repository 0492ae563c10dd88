"""Finding and checking an e-mail address or a phone number in what people type."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamoon.booking import Contact, Invalid, parse_contact


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("maria@example.com", "maria@example.com"),
        ("sure, it's Maria.Lopez+yoga@Example.COM.", "Maria.Lopez+yoga@example.com"),
        ("<maria@example.com>", "maria@example.com"),
        ("mailto:maria@example.com", "maria@example.com"),
        ("maria @ example.com", "maria@example.com"),
        ("maria@example. com", "maria@example.com"),
        ("maria at example dot com", "maria@example.com"),
        ("Maria dot Lopez underscore 1 at example dot co dot uk please", "Maria.Lopez_1@example.co.uk"),
        ("\uff4d\uff41\uff52\uff49\uff41\uff20example.com", "maria@example.com"),
        ("mail maria@example.com\r\nBcc: other@example.com", "maria@example.com"),
        ("nobody@ or maria@example.com", "maria@example.com"),
        ("maria@gmial.com, no, maria@gmail.com", "maria@gmail.com"),
        ("m\u00e1ria@ex\u00e4mple.de", "m\u00e1ria@ex\u00e4mple.de"),
    ],
)
def test_email(text: str, email: str) -> None:
    found = parse_contact(text, "US")
    if "gmial" in text:  # one of two is mistyped: ask, rather than guess
        assert isinstance(found, Invalid)
    else:
        assert found == Contact(email=email)


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("(415) 555-0132", "US", "+1 415-555-0132"),
        ("call me on 415.555.0132 after 5", "US", "+1 415-555-0132"),
        ("4155550132 or 4155550199", "US", "+1 415-555-0132"),
        ("my number is 0207 946 0958", "GB", "+44 20 7946 0958"),
        ("My number is 02079460958 thanks!", "GB", "+44 20 7946 0958"),
        ("020 7946 0958 ext 12", "GB", "+44 20 7946 0958 x12"),
        ("0044 20 7946 0958", "US", "+44 20 7946 0958"),
        ("whatsapp +44 (0)20 7946 0958", "US", "+44 20 7946 0958"),
        ("+33 6 12 34 56 78", "ZZ", "+33 6 12 34 56 78"),
        ("01-23-45-67-89", "FR", "+33 1 23 45 67 89"),
        ("0412 345 678", "AU", "+61 412 345 678"),
        ("\u0660\u0662\u0660\u0667\u0669\u0664\u0666\u0660\u0669\u0665\u0668", "GB", "+44 20 7946 0958"),
        ("415\u2011555\u20110132", "US", "+1 415-555-0132"),
        ("12/05/2030 at 10:30 is fine, 415 555 0132", "US", "+1 415-555-0132"),
    ],
)
def test_phone(text: str, region: str, phone: str) -> None:
    found = parse_contact(text, region)
    assert found == Contact(phone=phone)
    assert isinstance(found, Contact)
    assert not found.phone_unusual


@pytest.mark.parametrize(
    ("text", "region"), [("555-123-4567", "US"), ("07700 900123", "GB"), ("+1 555 010 0199", "GB")]
)
def test_a_number_of_the_right_length_is_taken_and_marked(text: str, region: str) -> None:
    found = parse_contact(text, region)
    assert isinstance(found, Contact)
    assert found.phone_unusual


def test_both() -> None:
    found = parse_contact("maria@example.com or 415 555 0132", "US")
    assert found == Contact("maria@example.com", "+1 415-555-0132")
    assert str(found) == "maria@example.com or +1 415-555-0132"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_contact"),
        ("\U0001f600", "no_contact"),
        ("call me", "no_contact"),
        ("after 5 on the 12th", "no_contact"),
        ("maria@gmail", "bad_email"),
        ("maria@gmail,com", "bad_email"),
        ("@example.com", "no_contact"),
        ("a..b@example.com", "bad_email"),
        ("maria@gmail.con", "mistyped_email"),
        ("911", "short_phone"),
        ("12345", "short_phone"),
        ("555-0100", "bad_phone"),
        ("1234567890", "bad_phone"),
        ("9999999999", "bad_phone"),
        ("0207 946 0958", "bad_phone"),
        ("2030-12-05 14:00", "bad_phone"),
        ("9" * 40, "long_phone"),
        ("/restart", "no_contact"),
        ('{"contact": null}', "no_contact"),
    ],
)
def test_refused(text: str, code: str) -> None:
    found = parse_contact(text, "US")
    assert isinstance(found, Invalid)
    assert found.code == code


@pytest.mark.parametrize(
    "text",
    ["maria@example.com", "415 555 0132", "555-123-4567", "+44 20 7946 0958 ext 12", "maria@example.com 415 555 0132"],
)
def test_what_was_taken_is_taken_again(text: str) -> None:
    found = parse_contact(text, "US")
    assert parse_contact(str(found), "US") == found


def test_a_mistyped_address_is_asked_about() -> None:
    found = parse_contact("maria@gmial.com", "US")
    assert isinstance(found, Invalid)
    assert found == Invalid("mistyped_email", {"suggestion": "maria@gmail.com"})
    assert "maria" not in repr(found)


@settings(deadline=None)  # a busy machine is not an error
@given(st.text(max_size=600), st.sampled_from(["US", "GB", "DE", "ZZ", ""]))
def test_never_raises(text: str, region: str) -> None:
    found = parse_contact(text, region)
    assert isinstance(found, Contact | Invalid)


WORDS = st.sampled_from(
    ["at", "dot", "@", "+", "00", "415", "5550132", "a.b", "-", "x@y.de", "(", ")", "ext", " ", "\n", "1/2/2030"]
)


@settings(deadline=None)  # a busy machine is not an error
@given(st.lists(WORDS, max_size=40).map(" ".join) | st.lists(WORDS, max_size=40).map("".join))
def test_never_raises_on_what_looks_like_a_contact(text: str) -> None:
    found = parse_contact(text, "US")
    if isinstance(found, Contact):
        assert found.email or found.phone
        assert found.phone_unusual in (True, False)
        assert "\n" not in str(found)


@pytest.mark.parametrize(
    "text", ["a@" * 5000, "1 " * 5000, "a at b dot " * 1000, "+" * 5000, "dot " * 3000, "a." * 3000 + "@x.de"]
)
def test_long_texts_are_quick(text: str) -> None:
    assert isinstance(parse_contact(text, "US"), Contact | Invalid)
