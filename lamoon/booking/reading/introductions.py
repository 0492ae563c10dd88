"""Names announced by the words before or after them: "my name is", "Mrs", "for my daughter", "... here"."""

from __future__ import annotations

import re
from typing import Final

from lamoon.booking.reading.corrections import CORRECTION
from lamoon.booking.reading.name_words import ROLES, TITLES, NameWords, frequent, is_form
from lamoon.knowledge.terms import find_terms, medical_terms, tokens

_INTRODUCTION: Final = re.compile(
    r"(?<![\w'])(?:(?:my|the|full|first|her|his|their|whose|our)(?: \w+)? name(?: is|'s|s| :| would be| will be|,)(?: spelled| spelt| actually| really)?|(?:my |the )?name(?:'s| is| :|s)|(?<=, )name(?= )|^name(?= )|(?:i'm|i am|this is|here is|it's|its|it is|here's|that's|(?:that|it|this) should (?:be|read|say))(?: called| named)?"
    r"|(?:(?:people|everyone|everybody|you can|you may|they|friends|just|please|can)(?: \w+)? )?(?:call|calls|address)(?: me)(?: as)?|(?:under|in)(?: the)? name(?: of| :)?|(?<!the )name of|is under|be under|book(?:ing)? (?:it )?under|under|you (?:may|can) put(?: down)?|put (?:me |it |us |that |this )?(?:down )?(?:as|under|for|in as)?"
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
_SAID: Final = re.compile(
    r" ?,? ?(?:told|said|says|sent|recommended|gave|swears|suggested|thinks|referred|speaks?|spoke|raves?|raved|comes? to you|came to you)\b"
)
_TAIL: Final = re.compile(
    r"^ (?:here(?! (?:has|have|had|is|was|needs?|wants?|would|will|can't|(?!and\b)[a-z]+ (?:my|his|her|their|the|its|up|down|out|over|it|too)\b))"
    r"|speaking|is my name|is the name|again|at your service|on the line|this end)\b"
)
"""Follows a name, but not the subject of a sentence: "muggins here pulled her back"."""
_AFTER_A_NAME: Final = frozenset(
    ("", "i", "from", "my", "can", "could", "here", "and", "speaking", "again", "please", *".,!?-")
)
"""What goes on after a name alone."""
_IT: Final = re.compile(r"its|it's|it is|that's")
_NAME_IS: Final = re.compile(r"\bname(?: is|'s| :)")


def of_kin(name_words: NameWords) -> str | None:
    """Return the name after "for my daughter": "Mia"; capitals only."""
    for place, token in enumerate(name_words.line.tokens):
        if not _KIN_BEFORE.search(name_words.line.words[: token.at]) or not name_words.is_written_as_name(place):
            continue
        name = name_words.run(place, capitals=True)
        if name and not _SAID.match(name_words.words_after(place, name)):
            return name
    return None


_THEIR_NAME: Final = re.compile(
    r"(?<!\w)(?:(?:his|her|their) (?:full |first )?name(?:'s| is)|(?:he|she|they)(?:'s|'re| is| are) (?:called|named)) (?=\S)"
)


def of_another(name_words: NameWords) -> str | None:
    """Return the name after "her name is" or "she's called", whoever else is introduced."""
    for match in _THEIR_NAME.finditer(name_words.line.words):
        place = name_words.place_at(match.end())
        if place is not None and (name := name_words.run(place, capitals=name_words.is_written_as_name(place))):
            return name
    return None


def titled(name_words: NameWords) -> str | None:
    """Return the name after a title, except of the person greeted or the therapist."""
    for place, token in enumerate(name_words.line.tokens):
        if token.norm in TITLES and not _OF_OTHERS.search(name_words.line.words[: token.at]):
            following = place + 1 + (name_words.norm(place + 1) == ".")
            name = name_words.run(following, capitals=True) if name_words.is_written_as_name(following) else None
            if name and not _SAID.match(name_words.words_after(following, name)):
                return name
    return None


def in_parts(name_words: NameWords) -> str | None:
    """Return first and last name given separately."""
    found = []
    for kind in ("first|given|christian", "last|family|sur"):
        match = re.search(rf"(?<!\w)(?:{kind})(?: ?name(?: is|'s| :)?| :) (?=\S)", name_words.line.words)
        place = name_words.place_at(match.end()) if match else None
        found.append(
            name_words.run(place, capitals=name_words.is_written_as_name(place)) if place is not None else None
        )
    return f"{found[0]} {found[1]}" if found[0] and found[1] else None


def introduced(name_words: NameWords) -> str | None:
    """Return the name after "my name is" or before "here"; the last one of several."""
    found: list[tuple[bool, int, str]] = []
    for match in _INTRODUCTION.finditer(name_words.line.words):
        place = name_words.place_at(match.end())
        strong = bool(_STRONG.search(match[0]))
        if place is None or (
            not strong
            and re.search(r"\b(?:not|if|when|that|think|because|since) $", name_words.line.words[: match.start()])
        ):
            continue
        if (
            match[0].startswith(_NEEDS_CAPITALS)
            and not _NAME_IS.search(match[0])
            and not (name_words.is_written_as_name(place) and name_words.ends_well(place))
        ):
            continue
        beside_contact = name_words.plain and name_words.norm(place + 1).startswith("<")  # "hey its jada 615-555-0134"
        sure = strong or name_words.asked or beside_contact
        if not sure and _IT.fullmatch(match[0].strip()) and not _is_told(name_words, match.start(), place):
            continue
        name = name_words.run(place, capitals=name_words.is_written_as_name(place), strong=sure)
        if name and not strong and _says_what_one_is(name_words, place, name):
            continue
        if name and name_words.label(place) == "day" and " " not in name and not strong:
            continue  # "it's Wednesday"
        if name:
            name = _in_full(name_words, name, place)
            found.append((strong, place, name))
    for place in range(len(name_words.line.tokens)):
        at = name_words.line.tokens[place].at + len(name_words.line.tokens[place].norm)
        if is_form(name_words.norm(place)) and not name_words.is_written_as_name(place):
            continue  # "it's pouring here"
        if _TAIL.match(name_words.line.words[at:]) and (name := name_words.back(place)):
            found.append((True, place, name))
    if not found:
        return None
    if name_words.asked or any(strong for strong, *_ in found):
        marks = [m.end() for m in CORRECTION.finditer(name_words.line.words)]
        later = [f for f in found if marks and f[1] and name_words.line.tokens[f[1]].at >= marks[-1]]
        return (later or [f for f in found if f[0]] or found)[-1][2]
    return found[0][2] if len({f[2] for f in found}) == 1 else found[-1][2]


def _says_what_one_is(name_words: NameWords, place: int, name: str) -> bool:
    """Return whether "I am exchange student" leaves out an article, in small letters."""
    following = name_words.norm(place + len(name.split()))
    return not name_words.is_written_as_name(place) and bool(ROLES & {name.lower().split()[-1], following})


def _is_told(name_words: NameWords, at: int, place: int) -> bool:
    """Return whether "it's" opens a sentence of nothing but a name: "its tess okafor", not "its stiff"."""
    if name_words.is_written_as_name(place):
        return True
    before = name_words.line.words[:at].rstrip()
    name = (name_words.run(place, capitals=False, strong=False) or "").lower().split()
    following = name_words.norm(place + len(name))
    return (
        (not before or before.endswith((".", ",", "!", "?", ";", "-", "hi", "hello", "hey", "yes", "ok", "thanks")))
        and bool(name)
        and not frequent().issuperset(name)
        and not any(map(is_form, name))
        and not name[0].endswith("ing")
        and not find_terms(tokens(" ".join(name)), medical_terms())
        and following in _AFTER_A_NAME
    )


def _in_full(name_words: NameWords, name: str, place: int) -> str:
    """Return the full name that follows a single one: "Bond, James Bond", "Lind with a d: Eva Lind"."""
    if " " in name:
        return name
    for later in range(place + 1, len(name_words.line.tokens)):
        if name_words.norm(later - 1) in (",", ":", ".", "(", "-", ";", "...") and name_words.letters(later):
            longer = name_words.run(later, capitals=name_words.is_written_as_name(later)) or ""
            if name in longer.split() and longer != name:
                return longer
    return name
