"""The parts of a wish: treatment, minutes, for whom."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from lamoon.booking.reading.corrections import after_correction, last_correction
from lamoon.booking.reading.line import Line
from lamoon.booking.reading.phrases import phrases

_SAYS: Final = phrases("wishes")
_TREATMENT: Final = phrases("treatments").named()

_AMOUNT: Final = re.compile(
    r"(?<![\w.:/$])(?:"
    r"(?P<min>\d{2,3}) ?-? ?(?:minutes?|minuten|m\b|'(?!\w))"
    r"|(?P<three>(?:three|3) quarters of an hour)"
    r"|(?P<half>(?:a )?half ?-? ?(?:an |a )?hour(?:'s)?|1 / 2 hour|(?:a )?half of (?:an )?hour)"
    r"|(?P<ha>(?:1|an|a)? ?hours? and (?:a |1 )?(?:half|1 / 2)|1 and (?:a )?half hours?|hour and half|1 1 / 2 hours?)"
    r"|(?P<hq>(?:1|an) hour and (?:a )?quarter)"
    r"|(?P<am>an hour and (?P<more>\d\d) minutes)"
    r"|(?P<h2>\d) (?:and a half|1 / 2) (?:hours?)"
    r"|(?P<h3>\d) hours? and (?:a )?half"
    r"|(?P<hm>\d) ?(?:h|hours?) (?:and )?(?P<m>\d\d)(?: minutes?)?(?!\d)"
    r"|(?P<h>\d(?:[.,]\d+)?) ?-? ?(?:hours?\b|h\b)"
    r"|(?P<after>(?<=tissue )|(?<=massage )|(?<=facial )|(?<=release )|(?<=mfr )|(?<=dt ))(?P<plain>45|60|75|90|120)(?= ?(?:$|[,.;]))"
    r"|(?P<an>an? (?:full |whole |good )?hour)(?:'s)?"
    r"|(?P<bare>(?<=\bfull )hour|(?<=\bwhole )hour|hour(?=(?: |'s)(?:session|plenty)|'s| session| massage| slot| long| facial| deep| of )|(?<!\w)hour's)"
    r")(?![\w.])"
)

_BARE_AMOUNT: Final = re.compile(
    r"[ ,]*(?:make (?:it|that) |it's |it is |a )?(?P<amount>15|30|45|60|75|90|105|120)(?= ?(?:$|[,.;!?)]|please|of|for|instead|then|if)(?! ?\d))"
)
"""A corrected amount: "60 minutes, hm, make that 90"."""

_RELATION: Final = phrases("relations")
_KIN: Final = {name: re.compile(rf"(?:{_RELATION.ways(name)})(?:'s)?") for name in _RELATION}


_KIND_OF_MASSAGE: Final = re.compile(r"(?P<kind>\w+) ?massages?|swedish")


def services(line: Line) -> dict[str, str]:
    """Return the treatments named, each once, with the visitor's words where they say more: "Swedish massage". After a
    correction the last.
    """
    matches = line.take_all(_TREATMENT, "treatment")
    wanted = [match for match in matches if not _SAYS["unwanted"].search(line.words[: match.start()])]
    wanted = [
        m
        for m in wanted
        if m.lastgroup not in ("gift_voucher", "other") or not _SAYS["offered"].search(line.words[: m.start()])
    ]
    found = [(match.start(), str(match.lastgroup)) for match in wanted]
    names = after_correction(line, found)
    named = [name for name in names if name != "massage"]
    plain = _joined_massage(line, found)
    said = filter(None, (_KIND_OF_MASSAGE.fullmatch(m[0]) for m in wanted))
    kinds = [(match["kind"] or match[0]).replace("swedish", "Swedish") for match in said]
    listed = named + (["massage"] if "massage" in names and (not named or plain) else [])
    return {name: f"{kinds[-1]} massage" if kinds and name == "massage" else "" for name in listed}


def _joined_massage(line: Line, found: list[tuple[int, str]]) -> bool:
    """Return whether a plain massage is requested in addition to another treatment: "a facial and a massage"."""
    places = sorted(found)
    for (at, name), (then, other) in pairwise(places):
        if "massage" in (name, other) and name != other:
            between = line.words[at:then]
            if re.search(r"\b(?:and|plus|then|as well as|or)\b|,|\+", between) and len(between) < 40:
                return True
    return False


def minutes(line: Line) -> int | None:
    """Return the requested length in minutes."""
    found = []
    for match in list(line.find(_AMOUNT)):
        before, after = line.open[: match.start()], line.open[match.end() :]
        if _SAYS["no_amount_after"].match(after) or _SAYS["no_amount_before"].search(before):
            continue
        value = _value(match)
        if (match["h"] and _SAYS["at_clock"].search(before)) or not 10 <= value <= 300:
            continue
        line.take(*match.span(), "minutes")
        found.append((match.start(), str(value)))
    corrected = _BARE_AMOUNT.match(line.open, last_correction(line)) if found else None
    if corrected and found[-1][0] < corrected.start("amount"):
        line.take(*corrected.span("amount"), "minutes")
        found.append((corrected.start("amount"), corrected["amount"]))
    values = after_correction(line, found)
    return int(values[-1]) if values else None


def _value(match: re.Match[str]) -> int:
    if match["min"]:
        return int(match["min"])
    for group, value in (("three", 45), ("half", 30), ("ha", 90), ("hq", 75), ("an", 60), ("bare", 60)):
        if match[group]:
            return value
    for group in ("h2", "h3"):
        if match[group]:
            return 60 * int(match[group]) + 30
    if match["plain"]:
        return int(match["plain"])
    if match["am"]:
        return 60 + int(match["more"])
    if match["hm"]:
        return 60 * int(match["hm"]) + int(match["m"])
    return round(60 * float(match["h"].replace(",", ".")))


def for_whom(line: Line, asked: str | None = None) -> str | None:
    """Return who is treated, if given; at the contact question, "it's for me" refers to the call."""
    if _SAYS["group"].search(line.words):
        return "group"
    if _SAYS["two"].search(line.words):
        return "two_people"
    found = [
        m for pattern in (_SAYS["for"], _SAYS["kin_by_name"], _SAYS["kin_needs"]) for m in pattern.finditer(line.words)
    ]
    found = [
        m
        for m in found
        if not re.search(r"\b(?:not|no longer|isn't|instead of|rather than)(?: for)? $", line.words[: m.start()])
        and not line.words[m.start() :].startswith("is a")
    ]
    if found:
        last = max(found, key=lambda m: m.start("kin"))
        return next(name for name, words in _KIN.items() if words.fullmatch(last["kin"]))
    theirs = _SAYS["her"].search(line.words) or (
        _SAYS["theirs"].search(line.words) and not _SAYS["mine"].search(line.words)
    )
    if theirs and (kin := _SAYS["my_kin"].search(line.words)):
        return next(name for name, words in _KIN.items() if words.fullmatch(kin["kin"]))
    mine = _SAYS["self"].search(line.words) if asked != "contact" else None
    return (
        "self"
        if mine
        and not re.search(
            r"\b(?:not|fit|time|day|easier|best|better|good|works?|fine|ok|okay|possible|suits?|impossible|difficult|bad)(?: is)? $",
            line.words[: mine.start()],
        )
        else None
    )
