"""Parsing of the visitor's name, e-mail address or phone number in free text."""

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
from lamoon.text.clean import clean, has_alphanumeric, straight_quotes

LONGEST_NAME = 80
"""Maximum characters of a name."""
MOST_WORDS = 7

GREETING = re.compile(
    r"(?:hi|hello|hey|hiya|yes|yeah|yep|ok|okay|sure|of course|oh|um|er|well|good (?:morning|afternoon|evening)|there)"
    r"(?:[ ,.!:-]+|$)",
    re.I,
)
_SURNAME_FIRST = re.compile(r"(?:Oh|An|So|Do|No) [A-Z]\w+-\w+")
"""A surname that is also a word, before a given name with a hyphen: "Oh Ha-neul"."""
LEAD_IN = re.compile(
    r"(?:(?:so |and )?(?:my|the|full|first) (?:full |first |last )?name(?: is|'s|s|:)|name(?: is|'s|s|:)|i am|i'm|im|"
    r"it is|it's|its|this is|that's|thats|that is|call me|you can call me|people call me|they call me|(?:just )?put|"
    r"(?:please )?put it under|(?:book it |it's )?(?:under|for)|just|the name's)(?=[ :])[ :]*",
    re.I,
)
TAIL = re.compile(
    r"(?:[.;!]+ .*|,+ (?![A-Z]\w*(?: [A-Z]\w*)?$).*|[ ,.;!]+(?i:here|speaking|please|thanks|thank you|thx|ty)\b.*|"
    r"[ ,.;!]+(?i:(?:and|but|or) (?:i|i'd|i'm|im|my|we|id|it|can|could|would))\b.*)$"
)
"""What may follow the name. A comma between capitals stays: Lopez, Maria."""
TITLE = re.compile(r"(?:dr|mr|mrs|ms|mx|prof|st|jr|sr|rev)$", re.I)
QUESTION = re.compile(
    r"(?:(?:what|whats|what's|why|how|when|where|who|which) |"
    r"(?:can|could|do|does|did|is|are|will|would|should|shall) (?:i|you|it|the|this|that|we|your|my|there|they)\b)",
    re.I,
)
SENTENCE_TEXT = """
am are aren't be can't cannot could couldn't did didn't do does doesn't don't dont feel get give had has have
haven't having how hurt hurts i'd i'll i've is isn't know looking need needs pain prefer rather said say should sore
tell tired want wanted wants was wasn't were what what's when where which why won't would wouldn't
"""
SENTENCE = frozenset(SENTENCE_TEXT.split())
"""Words that occur only in sentences."""
NOT_NAMES_TEXT = """
a about after afternoon again am an and anonymous another any anything appointment at back bad book booking bye call
cancel cost emergency evening exit fine first for from good goodbye hello help hey hi hmm i i'm idk im in it it's
its like massage maybe me morning my n/a name neck next no nobody none nope not nothing now of off ok okay on one or
please pm pregnant price put question quit reset restart session shoulder skip so someone something sorry start stop
stressed sure tbd test thank thanks that the then there they this time to today tomorrow tonight unknown unsure we
week whatever with yeah yep yes yesterday you your
"""
NOT_NAMES = frozenset(NOT_NAMES_TEXT.split())
"""Words that are not names on their own: answers, commands, times, words about a massage."""


def parse_name(text: str) -> str | Invalid:
    """Return the visitor's name, at most LONGEST characters on one line, or why it is refused. Never raises."""
    typed = straight_quotes(clean(text[: 20 * LONGEST_NAME])).strip(" \"'*_~.,;:!-")
    if not has_alphanumeric(typed):
        return Invalid("no_name")
    if "?" in typed or "\u061f" in typed or "\uff1f" in typed or QUESTION.match(typed):
        return Invalid("name_question")
    name = _without_frame(typed)
    if _ADVERBIAL.match(name):
        return Invalid("no_name")
    return _problem(name) or _capitals(name)


_ADVERBIAL = re.compile(r"(?i:in|on|at|by|with|about|as|like|from) (?![A-Z])\S")
"""The start of an answer that says how or when instead of a name: "in writing"."""


def _without_frame(typed: str) -> str:
    """`typed` without a greeting, "my name is" before and "here", "please", "and I want ..." after the name."""
    name = typed
    if _SURNAME_FIRST.fullmatch(typed):
        return typed
    for frame in (GREETING, GREETING, LEAD_IN, LEAD_IN):
        found = frame.match(name)
        name = name[found.end() :] if found and len(found[0]) < len(name) else name
    tail = TAIL.search(name)
    if tail and tail.start() and not TITLE.search(name[: tail.start()]):
        name = name[: tail.start()]
    return name.strip(" \"'*_~.,;:!-")


def _problem(name: str) -> Invalid | None:
    if any(unicodedata.category(letter)[0] == "N" for letter in name):
        return Invalid("name_digits")
    if len(name) > LONGEST_NAME or len(name.split()) > MOST_WORDS:
        return Invalid("name_too_long")
    if not all(
        letter.isalpha() or unicodedata.category(letter)[0] == "M" or letter in " '-.,\u00b7\u200c\u200d"
        for letter in name
    ):
        return Invalid("name_signs")
    return None if _like_a_name(name) else Invalid("no_name")


_SURNAMES = ("hurt", "give", "say")
"""Verbs that are also surnames if each word has a capital: Penny Hurt."""


_OF_A_CLAUSE = frozenset("my our the your i he she we they who her his their".split())
"""Words that, in small letters, belong to a clause and not to a name."""


def _like_a_name(name: str) -> bool:
    """Return False for words of a sentence: "not sure", "i have back pain". Capitals suggest a name: An Nguyen, My Do."""
    words = [word.strip(".,'") for word in name.split()]
    plain = [word.lower() for word in words]
    written_as_name = len(words) > 1 and all(word[:1].isupper() and not word[1:].isupper() for word in words)
    if any(word in _OF_A_CLAUSE for word in words):
        return False
    odd = sum(word in NOT_NAMES or word in SENTENCE for word in plain)
    if written_as_name:
        return odd < len(words) and not any(word in SENTENCE and word not in ("do", "am", *_SURNAMES) for word in plain)
    return has_alphanumeric(name) and odd < len(words) and odd < 2 and not any(word in SENTENCE for word in plain)


def _capitals(name: str) -> str:
    """Capitalise a name: "dave o'neill" becomes "Dave O'Neill"; a name with any capital, or with particles only,
    stays.
    """
    if name != name.lower():
        return name
    small = {
        "da",
        "de",
        "del",
        "den",
        "der",
        "di",
        "dos",
        "du",
        "el",
        "la",
        "le",
        "van",
        "von",
        "y",
        "bin",
        "al",
        "and",
    }
    return " ".join(word if word in small and i else _capital(word) for i, word in enumerate(name.split()))


def _capital(word: str) -> str:
    return re.sub(r"(^|[-'.])([^\W\d_])", lambda found: found[1] + found[2].title(), word)


LONGEST = 500
"""Maximum characters parsed, more than any contact needs."""

EMAIL = re.compile(r"[^\s<>()\[\],;:\"'|]{1,64}@[^\s<>()\[\],;:\"'|@]{1,255}")
SPOKEN_SIGNS = {"dot": ".", "underscore": "_", "dash": "-", "hyphen": "-", "plus": "+"}
SPOKEN_SIGN = rf" ({'|'.join(SPOKEN_SIGNS)}) "
PART = r"[\w.+-]{1,64}"
SPOKEN_EMAIL = re.compile(
    rf"(?<!\S){PART}(?:{SPOKEN_SIGN}{PART}){{0,3}} at [\w-]{{1,63}}(?: dot [\w-]{{2,63}}){{1,3}}(?!\w)(?! at )", re.I
)
SPLIT_DOMAIN = re.compile(r"(@[\w-]+) ?\. ?(com|net|org|edu|info|co|io|me|us|ca|uk|ie|au|nz|de|fr|es|it|nl)\b", re.I)
"""An address with the space that phone keyboards insert after a dot: maria@example. com"""
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
        """Whether the number has the right length but is in no known range."""
        return bool(self.phone) and not phonenumbers.is_valid_number(phonenumbers.parse(self.phone, None))


def parse_contact(text: str, region: str) -> Contact | Invalid:
    """Return the e-mail address and the phone number in `text`, or why there is none. Never raises.

    `region` is the ISO code of the studio's country ("US", "GB"); it decides how a number without country code is
    parsed.
    """
    typed = _normalised(text)
    written = _emails(typed)
    emails = [address for address in map(_valid_email, written) if address]
    phones = list(_phones(DATE_OR_TIME.sub(" | ", EMAIL.sub(" | ", typed)), region))
    mistyped = [address for address in emails if address.rpartition("@")[2] in MISTYPED]
    if mistyped and not phones:
        return _mistyped(mistyped[0])
    if emails or phones:
        good = [address for address in emails if address not in mistyped]
        return Contact(good[0] if good else "", phones[0] if phones else "")
    return Invalid("bad_email") if written else _no_phone(typed)


def _normalised(text: str) -> str:
    """Return `text` with plain digits and punctuation, and a spoken "maria at example dot com" as an address."""
    typed = unicodedata.normalize("NFKC", clean(text[: 4 * LONGEST]))[:LONGEST]
    typed = re.sub(r"[\u2010-\u2015\u2212]", "-", typed)
    typed = re.sub(r"\s*[(\[{]\s?(at|@|dot|\.)\s?[)\]}]\s*", r" \1 ", typed, flags=re.I)  # kim [at] example [dot] com
    typed = re.sub(r"(?<=\w) ([@.]) (?=\w)", r"\1", typed)
    typed = SPLIT_DOMAIN.sub(r"\1.\2", re.sub(r" ?@ ?", "@", typed))
    return SPOKEN_EMAIL.sub(lambda found: _written(found[0]), typed)


def _written(spoken: str) -> str:
    """Convert an address in words: "maria dot lopez at example dot com" becomes maria.lopez@example.com."""
    signs = re.sub(SPOKEN_SIGN, lambda found: SPOKEN_SIGNS[found[1].lower()], spoken, flags=re.I)
    return re.sub(" at ", "@", signs, flags=re.I)


def _emails(typed: str) -> list[str]:
    return [found.strip(".!?*_/").removeprefix("mailto:") for found in EMAIL.findall(typed)]


def _valid_email(text: str) -> str:
    """Return the address in normal form, "" if it is invalid."""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return ""


def _mistyped(address: str) -> Invalid:
    name, _, domain = address.rpartition("@")
    return Invalid("mistyped_email", {"suggestion": f"{name}@{MISTYPED[domain]}"})


def _phones(typed: str, region: str) -> Iterator[str]:
    """Yield the phone numbers in `typed` in international form: well-formed ones first, then any run of digits."""
    known = region if region in phonenumbers.SUPPORTED_REGIONS else None
    matcher = phonenumbers.PhoneNumberMatcher(typed, known, leniency=phonenumbers.Leniency.VALID, max_tries=50)
    for match in matcher:
        yield _international(match.number)
    for found in DIGITS.findall(typed):
        number = _number(found, known)
        if number and (phonenumbers.is_valid_number(number) or _plausible(number)):
            yield _international(number)


def _number(text: str, region: str | None) -> PhoneNumber | None:
    """Return the number in `text`. A leading 00 counts as +, whatever the international prefix in `region`."""
    try:
        return phonenumbers.parse("+" + text[2:] if text.startswith("00") else text, region)
    except phonenumbers.NumberParseException:
        return None


def _plausible(number: PhoneNumber) -> bool:
    """Return whether the length is right for its country and the digits are not a filler such as 1234567890."""
    digits = phonenumbers.national_significant_number(number)
    steps = {(int(right) - int(left)) % 10 for left, right in pairwise(digits)}
    filler = len(steps) == 1 and steps <= {0, 1, 9}
    fits = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    return fits and len(digits) >= 9 and not filler


def _international(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def _no_phone(typed: str) -> Invalid:
    digits = max((sum(map(str.isdigit, found)) for found in re.findall(r"[\d+() ./-]+", typed)), default=0)
    if digits < 3:
        return Invalid("no_contact")
    if digits < 7:
        return Invalid("short_phone")
    return Invalid("long_phone") if digits > 15 else Invalid("bad_phone")
