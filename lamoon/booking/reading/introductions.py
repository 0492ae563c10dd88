"""Names that the words before or behind them announce: "my name is", "Mrs", "for my daughter", "... here"."""

from __future__ import annotations

import re
from typing import Final

from lamoon.booking.reading.corrections import CORRECTION
from lamoon.booking.reading.name_words import TITLES, NameWords

_INTRODUCTION: Final = re.compile(
    r"(?<![\w'])(?:(?:my|the|full|first|her|his|their|whose|our)(?: \w+)? name(?: is|'s|s| :| would be| will be|,)(?: spelled| spelt| actually| really)?|(?:my |the )?name(?:'s| is| :|s)|(?<=, )name(?= )|^name(?= )|(?:i'm|i am|this is|here is|it's|its|it is|here's|that's|(?:that|it|this) should (?:be|read|say))(?: called| named)?"
    r"|(?:(?:people|everyone|everybody|you can|you may|they|friends|just|please|can)(?: \w+)? )?(?:call|calls|address)(?: me)(?: as)?|(?:under|in)(?: the)? name(?: of| :)?|is under|be under|book(?:ing)? (?:it )?under|under|you (?:may|can) put(?: down)?|put (?:me |it |us |that |this )?(?:down )?(?:as|under|for|in as)?"
    r"|(?:put|enter|write|list|register|file|save|note|record|log|sign|have|book) (?:me|it|us|that|this|him|her|them) (?:down |in |up )?(?:as|under)(?: the name(?: of)?)?"
    r"|signed(?: by)?|me is called|i'm called|i am called|i go by|goes by|go by|known as|make (?:it|that) out to|make that|the (?:\w+ )?name(?: of| to| should (?:be|read))?|surname(?: is| should be| :)|patient(?: is| :)|client(?: is| :)|guest(?: is| :)|in the name of|for|so here i am :|so)(?: :)? (?:just )?(?=\S)"
)
_NEEDS_CAPITALS: Final = ("for", "so ", "put", "under", "the ", "that should", "it should", "this should")
_STRONG: Final = re.compile(
    r"name|called|calls?|address|signed|go by|goes by|known as|under|put|\b(?:enter|write|list|register|file|save|note|record|log|sign|have|book) \w+ (?:\w+ )?as\b"
)
_KIN_BEFORE: Final = re.compile(
    r"\b(?:for|bring|bringing|behalf of|my|our|his|her)(?: my| our)? (?:\w+ ){0,3}(?:mother|mum|mom|father|dad|wife|husband|partner|son|daughter|kid|child|sister|brother|grandmother|grandma|gran|nan|grandfather|grandad|grandpa|friend|fiance|fiancee|girlfriend|boyfriend|boy|girl|aunt|uncle|cousin|niece|nephew),? $"
)
_OF_OTHERS: Final = re.compile(
    r"\b(?:teacher|physio|doctor|therapist|colleague|trainer|coach|friend|neighbou?r|masseuse|osteopath|chiropractor|boss|trainer|gp|receptionist|with|by|from|at|near|ask for|see|thanks|thank you|dear|hi|hello|hey|morning|evening) ?,? $"
)
_SAID: Final = re.compile(r" ?,? ?(?:told|said|says|sent|recommended|gave|swears|suggested|thinks|referred)\b")
_TAIL: Final = re.compile(
    r"^ (?:here(?! (?:has|have|had|is|was|needs?|wants?|would|will|can't|(?!and\b)[a-z]+ (?:my|his|her|their|the|its|up|down|out|over|it|too)\b))"
    r"|speaking|is my name|is the name|again|at your service|on the line|this end)\b"
)
"""Behind a name, but not behind the subject of a sentence: "muggins here pulled her back"."""
_NAME_IS: Final = re.compile(r"\bname(?: is|'s| :)")


def of_kin(said: NameWords) -> str | None:
    """The name after "for my daughter": "Mia"; capitals only."""
    for place, token in enumerate(said.line.tokens):
        if not _KIN_BEFORE.search(said.line.words[: token.at]) or not said.is_written_as_name(place):
            continue
        name = said.run(place, capitals=True)
        if name and not _SAID.match(said.words_after(place, name)):
            return name
    return None


def titled(said: NameWords) -> str | None:
    """The name after a title, but not who is greeted or treats."""
    for place, token in enumerate(said.line.tokens):
        if token.norm in TITLES and not _OF_OTHERS.search(said.line.words[: token.at]):
            following = place + 1 + (said.norm(place + 1) == ".")
            name = said.run(following, capitals=True) if said.is_written_as_name(following) else None
            if name and not _SAID.match(said.words_after(following, name)):
                return name
    return None


def in_parts(said: NameWords) -> str | None:
    """First and last name given one by one."""
    found = []
    for kind in ("first|given|christian", "last|family|sur"):
        match = re.search(rf"(?<!\w)(?:{kind})(?: ?name(?: is|'s| :)?| :) (?=\S)", said.line.words)
        place = said.place_at(match.end()) if match else None
        found.append(said.run(place, capitals=said.is_written_as_name(place)) if place is not None else None)
    return f"{found[0]} {found[1]}" if found[0] and found[1] else None


def introduced(said: NameWords) -> str | None:
    """The name after "my name is" or before "here"; the last one of several."""
    found: list[tuple[bool, int, str]] = []
    for match in _INTRODUCTION.finditer(said.line.words):
        place = said.place_at(match.end())
        strong = bool(_STRONG.search(match[0]))
        if place is None or (
            not strong and re.search(r"\b(?:not|if|when|that|think|because|since) $", said.line.words[: match.start()])
        ):
            continue
        if (
            match[0].startswith(_NEEDS_CAPITALS)
            and not _NAME_IS.search(match[0])
            and not (said.is_written_as_name(place) and said.ends_well(place))
        ):
            continue
        beside_contact = said.plain and said.norm(place + 1).startswith("<")  # "hey its jada 615-555-0134"
        if match[0].strip() == "its" and not (beside_contact or said.is_written_as_name(place)):
            continue
        sure = strong or said.asked or beside_contact
        name = said.run(place, capitals=said.is_written_as_name(place), strong=sure)
        if name and said.label(place) == "day" and " " not in name and not strong:
            continue  # "it's Wednesday"
        if name:
            name = _in_full(said, name, place)
            found.append((strong, place, name))
    for place in range(len(said.line.tokens)):
        at = said.line.tokens[place].at + len(said.line.tokens[place].norm)
        if _TAIL.match(said.line.words[at:]) and (name := said.back(place)):
            found.append((True, place, name))
    if not found:
        return None
    if said.asked or any(strong for strong, *_ in found):
        marks = [m.end() for m in CORRECTION.finditer(said.line.words)]
        later = [f for f in found if marks and f[1] and said.line.tokens[f[1]].at >= marks[-1]]
        return (later or [f for f in found if f[0]] or found)[-1][2]
    return found[0][2] if len({f[2] for f in found}) == 1 else found[-1][2]


def _in_full(said: NameWords, name: str, place: int) -> str:
    """The longer name that follows a single one: "Bond, James Bond", "Lind with a d: Eva Lind"."""
    if " " in name:
        return name
    for later in range(place + 1, len(said.line.tokens)):
        if said.norm(later - 1) in (",", ":", ".", "(", "-", ";", "...") and said.letters(later):
            longer = said.run(later, capitals=said.is_written_as_name(later)) or ""
            if name in longer.split() and longer != name:
                return longer
    return name
