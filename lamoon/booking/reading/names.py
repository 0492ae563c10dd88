"""Whose name a message gives: after an introduction, as a signature, beside a contact, or as the answer to the question.

A wrong name is worse than a missing one. Words of days, bodies, treatments, kin and everyday sentences are no names, unless
they stand where only a name can: "April March" as the answer to who is coming.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from lamoon.booking.reading.corrections import CORRECTION
from lamoon.booking.reading.line import Line

_ORDINARY_TEXT: Final = """
i a able about above ache aches aching actually add after afternoon again ago ah ahead all allright almost already alright also
always am an and another answer any anybody anyone anything anyway appointment appointments are around as ask at attention available
away awful bad be because been before behalf behind best better between big bit book booked booking bookings both bring broken but
by bye call calls came can cancel can't cannot care change check cheers child client close closed come comes coming confirm
confirmation contact could couldn't couple cost day days dear deep delete desperate did didn't different do does doesn't doing don't done
down due during each earlier early either else email e-mail end enough etc even ever every everyday everyone everything exactly except
excuse far fast feel feeling feels few fine finish firm first fit flexible for forgot forward free friendly from full fully fun get gets getting
gift give glad go goes going gone good got grand grateful great greetings guess had hadn't half happy hard has hasn't have haven't having he
hear heard hello help her here here's hers herself hey hi him his hiya hmm hold holiday home hope hopefully hour hours how however hurt
hurting hurts i idea ideally if ill in inform instead interested into is isn't it it's its just keep kind kindly know known last late later
least leave left less let let's like likely list little live long look looking lot lots love lovely low lower made mail make making many
matter maybe me mean means meet member message might mind mine minutes miss missed mobile moment more morning most move much must my
myself name named names near need needed needs never new news next nice no nobody none nope normal nor not note nothing now
number numbers of off office often oh ok okay old on once one only onto open opening or order other others otherwise ought our ours out over
own pain painful part past pay people perfect perhaps person phone place plan please plus possible possibly prefer preference preferred
pregnant price prior probably problem put quick quite rather reach ready real really reason received reference regards regard regarding
regret regular relaxing repeat reply request requests reserve reservation respectfully right room running said same saw say
says schedule second see seems send sent session sessions several shall she should show side sign since sincerely slot slots so
some somebody someone something sometime sometimes soon sore sorry sort sound sounds speak speaking spot start status stay stiff still stop
stressed studio such suit suits suitable sure swap take taken talk team telephone tell text than thank thanks that that's the their them then
there there's therapist therapists these they thing things think this those though thought through tight time times tired to today together
told tomorrow tonight too tough towards treat treatment tried trouble try trying turn two type under unfortunately until up upper
upon us use used useful usual usually very via visit voice voucher wait waiting want wanted wants was wasn't way we week weekend
weeks welcome well went were what what's whatever when whenever where whether which while who whoever whole whom whose why
will wish with within without won't wonder wondering work working works would wouldn't write wrong yeah yep yes yesterday yet you you'd
you're your yours yourself yours faithfully truly cordially warm warmest kind ta cheerio ciao hiya evening morning afternoon good
madam sir concern regards best thx ty luv xx xxx x pls plz fyi ps asap lol anyone appt facial massage mfr gosh wow omg btw spelled
spelt spelling letter letters pressure light gentle knots knot nights shift shifts desk job gym race marathon training pm am
ext extension whatsapp cell landline em tx ph address mailbox inbox skip stop quit back none nah yup sure correct exactly
female male woman man lady gentleman group people persons adults guests us both two dr mr mrs ms prof professor honestly basically
something's nobody's anonymous unknown test maiden business privacy newbie regular oops whoops yikes ugh argh hang rebook update wow happy xmas merry christmas sos help cool awesome super brilliant lovely fab gift fab ace nope unsure dunno whatever depends idk flexible retired self-employed nervous allergic new
""".split()
_ORDINARY: Final = frozenset(_ORDINARY_TEXT)
_CONTRACTION: Final = re.compile(r"\w+(?:'(?:m|re|ve|ll|d|t)|n't)$")
_EITHER: Final = frozenset(
    "april may june august summer autumn winter dawn sunny rose angel will mark bill faith grace hope joy sky jan sunday wednesday "
    "grant frank rich art jack drew pat sue chance chase gene miles dean kitty penny ruby amber rob iris jasmine lily ivy holly daisy "
    "christian ray chip dick bob jean page paige carol norm case guy dale glen cliff heath reed lane robin wren star storm "
    "melody harmony destiny precious blessing patience prudence temperance earnest ernest young long love best good day week knight "
    "price free fine hand foot head neck chin back legg temple hart ty back tuesday".split()
)
"""Everyday words that are also names, believed in the answer to who is coming or beside another name."""
_PARTICLES: Final = frozenset("da de del della den der di dos du el la le van von y bin binti al ibn ter ten zu af av o mac mc san st ben bint e das".split())
_TITLES: Final = frozenset("mr mrs ms miss mx dr prof professor sr sra srta fr pastor lord lady sir rev madame mme herr frau senor señor señora doctor".split())
_GREETINGS: Final = frozenset("hi hello hey dear hiya hola".split())
_LETTERS: Final = re.compile(r"[^\W\d_]")
_LONGEST: Final = 5

_INTRODUCTION: Final = re.compile(
    r"(?<![\w'])(?:(?:my|the|full|first|her|his|their|whose|our)(?: \w+)? name(?: is|'s|s| :| would be| will be|,)(?: spelled| spelt| actually| really)?|(?:my |the )?name(?:'s| is| :|s)|(?<=, )name(?= )|^name(?= )|(?:i'm|i am|this is|here is|it's|it is|here's|that's)(?: called| named)?"
    r"|(?:(?:people|everyone|everybody|you can|you may|they|friends|just|please|can)(?: \w+)? )?(?:call|calls|address)(?: me)(?: as)?|(?:under|in)(?: the)? name(?: of| :)?|is under|be under|book(?:ing)? (?:it )?under|under|you (?:may|can) put(?: down)?|put (?:me |it |us |that |this )?(?:down )?(?:as|under|for|in as)?"
    r"|signed(?: by)?|me is called|i'm called|i am called|i go by|goes by|go by|known as|make (?:it|that) out to|make that|patient(?: is| :)|client(?: is| :)|guest(?: is| :)|in the name of|for|so here i am :|so)(?: :)? (?:just )?(?=\S)"
)
_STRONG: Final = re.compile(r"name|called|calls?|address|signed|go by|goes by|known as|under|put")
_KIN_BEFORE: Final = re.compile(
    r"\b(?:for|bring|bringing|behalf of|my|our|his|her)(?: my| our)? (?:\w+ ){0,3}(?:mother|mum|mom|father|dad|wife|husband|partner|son|daughter|kid|child|sister|brother|grandmother|grandma|gran|nan|grandfather|grandad|grandpa|friend|fiance|fiancee|girlfriend|boyfriend|boy|girl|aunt|uncle|cousin|niece|nephew),? $"
)
_OF_OTHERS: Final = re.compile(r"\b(?:teacher|physio|doctor|therapist|colleague|trainer|coach|friend|neighbou?r|masseuse|osteopath|chiropractor|boss|trainer|gp|receptionist|with|by|from|at|near|ask for|see|thanks|thank you|dear|hi|hello|hey|morning|evening),? $")
_TAIL: Final = re.compile(r"^ (?:here|speaking|is my name|is the name|again|at your service|on the line|this end)\b")


def read_name(line: Line, asked: str | None, entities: Sequence[tuple[int, int]], couple: bool = False, therapist: str = "") -> str | None:
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
    return kin or reader.titled() or reader.in_parts() or reader.introduced() or reader.answer() or reader.signature()


class _Names:
    def __init__(self, line: Line, asked: str | None, entities: Sequence[tuple[int, int]]) -> None:
        self._line = line
        self._asked = asked == "name"
        self._plain = asked is None
        self._known = {
            place
            for place, token in enumerate(line.tokens)
            if any(start <= token.start and token.end <= end for start, end in entities)
        }
        raws = [line.raw(place) for place in range(len(line.tokens))]
        self._capitals = any(raw[:1].isupper() for raw in raws[1:]) and not line.text.isupper()

    def of_kin(self) -> str | None:
        """The name after "for my daughter": "Mia"; capitals only."""
        for place, token in enumerate(self._line.tokens):
            if _KIN_BEFORE.search(self._line.words[: token.at]) and self._is_written_as_name(place):
                if name := self._run(place, capitals=True):
                    if not re.match(r",? (?:told|said|recommended|gave|swears)", self._after(place, name)):
                        return name
        return None

    def titled(self) -> str | None:
        """The name after a title, but not who is greeted or treats."""
        for place, token in enumerate(self._line.tokens):
            if token.norm in _TITLES and not _OF_OTHERS.search(self._line.words[: token.at]):
                following = place + 1 + (self._norm(place + 1) == ".")
                if self._is_written_as_name(following) and (name := self._run(following, capitals=True)):
                    return name
        return None

    def in_parts(self) -> str | None:
        """First and last name given one by one."""
        found = []
        for kind in ("first|given|christian", "last|family|sur"):
            match = re.search(rf"(?<!\w)(?:{kind}) ?name(?: is|'s| :)? (?=\S)", self._line.words)
            place = self._place(match.end()) if match else None
            found.append(self._run(place, capitals=self._is_written_as_name(place)) if place is not None else None)
        return f"{found[0]} {found[1]}" if found[0] and found[1] else None

    def introduced(self) -> str | None:
        """The name after "my name is" or before "here"; the last one of several."""
        found: list[tuple[bool, int, str]] = []
        for match in _INTRODUCTION.finditer(self._line.words):
            place = self._place(match.end())
            strong = bool(_STRONG.search(match[0]))
            if place is None or (not strong and re.search(r"\b(?:not|if|when|that|think|because|since) $", self._line.words[: match.start()])):
                continue
            if match[0].startswith(("for", "so ", "put", "under")) and not (self._is_written_as_name(place) and self._ends_well(place)):
                continue
            name = self._run(place, capitals=self._is_written_as_name(place), strong=strong or self._asked)
            if name and self._label(place) == "day" and " " not in name and not strong:
                continue  # "it's Wednesday"
            if name:
                name = self._in_full(name, place)
                found.append((strong, place, name))
        for place in range(len(self._line.tokens)):
            at = self._line.tokens[place].at + len(self._line.tokens[place].norm)
            if _TAIL.match(self._line.words[at:]) and (name := self._back(place)):
                found.append((True, place, name))
        if not found:
            return None
        if self._asked or any(strong for strong, *_ in found):
            marks = [m.end() for m in CORRECTION.finditer(self._line.words)]
            later = [f for f in found if marks and f[1] and self._line.tokens[f[1]].at >= marks[-1]]
            return (later or [f for f in found if f[0]] or found)[-1][2]
        return found[0][2] if len({f[2] for f in found}) == 1 else found[-1][2]

    def _in_full(self, name: str, place: int) -> str:
        """The longer name that follows a single one: "Bond, James Bond", "Lind with a d: Eva Lind"."""
        if " " in name:
            return name
        for later in range(place + 1, len(self._line.tokens)):
            if self._norm(later - 1) in (",", ":", ".", "(", "-", ";") and self._letters(later):
                longer = self._run(later, capitals=self._is_written_as_name(later)) or ""
                if name in longer.split() and longer != name:
                    return longer
        return name

    def answer(self) -> str | None:
        """The name that answers the question, with nothing or little around it."""
        if not self._asked:
            return None
        segments = list(self._segments())
        if len(segments) == 2 and self._is_last_first(segments):
            return f"{self._text(segments[1])} {self._text(segments[0])}"
        candidates = [s for s in segments if self._is_answer(s)]
        if not candidates:
            return None
        marks = [m.end() for m in CORRECTION.finditer(self._line.words)]
        late = [s for s in candidates if marks and self._line.tokens[s[0]].at >= marks[-1]]
        full = [s for s in candidates[1:] if len(candidates[0]) == 1 < len(s) and all(map(self._is_written_as_name, s))]
        return self._text((late or full or candidates)[0])

    def _is_last_first(self, segments: list[list[int]]) -> bool:
        if len(self._line.tokens) != 1 + sum(map(len, segments)) or any(not 1 <= len(s) <= 3 for s in segments):
            return False
        between = self._line.words[self._line.tokens[segments[0][-1]].at : self._line.tokens[segments[1][0]].at]
        last, first = segments
        while len(last) > 1 and self._norm(last[0]) in _PARTICLES:
            last = last[1:]
        known = self._knows(last[0]), self._knows(first[0])
        capital = all(self._line.raw(s[0])[:1].isupper() for s in (last, first))
        plain = all(self._letters(place) and self._norm(place) not in _ORDINARY - _EITHER for s in segments for place in s)
        return "," in between and plain and not known[1] and len(last) == 1 and (capital or not known[0])

    def _is_answer(self, segment: list[int]) -> bool:
        if not 1 <= len(segment) <= _LONGEST or not all(self._letters(place) for place in segment):
            return False
        norms = [self._norm(place) for place in segment]
        if any(norm in _ORDINARY and norm not in _EITHER for norm in norms) and not self._is_surname(segment):
            return False
        known = [self._knows(place) for place in segment]
        if not any(known):
            return True
        if len(segment) == 1:
            return norms[0] in _EITHER and self._label(segment[0]) not in ("body", "treatment") and norms[0] not in ("sunday", "wednesday", "day", "week")
        first, rest = known[0], known[1:]
        return (not first and len(segment) <= 3) or (norms[0] in _EITHER and (not all(rest) or all(n in _EITHER | {"march"} for n in norms[1:])))

    def signature(self) -> str | None:
        """A segment of a few names: beside a contact, at the end, or at the start."""
        segments = list(self._segments(with_contacts=True))
        scored = []
        for at, segment in enumerate(segments):
            if isinstance(segment[0], str):
                continue
            score = self._score(segments, at)
            if score:
                scored.append((score, at, self._text(segment)))
        return max(scored)[2] if scored else None

    def _score(self, segments: list[list[int]], at: int) -> int:
        segment = segments[at]
        if not 1 <= len(segment) <= 4:
            return 0
        norms = [self._norm(place) for place in segment]
        if len(norms) == 1 and len(norms[0]) == 1 and norms[0].isascii():
            return 0
        if any(not self._letters(place) or norm in _ORDINARY or (self._knows(place) and (norm not in _EITHER or len(segment) == 1)) for place, norm in zip(segment, norms, strict=True)):
            return 0
        raws = [self._line.raw(place) for place in segment]
        written = all(raw[0].isupper() or not raw[0].islower() or raw.lower() in _PARTICLES or self._norm(place - 1) == "-" for raw, place in zip(raws, segment, strict=True)) and not raws[0].islower()
        if written and segment[0] == 0 and len(segment) == 1 and raws[0].isascii() and not self._near_contact(segment):
            written = self._ends_at_comma(segment) and at == 0 and len(self._line.tokens) > 4
        near = self._near_contact(segment)
        last = segment[-1] >= len(self._line.tokens) - 2
        if not written and self._capitals and any(raw[0].isupper() for raw in raws):
            return 0
        if not written and not (near and self._plain):
            return 0
        if not written and (len(segment) > 3 or any(len(n) < 2 for n in norms[:1]) or (len(segment) == 1 and not near)):
            return 0
        return 1 + 4 * written + 2 * near + last + (len(segment) > 1)

    def _near_contact(self, segment: list[int]) -> bool:
        skip = (",", "-", "(", ")", ":", "/", ".", ";", "\n", "|", "at", "on", "phone", "email", "telephone", "mobile", "cell", "and", "my", "number", "is")
        after = next((self._norm(p) for p in range(segment[-1] + 1, len(self._line.tokens)) if self._norm(p) not in skip), "")
        before = next((self._norm(p) for p in range(segment[0] - 1, -1, -1) if self._norm(p) not in skip), "")
        return bool({after, before} & {"<phone>", "<email>"})

    def _ends_at_comma(self, segment: list[int]) -> bool:
        return self._norm(segment[-1] + 1) in (",", "-", ":", ".")

    def _segments(self, with_contacts: bool = False) -> Iterator[list[int]]:
        """Runs of words between marks, contacts and what other readers know."""
        run: list[int] = []
        tokens = self._line.tokens
        for place in range(len(tokens)):
            norm = tokens[place].norm
            first_of_answer = self._asked
            if norm.startswith("<") or (not _LETTERS.search(norm)) or (not first_of_answer and self._knows(place) and not self._fits_in(run, place)):
                if norm == "." and run and ((len(tokens[run[-1]].norm) == 1 and self._line.raw(run[-1]).isupper()) or tokens[run[-1]].norm in _TITLES):
                    continue
                if norm in ("-",) and run and place + 1 < len(tokens) and tokens[place].start == tokens[place - 1].end and tokens[place].end == tokens[place + 1].start:
                    continue
                if run:
                    yield from self._trimmed(run)
                run = []
            elif norm in _TITLES and not run:
                continue
            else:
                run.append(place)
        if run:
            yield from self._trimmed(run)

    def _fits_in(self, run: list[int], place: int) -> bool:
        """Whether a known word continues a name: "Summer Knight", "Rose Hill"."""
        return self._line.raw(place)[:1].isupper() and self._norm(place) in _EITHER and self._label(place) != "treatment"

    def _trimmed(self, run: list[int]) -> Iterator[list[int]]:
        """A run without the polite words around a name; nothing where it is a sentence."""
        polite = _ORDINARY - _EITHER
        size = len(run)
        if "and" in map(self._norm, run[1:-1]):
            at = list(map(self._norm, run)).index("and", 1)
            yield from self._trimmed(run[:at])
            run = run[at + 1 :]
        while run and self._norm(run[0]) in polite:
            if self._norm(run[0]) in _GREETINGS and len(run) < 5 and self._is_written_as_name(run[1] if len(run) > 1 else -1):
                return  # "Hi Maya": who is greeted
            run = run[1:]
        while run and self._norm(run[-1]) in polite and not self._is_surname(run):
            run = run[:-1]
        run = self._without_spelling(run)
        if run and not (len(run) == 1 and size > 2 and self._line.raw(run[0])[0].islower()):  # a word left of a sentence
            yield run

    def _is_surname(self, run: list[int]) -> bool:
        """Whether an everyday word is a surname: "Bill Sessions" as the whole answer."""
        written = all(self._line.raw(place)[:1].isupper() and not self._line.raw(place).isupper() for place in run)
        return self._asked and written and len(run) == len(self._line.tokens) == 2 and self._norm(run[0]) not in _ORDINARY - _EITHER

    def _without_spelling(self, run: list[int]) -> list[int]:
        """Without the letters that spell the word before them: "niamh n i a m h kelly"."""
        norms = [self._norm(place) for place in run]
        for at in range(1, len(run)):
            if norms[at] == norms[at - 1]:  # "opal opal wright"
                return self._without_spelling(run[:at] + run[at + 1 :])
            size = len(norms[at - 1])
            if size > 2 and norms[at : at + size] == list(norms[at - 1]):
                return run[:at] + run[at + size :]
        return run

    def _run(self, place: int, capitals: bool, strong: bool = True) -> str | None:
        """The name that begins at a word."""
        run: list[int] = []
        size = len(self._line.tokens)
        while place < size and len(run) < 8:
            norm = self._norm(place)
            if norm in _TITLES and not run:
                place += 1 + (self._norm(place + 1) == ".")
                continue
            if norm == "-" and run and self._line.tokens[place].start == self._line.tokens[place - 1].end and place + 1 < size and self._line.tokens[place].end == self._line.tokens[place + 1].start:
                place += 1
                continue
            if norm == "." and run and len(norm) == 1 and len(self._norm(run[-1])) == 1 and self._is_written_as_name(place + 1):
                place += 1
                continue
            if not self._letters(place) or not self._may_continue(run, place, capitals):
                break
            run.append(place)
            place += 1
        run = self._without_spelling(run)
        while run and self._norm(run[-1]) in _PARTICLES and len(run) > 1 and not self._line.raw(run[-1])[0].isupper():
            run = run[:-1]
        if not run or (not capitals and not self._is_plain_name(run, strong)):
            return None
        if len(run) == 1 and self._norm(run[0]) in _ORDINARY - _EITHER:
            return None
        return self._text(run)

    def _may_continue(self, run: list[int], place: int, capitals: bool) -> bool:
        norm, raw = self._norm(place), self._line.raw(place)
        if capitals:
            if not raw[0].islower():
                return (norm not in _ORDINARY or norm in _EITHER) and not (self._knows(place) and not (norm in _EITHER)) and norm != "i"
            return bool(run) and norm in _PARTICLES and norm not in ("e", "o", "st", "al") and self._has_name_after(place)
        return norm not in _ORDINARY and not self._knows(place) and len(run) < 4 + (len(norm) == 1) * 4

    def _has_name_after(self, place: int) -> bool:
        following = place + 1 + (self._norm(place + 1) in _PARTICLES)
        return following < len(self._line.tokens) and self._line.raw(following)[:1].isupper()

    def _is_plain_name(self, run: list[int], strong: bool) -> bool:
        """Whether words in small letters are a name after an introduction."""
        norms = [self._norm(place) for place in run]
        following = self._norm(run[-1] + 1)
        if not strong and re.search(r"(?:ed|ing|ly|ful|ous|able|ible|ish|less|ant|ive|al|ic|ist|er|or)$", norms[0]) and len(run) == 1:
            return len(norms[0]) <= 5 and following in ("", "and", ",", ".", "my", "from")
        if not strong and following in ("to", "of", "in", "with", "about", "for", "the", "a", "that", "off", "into", "out", "at", "on") :
            return len(run) > 1 and following in ("at", "on", "for")
        return len(run) <= 4 and all(len(norm) > 1 for norm in norms[:1])

    def _back(self, place: int) -> str | None:
        """The name that ends at a word, in capitals or after a comma."""
        run: list[int] = []
        while place >= 0 and self._letters(place) and len(run) < 4:
            raw, norm = self._line.raw(place), self._norm(place)
            if raw[0].islower() and norm not in _PARTICLES and (self._capitals or norm in _ORDINARY or self._knows(place)):
                break
            if norm in _ORDINARY - _EITHER:
                break
            run.insert(0, place)
            place -= 1
        return self._text(run) if run and not self._knows(run[0]) else None

    def _ends_well(self, place: int) -> bool:
        size = len(self._line.tokens)
        while place < size and self._is_written_as_name(place):
            place += 1
        return place >= size or not self._letters(place) or self._norm(place) in ("at", "on", "please", "and", "with", "thanks")

    def _is_written_as_name(self, place: int) -> bool:
        if not 0 <= place < len(self._line.tokens) or not self._letters(place):
            return False
        norm, raw = self._norm(place), self._line.raw(place)
        if raw[0].islower() or norm == "i" or (norm in _ORDINARY and norm not in _EITHER):
            return False
        return not self._knows(place) or norm in _EITHER

    def _after(self, place: int, name: str) -> str:
        at = self._line.tokens[min(place + len(name.split()), len(self._line.tokens) - 1)].at
        return " " + self._line.words[at:]

    def _place(self, at: int) -> int | None:
        return next((place for place, token in enumerate(self._line.tokens) if token.at >= at), None)

    def _norm(self, place: int) -> str:
        if not 0 <= place < len(self._line.tokens):
            return ""
        norm = self._line.tokens[place].norm
        if _CONTRACTION.match(norm) and norm[:2] not in ("o'", "d'"):
            return "i"
        return norm if norm.startswith("<") else norm.removesuffix("'s") or norm

    def _label(self, place: int) -> str:
        return self._line.labels[place]

    def _letters(self, place: int) -> bool:
        if not 0 <= place < len(self._line.tokens):
            return False
        raw = self._line.raw(place)
        return bool(raw) and not self._line.tokens[place].norm.startswith("<") and _LETTERS.match(raw[0]) is not None and not any(c.isdigit() for c in raw)

    def _knows(self, place: int) -> bool:
        return bool(self._label(place)) or place in self._known

    def _text(self, run: list[int]) -> str:
        """The name as it was written; small letters get capitals."""
        start, end = self._line.tokens[run[0]].start, self._line.tokens[run[-1]].end
        contiguous = all(b - a == 1 for a, b in zip(run, run[1:], strict=False))
        name = self._line.text[start:end] if contiguous else self._pieces(run)
        name = unicodedata.normalize("NFC", " ".join(name.split())).strip(" .,-")
        name = re.sub(r"(?i)(?:'s)$", "", name)
        if name == name.lower() or (name == name.upper() and len(name) > 3):
            words = name.lower().split()
            name = " ".join(w if i and w in _PARTICLES else re.sub(r"(^|[-'.])([^\W\d_])", lambda m: m[1] + m[2].upper(), w) for i, w in enumerate(words))
        return name

    def _pieces(self, run: list[int]) -> str:
        text = self._line.raw(run[0])
        for before, place in zip(run, run[1:], strict=False):
            gap = self._line.text[self._line.tokens[before].end : self._line.tokens[place].start]
            text += ("-" if gap == "-" else " ") + self._line.raw(place)
        return text
