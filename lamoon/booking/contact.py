"""The visitor's contact: finds an e-mail address or a phone number in a sentence and validates it.

A phone number is accepted when it is valid, or when its length is right and it is not an obvious filler: tables of
number ranges lag behind, and refusing a real number would lose the visitor. `Contact.phone_unusual` marks the second
kind for the team.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumber, PhoneNumberFormat, ValidationResult

from lamoon.booking.answers import Invalid
from lamoon.text.clean import clean

LONGEST = 500
"""Characters read: more than a contact ever needs."""

EMAIL = re.compile(r"[^\s<>()\[\],;:\"'|]{1,64}@[^\s<>()\[\],;:\"'|@]{1,255}")
SPOKEN_SIGNS = {"dot": ".", "underscore": "_", "dash": "-", "hyphen": "-", "plus": "+"}
SPOKEN_SIGN = rf" ({'|'.join(SPOKEN_SIGNS)}) "
PART = r"[\w.+-]{1,64}"
SPOKEN_EMAIL = re.compile(
    rf"(?<!\S){PART}(?:{SPOKEN_SIGN}{PART}){{0,3}} at [\w-]{{1,63}}(?: dot [\w-]{{2,63}}){{1,3}}(?!\w)(?! at )", re.I
)
SPLIT_DOMAIN = re.compile(r"(@[\w-]+) ?\. ?(com|net|org|edu|info|co|io|me|us|ca|uk|ie|au|nz|de|fr|es|it|nl)\b", re.I)
"""An address with the space that phone keyboards put after a dot: maria@example. com"""
DATE_OR_TIME = re.compile(r"(?<![\d/-])(?:\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{2,4})(?![\d/-])|(?<!\d)\d{1,2}:\d\d(?!\d)")
DIGITS = re.compile(r"(?<![\w.])\+?\(?\d[\d ()./-]{4,24}\d(?!\w)")
MISTYPED = {
    **dict.fromkeys(("gmial.com", "gmai.com", "gmail.con", "gmail.cm", "gamil.com", "gnail.com"), "gmail.com"),
    **dict.fromkeys(("hotmial.com", "hotmail.con", "hotmai.com"), "hotmail.com"),
    **dict.fromkeys(("yaho.com", "yahoo.con", "yhaoo.com"), "yahoo.com"),
    **dict.fromkeys(("outlok.com", "outlook.con"), "outlook.com"),
    "icloud.con": "icloud.com",
}


@dataclass(frozen=True)
class Contact:
    """At least one of: `email` in normal form, `phone` in international form ("+44 20 7946 0958")."""

    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)

    def __str__(self) -> str:
        return " or ".join(filter(None, (self.email, self.phone)))

    @property
    def phone_unusual(self) -> bool:
        """Whether the number has the right length but is in no range known to be in use."""
        return bool(self.phone) and not phonenumbers.is_valid_number(phonenumbers.parse(self.phone, None))


def parse_contact(text: str, region: str) -> Contact | Invalid:
    """The e-mail address and the phone number in `text`, or why there is none. Never raises.

    `region` is the ISO code of the studio's country ("US", "GB"); it decides how a number without country code is
    parsed.
    """
    said = _said(text)
    written = _emails(said)
    emails = [address for address in map(_valid_email, written) if address]
    phones = list(_phones(DATE_OR_TIME.sub(" | ", EMAIL.sub(" | ", said)), region))
    mistyped = [address for address in emails if address.rpartition("@")[2] in MISTYPED]
    if mistyped and not phones:
        return _mistyped(mistyped[0])
    if emails or phones:
        good = [address for address in emails if address not in mistyped]
        return Contact(good[0] if good else "", phones[0] if phones else "")
    return Invalid("bad_email") if written else _no_phone(said)


def _said(text: str) -> str:
    """`text` with plain digits and signs, and a spoken "maria at example dot com" written out."""
    said = unicodedata.normalize("NFKC", clean(text[: 4 * LONGEST]))[:LONGEST]
    said = re.sub(r"[\u2010-\u2015\u2212]", "-", said)
    said = SPLIT_DOMAIN.sub(r"\1.\2", re.sub(r" ?@ ?", "@", said))
    return SPOKEN_EMAIL.sub(lambda found: _written(found[0]), said)


def _written(spoken: str) -> str:
    """The address in words as an address: maria.lopez@example.com for "maria dot lopez at example dot com"."""
    signs = re.sub(SPOKEN_SIGN, lambda found: SPOKEN_SIGNS[found[1].lower()], spoken, flags=re.I)
    return re.sub(" at ", "@", signs, flags=re.I)


def _emails(said: str) -> list[str]:
    return [found.strip(".!?*_/").removeprefix("mailto:") for found in EMAIL.findall(said)]


def _valid_email(text: str) -> str:
    """The address in normal form, "" when it is invalid."""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return ""


def _mistyped(address: str) -> Invalid:
    name, _, domain = address.rpartition("@")
    return Invalid("mistyped_email", {"suggestion": f"{name}@{MISTYPED[domain]}"})


def _phones(said: str, region: str) -> Iterator[str]:
    """The phone numbers in `said`, in international form: well-formed ones first, then any run of digits."""
    known = region if region in phonenumbers.SUPPORTED_REGIONS else None
    matcher = phonenumbers.PhoneNumberMatcher(said, known, leniency=phonenumbers.Leniency.VALID, max_tries=50)
    for match in matcher:
        yield _international(match.number)
    for found in DIGITS.findall(said):
        number = _number(found, known)
        if number and (phonenumbers.is_valid_number(number) or _plausible(number)):
            yield _international(number)


def _number(text: str, region: str | None) -> PhoneNumber | None:
    """The number in `text`. A leading 00 counts as +, whatever the prefix for calls abroad in `region`."""
    try:
        return phonenumbers.parse("+" + text[2:] if text.startswith("00") else text, region)
    except phonenumbers.NumberParseException:
        return None


def _plausible(number: PhoneNumber) -> bool:
    """Whether the length is right for its country and the digits are not a filler such as 1234567890."""
    digits = phonenumbers.national_significant_number(number)
    steps = {(int(right) - int(left)) % 10 for left, right in pairwise(digits)}
    filler = len(steps) == 1 and steps <= {0, 1, 9}
    fits = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    return fits and len(digits) >= 9 and not filler


def _international(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def _no_phone(said: str) -> Invalid:
    digits = max((sum(map(str.isdigit, found)) for found in re.findall(r"[\d+() ./-]+", said)), default=0)
    if digits < 3:
        return Invalid("no_contact")
    if digits < 7:
        return Invalid("short_phone")
    return Invalid("long_phone") if digits > 15 else Invalid("bad_phone")
