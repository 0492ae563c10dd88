"""Whose name a message gives: after an introduction, as a signature, beside a contact, or as the answer to the question.

A wrong name is worse than a missing one. Words of days, bodies, treatments, kin and everyday sentences are no names, unless
they stand where only a name can: "April March" as the answer to who is coming.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from lamoon.booking.reading.corrections import CORRECTION
from lamoon.booking.reading.line import Line
from lamoon.booking.reading.name_words import (
    ALSO_NAMES,
    GREETINGS,
    NOT_BEFORE_A_SIGNATURE,
    ORDINARY,
    PARTICLES,
    TITLES,
    NameWords,
)
from lamoon.text.clean import fold_accents
from lamoon.text.spelling import read_known_words

_LETTERS: Final = re.compile(r"[^\W\d_]")
_LONGEST: Final = 5

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
_SIGN_OFF: Final = frozenset("thanks thx thank you cheers regards wishes best ta ty sincerely yours tia".split())
_BEHIND_A_NAME: Final = frozenset(
    "here speaking please pls plz again on at and my phone email mail is for with from x xx".split()
)
"""Everyday words that may stand behind a single name."""
_ENDS: Final = frozenset("with without not from as like but spelled spelt".split())
"""Words that end a name: "Karla with a K"."""
_QUESTION: Final = re.compile(r"^(?:who|who's|why|what|what's|how|where|when|do|does|can|is|are|must|which)\b.*\?")
_SAID: Final = re.compile(r" ?,? ?(?:told|said|says|sent|recommended|gave|swears|suggested|thinks|referred)\b")
_TAIL: Final = re.compile(
    r"^ (?:here(?! (?:has|have|had|is|was|needs?|wants?|would|will|can't|(?!and\b)[a-z]+ (?:my|his|her|their|the|its|up|down|out|over|it|too)\b))"
    r"|speaking|is my name|is the name|again|at your service|on the line|this end)\b"
)
"""Behind a name, but not behind the subject of a sentence: "muggins here pulled her back"."""
_NAME_IS: Final = re.compile(r"\bname(?: is|'s| :)")
_OF_A_CONTACT: Final = re.compile(r"<(?:phone|email)> (?:is|'s|was|works|will be|should be)(?: \w+)? $")
_OPENS_AN_ANSWER: Final = frozenset(
    "yes yeah yep yup yea sure ok okay no nope thanks thank please pls just only well um uh hmm sorry actually name named call me "
    "this that the it its here hi hello hey hiya good right great fine and or for with from is i put book am".split()
)
"""Words that open an answer and begin no name, whatever follows."""
_NO_SURNAMES: Final = re.compile(r"\w{3,}(?:ly|ing|able|ible|ful)$")
_BESIDE_A_CORRECTION: Final = frozenset(
    "wait sorry no actually i it its it's that's rather mean meant oh spelled".split()
)
_PARTS_OF_ADDRESS: Final = re.compile(r"[._+-]|\d+")
MOST_SLIPS: Final = 2
"""Edits between a name and the same name corrected."""


def read_name(
    line: Line, asked: str | None, entities: Sequence[tuple[int, int]], couple: bool = False, therapist: str = ""
) -> str | None:
    """The name of who is treated where that is said, else of who writes.

    Args:
        line: with all that other readers know marked as read.
        asked: the open question.
        entities: places in the message of what the document says is no name.
        couple: whether who writes comes too.
        therapist: the therapist's name, where one is wished.
    """
    for place in range(len(line.tokens)):
        if therapist and line.raw(place) == therapist:
            line.labels[place] = "therapist"
    reader = _Names(line, asked, entities)
    kin = None if couple else reader.of_kin()
    name = (
        kin
        or reader.titled()
        or reader.in_parts()
        or reader.whole_answer()
        or reader.introduced()
        or reader.as_address()
        or reader.answer()
        or reader.signature()
    )
    return reader.corrected(name) if name else None


class _Names(NameWords):
    def of_kin(self) -> str | None:
        """The name after "for my daughter": "Mia"; capitals only."""
        for place, token in enumerate(self.line.tokens):
            if not _KIN_BEFORE.search(self.line.words[: token.at]) or not self.is_written_as_name(place):
                continue
            name = self.run(place, capitals=True)
            if name and not _SAID.match(self.words_after(place, name)):
                return name
        return None

    def titled(self) -> str | None:
        """The name after a title, but not who is greeted or treats."""
        for place, token in enumerate(self.line.tokens):
            if token.norm in TITLES and not _OF_OTHERS.search(self.line.words[: token.at]):
                following = place + 1 + (self.norm(place + 1) == ".")
                name = self.run(following, capitals=True) if self.is_written_as_name(following) else None
                if name and not _SAID.match(self.words_after(following, name)):
                    return name
        return None

    def in_parts(self) -> str | None:
        """First and last name given one by one."""
        found = []
        for kind in ("first|given|christian", "last|family|sur"):
            match = re.search(rf"(?<!\w)(?:{kind})(?: ?name(?: is|'s| :)?| :) (?=\S)", self.line.words)
            place = self.place_at(match.end()) if match else None
            found.append(self.run(place, capitals=self.is_written_as_name(place)) if place is not None else None)
        return f"{found[0]} {found[1]}" if found[0] and found[1] else None

    def introduced(self) -> str | None:
        """The name after "my name is" or before "here"; the last one of several."""
        found: list[tuple[bool, int, str]] = []
        for match in _INTRODUCTION.finditer(self.line.words):
            place = self.place_at(match.end())
            strong = bool(_STRONG.search(match[0]))
            if place is None or (
                not strong
                and re.search(r"\b(?:not|if|when|that|think|because|since) $", self.line.words[: match.start()])
            ):
                continue
            if (
                match[0].startswith(_NEEDS_CAPITALS)
                and not _NAME_IS.search(match[0])
                and not (self.is_written_as_name(place) and self.ends_well(place))
            ):
                continue
            beside_contact = self.plain and self.norm(place + 1).startswith("<")  # "hey its jada 615-555-0134"
            if match[0].strip() == "its" and not (beside_contact or self.is_written_as_name(place)):
                continue
            sure = strong or self.asked or beside_contact
            name = self.run(place, capitals=self.is_written_as_name(place), strong=sure)
            if name and self.label(place) == "day" and " " not in name and not strong:
                continue  # "it's Wednesday"
            if name:
                name = self._in_full(name, place)
                found.append((strong, place, name))
        for place in range(len(self.line.tokens)):
            at = self.line.tokens[place].at + len(self.line.tokens[place].norm)
            if _TAIL.match(self.line.words[at:]) and (name := self.back(place)):
                found.append((True, place, name))
        if not found:
            return None
        if self.asked or any(strong for strong, *_ in found):
            marks = [m.end() for m in CORRECTION.finditer(self.line.words)]
            later = [f for f in found if marks and f[1] and self.line.tokens[f[1]].at >= marks[-1]]
            return (later or [f for f in found if f[0]] or found)[-1][2]
        return found[0][2] if len({f[2] for f in found}) == 1 else found[-1][2]

    def _in_full(self, name: str, place: int) -> str:
        """The longer name that follows a single one: "Bond, James Bond", "Lind with a d: Eva Lind"."""
        if " " in name:
            return name
        for later in range(place + 1, len(self.line.tokens)):
            if self.norm(later - 1) in (",", ":", ".", "(", "-", ";", "...") and self.letters(later):
                longer = self.run(later, capitals=self.is_written_as_name(later)) or ""
                if name in longer.split() and longer != name:
                    return longer
        return name

    def whole_answer(self) -> str | None:
        """Two or three words that are all of the answer, everyday ones among them: "Oh Ha-neul", "tuesday moss"."""
        run = [place for place in range(len(self.line.tokens)) if self.norm(place) != "-"]
        if not self.asked or not 2 <= len(run) <= 3 or not all(map(self.letters, run)):
            return None
        if len(run) < len(self.line.tokens) and "," in self.line.text:
            return None
        first, rest = run[0], run[1:]
        others = [self.norm(place) not in ORDINARY and not self.knows(place) for place in rest]
        if self.norm(first) in _OPENS_AN_ANSWER | TITLES or not all(others):
            return None
        if (
            all(self.line.raw(place)[0].isupper() or self.norm(place - 1) == "-" for place in run)
            and not self.line.text.isupper()
        ):
            begins = self.norm(first) in ORDINARY and self.label(first) in ("", "day")
        else:
            begins = self.label(first) == "day" and not _NO_SURNAMES.match(self.norm(run[-1])) and len(run) == 2
        return self.text_of(list(range(len(self.line.tokens)))) if begins else None

    def as_address(self) -> str | None:
        """The words that the address in the message is made of: "May Friday, may.friday@example.com"; the last ones of several."""
        tokens, found = self.line.tokens, None
        for address in (token for token in tokens if token.norm == "<email>"):
            local = fold_accents(self.line.text[address.start : address.end].partition("@")[0]).lower()
            parts = [part for part in _PARTS_OF_ADDRESS.split(local) if part]
            for size in (2, 3):
                for run in zip(*(range(at, len(tokens)) for at in range(size)), strict=False):
                    if all(map(self.letters, run)) and self._makes(list(run), parts):
                        found = self.text_of(list(run))
        return found

    def _makes(self, run: list[int], parts: list[str]) -> bool:
        words = [fold_accents(self.line.raw(place)).lower() for place in run]
        if any(word in PARTICLES or word in _OPENS_AN_ANSWER for word in (words[0], words[-1])):
            return False
        if len(parts) == 1:
            return parts[0] in ("".join(words), "".join(reversed(words))) and min(map(len, words)) > 1
        return words in (parts, parts[::-1])

    def corrected(self, name: str) -> str:
        """The name as it is written after a correction: "Jon Vik, or rather J\u00f3n V\u00edk"."""
        words = name.split()
        for marker in CORRECTION.finditer(self.line.words):
            place = self.place_at(marker.end())
            if place is None or not any(self.is_as(words, at) for at in range(place)):
                continue
            while place < len(self.line.tokens) and (
                not self.letters(place) or self.norm(place) in _BESIDE_A_CORRECTION
            ):
                place += 1
            later = (self.run(place, capitals=True) or "").split() if self.is_written_as_name(place) else []
            if len(later) == len(words) and all(map(_is_like, later, words)):
                words = later
            elif len(later) == 1 and later[0] not in words:
                words = [later[0] if _is_like(later[0], word) else word for word in words]
        return " ".join(words)

    def is_as(self, words: list[str], place: int) -> bool:
        """Whether these words stand at a place."""
        return [self.line.raw(at) for at in range(place, min(place + len(words), len(self.line.tokens)))] == words

    def answer(self) -> str | None:
        """The name that answers the question, with nothing or little around it."""
        if not self.asked or _QUESTION.match(self.line.words):
            return None
        segments = list(self._segments())
        if len(segments) == 2 and self._is_last_first(segments):
            return f"{self.text_of(segments[1])} {self.text_of(segments[0])}"
        candidates = [s for s in segments if self._is_answer(s)]
        if not candidates:
            return self._ending()
        marks = [m.end() for m in CORRECTION.finditer(self.line.words)]
        late = [s for s in candidates if marks and self.line.tokens[s[0]].at >= marks[-1]]
        if late and len(late[0]) == 1 < len(candidates[0]):
            before = self.text_of(candidates[0])
            if (whole := self.corrected(before)) != before:
                return whole  # "Sara Lund, or rather Sarah"
        pool = late or candidates
        full = [s for s in pool[1:] if len(pool[0]) == 1 < len(s) and all(map(self.is_written_as_name, s))]
        return self.text_of((full or pool)[0])

    def _ending(self) -> str | None:
        """The name in capitals that ends an answer: "they all know me as Ana Lind"."""
        run: list[int] = []
        for place in range(len(self.line.tokens) - 1, -1, -1):
            if self.is_written_as_name(place):
                run.insert(0, place)
            elif (
                run and not (self.norm(place) == "-" and self.line.tokens[place].end == self.line.tokens[run[0]].start)
            ) or self.letters(place):
                break
        lead = self.norm(run[0] - 1) if run and run[0] else ""
        return self.text_of(run) if len(run) > 1 and lead not in NOT_BEFORE_A_SIGNATURE - {"that", "like"} else None

    def _is_last_first(self, segments: list[list[int]]) -> bool:
        if len(self.line.tokens) != 1 + sum(map(len, segments)) or any(not 1 <= len(s) <= 3 for s in segments):
            return False
        between = self.line.words[self.line.tokens[segments[0][-1]].at : self.line.tokens[segments[1][0]].at]
        last, first = segments
        while len(last) > 1 and self.norm(last[0]) in PARTICLES:
            last = last[1:]
        known = self.knows(last[0]), self.knows(first[0])
        capital = all(self.line.raw(s[0])[:1].isupper() for s in (last, first))
        plain = all(
            self.letters(place) and self.norm(place) not in ORDINARY - ALSO_NAMES for s in segments for place in s
        )
        return "," in between and plain and not known[1] and len(last) == 1 and (capital or not known[0])

    def _is_answer(self, segment: list[int]) -> bool:
        if not 1 <= len(segment) <= _LONGEST or not all(self.letters(place) for place in segment):
            return False
        norms = [self.norm(place) for place in segment]
        if any(norm in ORDINARY and norm not in ALSO_NAMES for norm in norms) and not self._is_surname(segment):
            return False
        known = [self.knows(place) for place in segment]
        if not any(known):
            return True
        if len(segment) == 1:
            return (
                norms[0] in ALSO_NAMES
                and self.label(segment[0]) not in ("body", "treatment")
                and not norms[0].endswith("day")
            )
        first, rest = known[0], known[1:]
        if self.label(segment[0]) == "day" and not any(rest):  # "Friday Mbeki", "Thu H\u00e0 Nguy\u1ec5n"
            return all(self.line.raw(place)[:1].isupper() for place in segment)
        return (not first and len(segment) <= 3) or (
            norms[0] in ALSO_NAMES and (not all(rest) or all(n in ALSO_NAMES | {"march"} for n in norms[1:]))
        )

    def signature(self) -> str | None:
        """A segment of a few names: beside a contact, at the end, or at the start."""
        segments = list(self._segments(with_contacts=True))
        scored = []
        for at, segment in enumerate(segments):
            if isinstance(segment[0], str):
                continue
            score = self._score(segments, at)
            if score:
                scored.append((score, at, self.text_of(segment)))
        return max(scored)[2] if scored else None

    def _score(self, segments: list[list[int]], at: int) -> int:
        segment = segments[at]
        if not 1 <= len(segment) <= 4:
            return 0
        norms = [self.norm(place) for place in segment]
        before = segment[0] - 1
        if (
            before >= 0
            and self.letters(before)
            and not self.knows(before)
            and self.norm(before) in NOT_BEFORE_A_SIGNATURE
        ):
            return 0
        if len(norms) == 1 and len(norms[0]) == 1 and norms[0].isascii():
            return 0
        if not self.line.raw(segment[0])[:1].isupper() and _OF_A_CONTACT.search(
            self.line.words[: self.line.tokens[segment[0]].at]
        ):
            return 0  # "646 555 0181 is current"
        pair = len(segment) > 1 and any(norm not in ORDINARY for norm in norms)
        if any(
            not self.letters(place)
            or (norm in ORDINARY and not (pair and norm in ALSO_NAMES))
            or (self.knows(place) and (norm not in ALSO_NAMES or len(segment) == 1))
            for place, norm in zip(segment, norms, strict=True)
        ):
            return 0
        raws = [self.line.raw(place) for place in segment]
        written = (
            all(
                raw[0].isupper() or not raw[0].islower() or raw.lower() in PARTICLES or self.norm(place - 1) == "-"
                for raw, place in zip(raws, segment, strict=True)
            )
            and not raws[0].islower()
        )
        if len(segment) == 1 and norms[0] not in ALSO_NAMES and _is_form(norms[0]) and (segment[0] == 0 or not written):
            return 0  # "Relieved, put me down for friday"
        if written and segment[0] == 0 and len(segment) == 1 and raws[0].isascii() and not self._near_contact(segment):
            written = len(norms[0]) > 2 and self.ends_at_comma(segment) and at == 0 and len(self.line.tokens) > 4
        near = self._near_contact(segment)
        last = segment[-1] >= len(self.line.tokens) - 2
        if not written and self.capitals and any(raw[0].isupper() for raw in raws):
            return 0
        signed = last and before >= 0 and self._is_sign_off(before)
        if not written and not ((near or signed) and self.plain):
            return 0
        if not written and (
            len(segment) > 3 or any(len(n) < 2 for n in norms[:1]) or (len(segment) == 1 and not near and not signed)
        ):
            return 0
        return 1 + 4 * written + 2 * near + last + (len(segment) > 1)

    def _is_sign_off(self, place: int) -> bool:
        """Whether a signature follows: "thanks james", "cheers, james"."""
        while place >= 0 and not self.letters(place):
            place -= 1
        return place >= 0 and self.norm(place) in _SIGN_OFF

    def _near_contact(self, segment: list[int]) -> bool:
        skip = (
            ",",
            "-",
            "(",
            ")",
            ":",
            "/",
            ".",
            ";",
            "\n",
            "|",
            "at",
            "on",
            "phone",
            "email",
            "telephone",
            "mobile",
            "cell",
            "and",
            "my",
            "number",
            "is",
        )
        after = next(
            (self.norm(p) for p in range(segment[-1] + 1, len(self.line.tokens)) if self.norm(p) not in skip), ""
        )
        before = next((self.norm(p) for p in range(segment[0] - 1, -1, -1) if self.norm(p) not in skip), "")
        return bool({after, before} & {"<phone>", "<email>"})

    def _segments(self, with_contacts: bool = False) -> Iterator[list[int]]:
        """Runs of words between marks, contacts and what other readers know."""
        run: list[int] = []
        tokens = self.line.tokens
        for place in range(len(tokens)):
            norm = tokens[place].norm
            first_of_answer = self.asked
            if (
                norm.startswith("<")
                or (not _LETTERS.search(norm))
                or (not first_of_answer and self.knows(place) and not self._fits_in(run, place))
            ):
                if (
                    norm == "."
                    and run
                    and (
                        (len(tokens[run[-1]].norm) == 1 and self.line.raw(run[-1]).isupper())
                        or tokens[run[-1]].norm in TITLES
                    )
                ):
                    continue
                if (
                    norm in ("-",)
                    and run
                    and place + 1 < len(tokens)
                    and tokens[place].start == tokens[place - 1].end
                    and tokens[place].end == tokens[place + 1].start
                ):
                    continue
                if run:
                    yield from self._trimmed(run)
                run = []
            elif norm in TITLES and not run:
                continue
            else:
                run.append(place)
        if run:
            yield from self._trimmed(run)

    def _fits_in(self, run: list[int], place: int) -> bool:
        """Whether a known word continues a name: "Summer Knight", "Rose Hill"."""
        return (
            self.line.raw(place)[:1].isupper() and self.norm(place) in ALSO_NAMES and self.label(place) != "treatment"
        )

    def _trimmed(self, run: list[int]) -> Iterator[list[int]]:
        """A run without the polite words around a name; nothing where it is a sentence."""
        polite = ORDINARY - ALSO_NAMES
        ends = [
            at
            for at, place in enumerate(run)
            if at and self.norm(place) in _ENDS and self.norm(run[at - 1]) not in ORDINARY
        ]
        run = run[: ends[0]] if ends else run
        size = len(run)
        if "and" in map(self.norm, run[1:-1]):
            at = list(map(self.norm, run)).index("and", 1)
            yield from self._trimmed(run[:at])
            if all(map(self.is_written_as_name, run[:at])):
                return  # the first of a couple
            run = run[at + 1 :]
        while run and self.norm(run[0]) in polite:
            if (
                self.norm(run[0]) in GREETINGS
                and len(run) < 5
                and self.is_written_as_name(run[1] if len(run) > 1 else -1)
            ):
                return  # "Hi Maya": who is greeted
            run = run[1:]
        dropped = ""
        while run and self.norm(run[-1]) in polite and not self._is_surname(run):
            dropped = self.norm(run[-1])
            run = run[:-1]
        if len(run) == 1 and not self.asked and dropped and dropped not in _SIGN_OFF | _BEHIND_A_NAME:
            return  # "Scratch that": the verb of a sentence
        while len(run) > 1 and self._is_small_word_before_names(run):
            run = run[1:]
        run = self.without_repeats(run)
        if run and not (len(run) == 1 and size > 2 and self.line.raw(run[0])[0].islower()):  # a word left of a sentence
            yield run

    def _is_small_word_before_names(self, run: list[int]) -> bool:
        """Whether the first word is no part of the names after it: "xo Maddie"."""
        first = self.line.raw(run[0])
        return first.islower() and self.norm(run[0]) not in PARTICLES and all(map(self.is_written_as_name, run[1:]))

    def _is_surname(self, run: list[int]) -> bool:
        """Whether an everyday word is a surname: "Bill Sessions" as the whole answer."""
        written = all(self.line.raw(place)[:1].isupper() and not self.line.raw(place).isupper() for place in run)
        return (
            self.asked
            and written
            and len(run) == len(self.line.tokens) == 2
            and self.norm(run[0]) not in ORDINARY - ALSO_NAMES
        )


def _is_like(later: str, before: str) -> bool:
    """Whether two words are one name, spelled anew."""
    return OSA.distance(fold_accents(later).lower(), fold_accents(before).lower()) <= MOST_SLIPS


@lru_cache(maxsize=1)
def _frequent() -> frozenset[str]:
    return frozenset(read_known_words())


def _is_form(word: str) -> bool:
    """Whether a word is a form of an English verb, or an adjective that forms others: "relieved", "current"."""
    stem = re.sub(r"(?:ed|ing)$", "", word)
    if stem != word and not _frequent().isdisjoint((stem, f"{stem}e", stem[:-1])):
        return True
    return word in _frequent() and not _frequent().isdisjoint((f"{word}ly", f"{word}ness"))
