"""E-mail addresses and phone numbers in a message, written or spoken, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberFormat, ValidationResult

Span = tuple[int, int, str]

_SIGNS: Final = {
    "dot": ".", "ponto": ".", "punkt": ".", "point": ".", "punto": ".", "period": ".", "underscore": "_", "hyphen": "-", "dash": "-", "minus": "-", "plus": "+",
    "guion": "-",
}  # fmt: skip
_SIGN: Final = rf"(?:{'|'.join(_SIGNS)})"
_FIGURE: Final = r"(?: (?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|\d+)(?= )){0,4}"
_PIECE: Final = rf"(?:(?:[a-z] ){{2,12}}[a-z](?= )|[a-z] as in \w+|[\w.+-]{{1,64}}){_FIGURE}"
_SPOKEN: Final = re.compile(
    rf"(?<![\w.+-])(?P<local>{_PIECE}(?: {_SIGN} {_PIECE}){{0,4}})(?: (?:at|arroba|arobase|@) | ?[(\[{{]\s?(?:at|@)\s?[)\]}}] ?)"
    rf"(?P<domain>[\w-]{{1,63}}(?:(?: (?:dot|point|punto|ponto|punkt) | ?[(\[{{]\s?(?:dot|\.)\s?[)\]}}] ?|\.(?=[a-z]))[\w-]{{2,63}}){{1,3}})(?![\w@])",
    re.IGNORECASE,
)
_WRITTEN: Final = re.compile(r"[^\s<>()\[\],;:\"'|/]*@[^\s<>()\[\],;:\"'|/]*")
_LOOSE_AT: Final = re.compile(r"(?<=[\w]) ?@ ?(?=[\w-]+ ?\. ?\w)")
_LOOSE_NAME: Final = re.compile(r"(?<=\w) (?=[._]\w[\w.+-]*@\w)")
_LOOSE_DOT: Final = re.compile(
    r"(?<=\w)(?:@[\w-]+(?:\.[\w-]+)*)(?P<gap> ?\. ?)(?:com|net|org|edu|info|co|io|me|us|ca|uk|ie|au|nz|de|fr|es|it|nl|se|no)\b",
    re.IGNORECASE,
)
_WITHOUT_AT: Final = re.compile(
    r"(?i)(?<![\w@.])(?!www\.)[\w+-]+(?:\.[\w+-]+)*\.[\w-]+\.(?:com|net|org|edu|info|co|io|uk|ie|au|nz|de|fr|es|it|nl|se|no|pt|pl)\b(?!@)"
)
"""An address that lacks its @: "nina.example.com"."""
_FIGURES: Final = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60",
    "seventy": "70", "eighty": "80", "ninety": "90",
}  # fmt: skip
_TENS: Final = re.compile(
    r"(?i)\b(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety) (one|two|three|four|five|six|seven|eight|nine)\b"
)
_CORRECTION: Final = r"(?:\.{2,}|[,;:!?-])*\s*(?:oh |ah |uh )?(?:no|sorry|wait|correction|i mean|make that|rather|scratch that)\b[\w ,'.!-]{0,20}?"


@dataclass(frozen=True)
class Contacts:
    """The contact data of a message. `phone` is E.164, `local:` before seven digits, `;ext=` before an extension; empty
    if none.
    """

    email: str
    phone: str
    invalid: bool
    spans: tuple[Span, ...]


def read_contacts(text: str, asked: str | None, region: str) -> Contacts:
    """Return the last address and the last number of a message; an invalid one counts only if there is no valid one."""
    emails = list(_emails(text))
    masked = _blank(text, [span for _, span in emails])
    phones = list(_phones(masked, asked, region, bool(emails)))
    good_emails = [value for value, _ in emails if value]
    good_phones = [value for value, _ in phones if value]
    no_at = asked == "contact" and not phones and bool(_WITHOUT_AT.search(masked))
    broken = no_at or bool((emails and not good_emails) or (phones and not good_phones))
    spans = tuple(span for _, span in (*emails, *phones))
    return Contacts(good_emails[-1] if good_emails else "", good_phones[-1] if good_phones else "", broken, spans)


def _blank(text: str, spans: list[Span]) -> str:
    for start, end, _ in spans:
        text = text[:start] + "\x00" * (end - start) + text[end:]
    return text


def _emails(text: str) -> Iterator[tuple[str, Span]]:
    taken: list[Span] = []
    for found in _SPOKEN.finditer(text):
        local = re.sub(r"(?i)\b([a-z]) as in \w+", r"\1", found["local"])
        # "it is m as in mike": words before a spoken address do not belong to it
        address = f"{_joined(local)}@{_joined(found['domain'])}"
        if value := _address(address):
            span = (*found.span(), "email")
            taken.append(span)
            yield value, span
    for start, end, written in _written(_blank(text, taken)):
        yield _address(written), (start, end, "email")


def _joined(spoken: str) -> str:
    spoken = _TENS.sub(
        lambda found: str(int(_FIGURES[found[1].lower()]) + int(_FIGURES[found[2].lower()])), spoken.lower()
    )
    spoken = re.sub(r" ?[(\[{]\s?(dot|\.)\s?[)\]}] ?", ".", spoken)
    signs = re.sub(rf"(?i) ({_SIGN}) ", lambda found: _SIGNS[found[1].lower()], spoken)
    return "".join(_FIGURES.get(word, word) for word in signs.split())


def _written(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield written addresses without the spaces that phone keyboards put around @ and dots."""
    kept = list(range(len(text)))
    for pattern, group in ((_LOOSE_NAME, 0), (_LOOSE_AT, 0), (_LOOSE_DOT, "gap")):
        plain = "".join(text[at] for at in kept)
        gaps = {at for m in pattern.finditer(plain) for at in range(*m.span(group)) if plain[at] == " "}
        kept = [place for at, place in enumerate(kept) if at not in gaps]
    plain = "".join(text[at] for at in kept)
    for found in _WRITTEN.finditer(plain):
        written = found[0]
        left = len(written) - len(written.lstrip(".!?*_"))
        written = written.strip(".!?*").removeprefix("mailto:")
        if len(written) > 2:
            yield kept[found.start() + left], kept[found.start() + left + len(written) - 1] + 1, written


def _address(text: str) -> str:
    """Return the address in lower case, "" for an invalid one."""
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        return ""


# Phone numbers.

_DIGIT_WORDS: Final = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "naught": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_SPOKEN_DIGIT: Final = rf"(?:(?:double|triple|treble) )?(?:eight hundred|{'|'.join(_DIGIT_WORDS)})"
_SPOKEN_NUMBER: Final = re.compile(
    rf"(?i)\b(?:plus )?{_SPOKEN_DIGIT}(?:[ ,.-]{{1,3}}(?:(?:and )?then |and )?(?:{_SPOKEN_DIGIT}|\d)){{5,17}}\b"
)
_NUMBER: Final = re.compile(
    r"(?<![\w.$€£@#/:-])(?:\+ ?|00)?\(?\d[\doOIlSBb]*\)?(?:(?:\.(?! )|[ /()\u2010-\u2015-]){1,3}(?!\d{1,2}[.)] +[A-Za-z])[\dOIl][\doOIlSBb]*\)?|[ .-]{1,2}[oO]\d+)*(?![\w@:])"
)
_AREA: Final = re.compile(
    rf"(?i)\b(?:area |the )?code(?:'s| is| of|:)? ?\(?(?P<a>\d{{3}}|{_SPOKEN_DIGIT}(?: {_SPOKEN_DIGIT}){{2}})\b(?! ?\d{{4}}\b)"
    r"|\(?\b(?P<b>\d{3})\)? (?:is (?:the|my) )?area code\b"
)
"""An explicit area code: "area code 404, then 555 0188"."""
_EXTENSION: Final = re.compile(
    r"(?i)^[ ,(]*(?:and |then )?(?:x|ext\.?|extn\.?|extension|ext no\.?)(?: number| is| no\.?|:)?\s*(\d{1,6})\b"
)
_TAIL: Final = re.compile(rf"(?i)^{_CORRECTION}\(?(\d{{2,4}})\b(?![ :.-]?\d|\s?(?:am|pm|th|st))")
_DATE_OR_TIME: Final = re.compile(
    r"\d{4}-\d\d?-\d\d?|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{1,2}([:.]\d\d)? ?- ?\d{1,2}([:.]\d\d)?|\d{1,2}[/ .-]\d{1,2}|\d{1,4}(?:[.,]\d{1,2})?"
    r"|\d{1,2} ?[/-] ?\d{1,2} \d{1,2}|\d{1,2}/\d{1,2}/\d{2,4} \d{1,2}|\d{1,2} \d\d ?- ?\d{1,2}( \d\d)?|\d{1,2} ?- ?\d{1,2}[ .-]\d{1,2}"
)
_CUE: Final = re.compile(
    r"(?i)\b(?:phone|telephone|tel|tx|call|ring|number|mobile|cell|text|whatsapp|landline|reach me|dial|ph|num|mob)\b[^.!?]{0,25}$"
)
_NORTH_AMERICAN: Final = re.compile(r"[2-9]\d\d[2-9]\d{6}")
_BRITISH_MOBILE: Final = re.compile(r"07\d{9}")
"""National formats that are unique among the supported countries."""
_LOOKALIKE: Final = str.maketrans("oOIlSBb", "0011588")


def _phones(text: str, asked: str | None, region: str, has_email: bool) -> Iterator[tuple[str, Span]]:
    found = [_without_hour(m.start(), m.end(), m[0]) for m in _SPOKEN_NUMBER.finditer(text)]
    blank = _blank(text, [(start, end, "") for start, end, _ in found])
    found += [(m.start(), m.start() + len(m[0].rstrip(" ./(-")), m[0]) for m in _NUMBER.finditer(blank)]
    area = next((_spoken(m["a"] or m["b"]) for m in _AREA.finditer(text)), "")
    for start, end, written in sorted(found):
        cue = (asked == "contact" and not has_email) or bool(_CUE.search(text[:start]))
        value = _number(written, cue, region)
        if value is None:
            continue
        if area and value.startswith("local:"):
            value = _international(area + value[6:], area + value[6:], region)
        extension = _EXTENSION.match(text[end:])
        if value and extension:
            value, end = f"{value};ext={extension[1]}", end + extension.end()
        elif value and (tail := _TAIL.match(text[end:])):  # "... 0115, no, 0151"
            value, end = value[: -len(tail[1])] + tail[1], end + tail.end()
        yield value, (start, end, "phone")


def _without_hour(start: int, end: int, words: str) -> tuple[int, int, str]:
    """Drop the hour before a spoken number: "at two five one two ..."."""
    digits = _spoken(words)
    if len(digits) == 11 and digits[0] not in "1+":
        gap = words.index(" ") + 1
        return start + gap, end, digits[1:]
    return start, end, digits


def _spoken(words: str) -> str:
    digits = ""
    times = 1
    for word in re.findall(r"[a-z]+|\d", words.lower().replace("hundred", "oh oh")):
        if word in ("double", "triple", "treble"):
            times = 2 if word == "double" else 3
        elif word == "plus":
            digits = "+"
        else:
            digits += (word if word.isdigit() else _DIGIT_WORDS.get(word, "")) * times
            times = 1
    return digits


def _number(written: str, cue: bool, region: str) -> str | None:
    """Return the number, "" for an invalid one, None for digits that are not a phone number."""
    text = written.strip()
    digits = re.sub(r"\D", "", text.translate(_LOOKALIKE))
    mixed = bool(re.search(r"[oOIlSBb]", text))
    if mixed and len(digits) < 9:
        return None
    if _DATE_OR_TIME.fullmatch(text) and not (cue and len(digits) >= 4 and not re.search(r"[/:]", text)):
        return None
    shaped = bool(re.match(r"\(?\d{3}\)?[ .-]\d{2,3}(?:[ .-]|$)", text)) or text.startswith("+")
    if not (cue or shaped) and len(digits) < 7:
        return None
    if len(digits) < 4 or (cue and not shaped and len(digits) < 5 and ":" in text):
        return None
    return _international(text.translate(_LOOKALIKE), digits, region)


def _international(text: str, digits: str, region: str) -> str:
    if len(digits) == 7 and not text.startswith("+"):
        return f"local:{digits}"
    if digits.startswith("00") and not text.startswith("+"):
        text = "+" + digits[2:]
    elif text.startswith("+"):
        text = "+" + digits
    if _BRITISH_MOBILE.fullmatch(digits) and not text.startswith("+"):
        region = "GB"
    known = region if region in phonenumbers.SUPPORTED_REGIONS else "US"
    try:
        number = phonenumbers.parse(text, known)
    except phonenumbers.NumberParseException:
        return ""
    if number.country_code == 1 and not _NORTH_AMERICAN.fullmatch(str(number.national_number)):
        return ""
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return ""
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
