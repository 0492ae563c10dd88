"""E-mail addresses and phone numbers, written and spoken."""

from __future__ import annotations

import pytest
from booking.reading.conftest import Read


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("six four six, five five five, oh one oh one", "+16465550101"),
        ("eight hundred five five five oh one four three", "+18005550143"),
        ("area code two oh two triple five zero one four three", "+12025550143"),
        ("Tel. 202.555.0143 x 9", "+12025550143;ext=9"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("0044 20 7946 0958", "+442079460958"),
        ("2O2-555-O143", "+12025550143"),
        ("555-0199", "local:5550199"),
        ("202-555-0143 scratch that 202-555-0144", "+12025550144"),
        ("202-555-0143, no, 0134", "+12025550134"),
        ("Saturday before 1. 202-555-0143", "+12025550143"),
        ("at two five one two five five five oh one six eight", "+15125550168"),
    ],
)
def test_numbers(read: Read, text: str, phone: str) -> None:
    assert read(text, "contact").phone == phone


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("k i m at example dot com", "kim@example.com"),
        ("kim_lee at example.com", "kim_lee@example.com"),
        ("kim(at)example.com", "kim@example.com"),
        ("john dot smith ninety nine at example dot com", "john.smith99@example.com"),
        ("KIM@EXAMPLE.COM!!!", "kim@example.com"),
        ("kim @ example . com", "kim@example.com"),
        ("kim arroba example ponto pt", "kim@example.pt"),
        ("k@example.com, sorry, j@example.com", "j@example.com"),
    ],
)
def test_addresses(read: Read, text: str, email: str) -> None:
    assert read(text, "contact").email == email


@pytest.mark.parametrize(
    "text",
    [
        "kim.example.com",
        "12345",
        "phone is 202 555 014",
        "kim@example",
        "@kim",
        "kim@@example.com",
        "086 555 0199",
        "202 155 0199",
    ],
)
def test_broken_ones_are_invalid(read: Read, text: str) -> None:
    message = read(text, "contact")
    assert (message.invalid, message.email, message.phone) == (True, "", "")


@pytest.mark.parametrize(
    "text", ["12/18", "10-11:30", "2026-12-09", "14-18 December", "60-90 min", "at 5", "my LM-55512 request"]
)
def test_dates_times_and_references_are_no_numbers(read: Read, text: str) -> None:
    message = read(text)
    assert (message.phone, message.invalid) == ("", False)


def test_a_number_of_the_studios_country(read: Read) -> None:
    assert read("020 7946 0958", "contact", region="GB").phone == "+442079460958"
