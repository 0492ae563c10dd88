"""studio.yml: what is taken, what is refused (with line and example), and the sentences made of it."""

from __future__ import annotations

import contextlib
import dataclasses
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamoon.errors import StudioError
from lamoon.settings import PROJECT
from lamoon.studio import CannedReply, Service, Studio, is_open, load_studio, next_opening

SHIPPED = PROJECT / "studio.yml"
NUMBERS = """
emergency:
  country: {country}
  numbers:
    US: {{emergency: "911", crisis: "988", crisis_name: Suicide and Crisis Lifeline}}
    UK: {{emergency: "999", crisis: "116 123", crisis_name: Samaritans}}
    EU: {{emergency: "112", crisis: }}
"""
FULL = """name: La Moon
phone: (212) 555-0147
email: hello@example.com
address: 12 Garden Lane, Springfield.
booking_link: https://example.com/book
notify_email: bookings@example.com
time_zone: America/New_York
hours:
  monday: 9:00 am - 5:00 pm
  tuesday: 9:00 am - 5:00 pm
  wednesday: 09:00-12:30, 14:00-18:00
  thursday: 9 am to 5 pm
  saturday: closed
  sunday: closed
closed_days: [2030-12-25, 2030-01-01]
services:
  - name: Myofascial release
    minutes: 60
    price: from $110.
  - name: Facial
""" + NUMBERS.format(country="US")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio.yml"


def load(path: Path, text: str) -> Studio:
    path.write_text(text, encoding="utf-8")
    return load_studio(path)


def small(text: str = "", country: str = "US") -> str:
    """A file with only what is needed, and `text` in its first lines."""
    return f"{text}\nname: La Moon\n{NUMBERS.format(country=country)}"


def error(path: Path, text: str) -> StudioError:
    with pytest.raises(StudioError) as caught:
        load(path, text)
    assert caught.value.expected
    assert caught.value.example
    assert caught.value.file == str(path)
    return caught.value


# What is taken


def test_the_shipped_file_is_right_and_says_nothing_unknown() -> None:
    studio = load_studio(SHIPPED)
    assert studio == Studio("La Moon Massage and Facial", "US", studio.numbers, reminder_hours=24)
    assert studio.numbers.crisis_line() == "988 (Suicide and Crisis Lifeline)"


@pytest.mark.parametrize(
    ("country", "emergency", "crisis"),
    [
        ("US", "911", "988"),
        ("CA", "911", "988"),
        ("UK", "999", "116 123"),
        ("GB", "999", "116 123"),
        ("IE", "112", "116 123"),
        ("AU", "000", "13 11 14"),
        ("NZ", "111", "1737"),
        ("DE", "112", ""),
    ],
)
def test_the_shipped_file_knows_emergency_numbers(path: Path, country: str, emergency: str, crisis: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    studio = load(path, text.replace("country: US", f"country: {country}"))
    assert (studio.numbers.emergency, studio.numbers.crisis) == (emergency, crisis)


@pytest.mark.parametrize(
    ("country", "ways", "violence"),
    [
        (
            "US",
            "text 988 or chat at https://988lifeline.org/chat",
            "1-800-799-7233 (National Domestic Violence Hotline)",
        ),
        ("CA", "call 988 (Suicide Crisis Helpline) or text 988", "a helpline for violence at home in your country"),
        ("UK", "text 85258", "0808 2000 247 (National Domestic Abuse Helpline)"),
        ("IE", "text 50808", "1800 341 900 (Women's Aid)"),
        ("AU", "text 0477 13 11 14", "1800 737 732 (1800RESPECT)"),
        ("NZ", "text 1737", "0800 733 843 (Women's Refuge)"),
        ("DE", "call a crisis line in your country", "a helpline for violence at home in your country"),
    ],
)
def test_the_shipped_file_knows_other_ways_and_the_helpline(path: Path, country: str, ways: str, violence: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    facts = load(path, text.replace("country: US", f"country: {country}")).facts()
    assert ways in facts["crisis_ways"]
    assert facts["violence_line"] == violence


def test_when_a_person_can_answer(path: Path) -> None:
    assert "Monday and Tuesday 9:00 am - 5:00 pm" in load(path, FULL).facts()["team_answers"]
    assert "can't say when" in load(path, small()).facts()["team_answers"]


def test_every_field(path: Path) -> None:
    studio = load(path, FULL)
    assert studio.phone == "(212) 555-0147"
    assert studio.notify_email == "bookings@example.com"
    assert studio.zone == ZoneInfo("America/New_York")
    assert studio.hours["monday"].spans == ((time(9), time(17)),)
    assert studio.hours["wednesday"].spans == ((time(9), time(12, 30)), (time(14), time(18)))
    assert studio.hours["sunday"].spans == ()
    assert "friday" not in studio.hours
    assert studio.closed_days == (date(2030, 1, 1), date(2030, 12, 25))
    assert studio.services == (Service("Myofascial release", 60, "from $110"), Service("Facial"))


def test_scalars_stay_what_the_owner_wrote(path: Path) -> None:
    studio = load(path, 'name: "0815"\nemergency: {country: AU, numbers: {AU: {emergency: 000}}}')
    assert (studio.name, studio.numbers.emergency) == ("0815", "000")


def test_an_empty_zone_is_utc(path: Path) -> None:
    assert load(path, small("time_zone:")).zone == UTC


def test_a_file_from_windows(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode())
    assert load_studio(path).name == "La Moon"


def test_a_studio_cannot_be_changed(path: Path) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load(path, FULL).name = "x"  # type: ignore[misc]


def test_canned_replies(path: Path) -> None:
    text = "canned_replies:\n  - title: Parking\n    text: You can park behind the house.\n"
    assert load(path, small(text)).canned_replies == (CannedReply("Parking", "You can park behind the house."),)


NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("moment", "is_it", "opens"),
    [
        (datetime(2029, 11, 5, 8, tzinfo=NEW_YORK), False, datetime(2029, 11, 5, 9, tzinfo=NEW_YORK)),  # a Monday
        (datetime(2029, 11, 5, 12, tzinfo=NEW_YORK), True, datetime(2029, 11, 6, 9, tzinfo=NEW_YORK)),
        (datetime(2029, 11, 7, 13, tzinfo=NEW_YORK), False, datetime(2029, 11, 7, 14, tzinfo=NEW_YORK)),
        (datetime(2029, 11, 10, 13, tzinfo=NEW_YORK), False, datetime(2029, 11, 12, 9, tzinfo=NEW_YORK)),
        (datetime(2029, 12, 31, 18, tzinfo=NEW_YORK), False, datetime(2030, 1, 2, 9, tzinfo=NEW_YORK)),
        (datetime(2029, 11, 8, 18, tzinfo=NEW_YORK), False, None),  # nobody wrote down what holds on Fridays
    ],
)
def test_when_it_is_open(path: Path, moment: datetime, is_it: bool, opens: datetime | None) -> None:
    studio = load(path, FULL)
    assert is_open(studio, moment) is is_it
    assert next_opening(studio, moment) == opens


def test_without_a_time_zone_nobody_knows_when_it_opens(path: Path) -> None:
    studio = load(path, FULL.replace("time_zone: America/New_York", "time_zone:"))
    assert next_opening(studio, datetime(2029, 11, 5, 8, tzinfo=UTC)) is None


# What is refused, each with the line of the mistake


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("phon: 1", "phon: is not a field"),
        ("phone: [1, 2]", "phone: holds several values"),
        ("phone: 12345", "phone: '12345' is not a phone number"),
        ("email: hello@", "email: 'hello@' is not an e-mail address"),
        ("notify_email: m\u00e4x@example.com", "notify_email: 'm\u00e4x@example.com' has letters"),
        ("booking_link: example.com/book", "booking_link: 'example.com/book' is not a web address"),
        ("booking_link: javascript:alert(1)", "is not a web address"),
        ("booking_link: https://user:pw@example.com", "is not a web address"),
        ("booking_link: https://example.com:x/", "is not a web address"),
        ("time_zone: Mars/Crater", "time_zone: 'Mars/Crater' is not a known time zone"),
        ("time_zone: ../etc", "is not a known time zone"),
        ("hours: 9-5", "hours: does not hold fields"),
        ("hours: {mon: 09:00-17:00}", "hours.mon: is not a field"),
        ("hours: {monday: 9-5}", "hours.monday: '9' leaves open"),
        ("hours: {monday: 25:00-26:00}", "'25:00' is not a time of day"),
        ("hours: {monday: 13 pm - 2 pm}", "'13 pm' is not a time of day"),
        ("hours: {monday: 17:00-09:00}", "a time is not after"),
        ("hours: {monday: '09:00-12:00, 11:00-14:00'}", "a time is not after"),
        ("hours: {monday: '08:00-09:00, 10:00-11:00, 12:00-13:00, 14:00-15:00'}", "more than three"),
        ("hours: {monday: mornings}", "is not a span"),
        ("closed_days: 2030-12-25", "closed_days: is not a list"),
        ("closed_days: [Christmas]", "closed_days[1]: 'Christmas' is not a date"),
        ("closed_days: [2030-12-25, 2030-02-30]", "closed_days[2]: '2030-02-30' is not a day"),
        ("services: {name: x}", "services: is not a list"),
        ("services: [x]", "services[1]: does not hold fields"),
        ("services: [{minutes: 5}]", "services[1].name: is missing"),
        ("services: [{name: x, minutes: sixty}]", "services[1].minutes: 'sixty' is not one"),
        ("services: [{name: x, cost: 5}]", "services[1].cost: is not a field"),
        ("canned_replies: [{title: x}]", "canned_replies[1].text: is missing"),
        ("address: " + "a " * 31, "address: is too long"),
        ('address: "a\\u0007b"', "cannot be read"),
        ("? [a]\n: b", "a key that is not a word"),
        ("email: a@example.com\nemail: b@example.com", "email: is here a second time"),
        ("address: a: b", "is not valid YAML"),
        ("\taddress: x", "a tab; indent with spaces"),
    ],
)
def test_a_mistake_is_told_with_its_line(path: Path, text: str, says: str) -> None:
    caught = error(path, small("# first\n# second\n" + text))
    assert says in str(caught)
    last = 2 + len(text.splitlines())
    assert caught.line in ((3,) if "?" in text else (last,))


def test_a_machine_without_time_zone_data(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lamoon.checks.available_timezones", set)
    monkeypatch.setattr("lamoon.checks.ZoneInfo", {}.__getitem__)
    assert "install the system package tzdata" in str(error(path, small("time_zone: America/New_York")))


@pytest.mark.parametrize(
    ("country", "says"),
    [
        ("", "is missing"),
        ("XX", "is not a country's two letters"),
        ("USA", "is not a country's two letters"),
        ("JP", "has no line below `numbers`"),
        ("EU", "is not one country"),
        ("[US]", "holds several values"),
    ],
)
def test_a_wrong_country(path: Path, country: str, says: str) -> None:
    caught = error(path, small(country=country))
    assert says in str(caught)
    assert caught.line == 5


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ("{US: {crisis: 988}}", "has no emergency number"),
        ("{US: {emergency: police}}", "is not a number to dial"),
        ("{US: {emergency: 911, crisis: call me}}", "is not a number to dial"),
        ("{US: {emergency: 911, crisis_text: HOME}}", "is not a number to dial"),
        ("{US: {emergency: 911, violence: ask}}", "is not a number to dial"),
        ("{US: {emergency: 911, crisis_chat: our page}}", "web address"),
        ("{US: 911}", "does not hold fields"),
        ("[911]", "does not hold fields"),
        ("{US: {number: 911}}", "is not a field"),
    ],
)
def test_wrong_emergency_numbers(path: Path, numbers: str, says: str) -> None:
    assert says in str(error(path, f"name: x\nemergency:\n  country: US\n  numbers: {numbers}"))


@pytest.mark.parametrize(
    "content", [b"", b"# nothing\n", b"- a\n", b"just words", b"\xff\xfe", b"a: &x [*x]", b"name:\n", b"\x00"]
)
def test_files_that_are_no_studio(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StudioError):
        load_studio(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for missing in (tmp_path / "studio.yml", tmp_path):
        with pytest.raises(StudioError, match="LAMOON_STUDIO"):
            load_studio(missing)


def test_deep_nesting_ends_in_an_error(path: Path) -> None:
    for text in (small("hours: " + "[" * 20 + "]" * 20), "hours: " + "[" * 5000):
        assert error(path, text)


@settings(deadline=None)  # a busy machine is no fault
@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_any_text_gives_a_studio_or_a_studio_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yml"
    for content in (text, small(f"address: {text}"), small(f"hours: {{monday: {text}}}")):
        path.write_bytes(content.encode("utf-8"))
        with contextlib.suppress(StudioError):
            load_studio(path)


# What is said


def test_sentences_of_a_full_studio(path: Path) -> None:
    studio = load(path, FULL)
    assert studio.contact_sentence() == (
        "You can reach La Moon by phone at (212) 555-0147, by e-mail at hello@example.com or on the booking page "
        "https://example.com/book."
    )
    assert studio.location_sentence() == "La Moon is at 12 Garden Lane, Springfield."
    assert studio.hours_sentence(date(2030, 6, 1)) == (
        "Opening hours: Monday and Tuesday 9:00 am - 5:00 pm; Wednesday 09:00-12:30, 14:00-18:00; "
        "Thursday 9 am to 5 pm; Saturday and Sunday closed. Closed on December 25, 2030. "
        "The team can tell you the other days."
    )
    assert studio.prices_sentence() == (
        "Myofascial release (60 minutes): from $110. The team can tell you about the others."
    )
    assert studio.services_sentence() == "La Moon offers Myofascial release (60 minutes) and Facial."


def test_sentences_of_an_empty_studio_are_honest(path: Path) -> None:
    studio = load(path, small())
    for name in ("hours", "location", "prices", "services"):
        sentence = studio.facts()[name]
        assert sentence.startswith("I don't have")
        assert "the team can tell you" in sentence.lower()
    assert "I can pass a message to the team" in studio.contact_sentence()
    assert "message" not in studio.contact_sentence(can_take_message=False)


def test_no_past_closed_days_are_said(path: Path) -> None:
    assert "Closed on" not in load(path, FULL).hours_sentence(date(2031, 1, 1))


def test_three_equal_days_are_a_range(path: Path) -> None:
    days = "\n".join(f"  {day}: 09:00-17:00" for day in ("monday", "tuesday", "wednesday"))
    sentence = load(path, small(f"hours:\n{days}")).hours_sentence()
    assert sentence.startswith("Opening hours: Monday to Wednesday 09:00-17:00.")


def test_facts_have_the_same_keys_in_every_studio(path: Path) -> None:
    full, empty = load(path, FULL).facts(), load(path, small(country="DE")).facts()
    assert full.keys() == empty.keys()
    assert full["studio_name"] == "La Moon"
    assert full["crisis_line"] == "988 (Suicide and Crisis Lifeline)"
    assert (empty["emergency_number"], empty["crisis_number"]) == ("112", "")
    assert empty["crisis_line"] == "a crisis line in your country"
    assert empty["phone"] == empty["email"] == empty["address"] == ""


def test_sentences_stay_short_whatever_the_owner_wrote(path: Path) -> None:
    name = " ".join(["Moon"] * 10)
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    hours = "\n".join(f"  {day}: 8 am - 9:0{i} am, 10 am - 1 pm, 2 pm - 6 pm" for i, day in enumerate(days))
    services = "\n".join(f"  - {{name: {name} {i}, minutes: 60, price: {name}}}" for i in range(9)).replace(
        f"{name} ", "x y z "
    )
    text = FULL.split("hours:")[0].replace("name: La Moon", f"name: {name}").replace("12 Garden Lane", "a " * 28)
    text += f"hours:\n{hours}\nclosed_days: [2030-12-25, 2030-12-26, 2030-12-27, 2030-12-28]\nservices:\n{services}\n"
    studio = load(path, text + NUMBERS.format(country="US"))
    for key in ("contact_sentence", "hours", "location", "prices", "services"):
        assert 5 < len(studio.facts()[key].split()) < 60, key
