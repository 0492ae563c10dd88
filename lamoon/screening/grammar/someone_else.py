"""The experiencer of a mention: the visitor, a client the visitor writes for, or another person."""

from __future__ import annotations

from typing import Final

from lamoon.screening.message import ScreenedMessage
from lamoon.text.tokens import number_value

_BREAKS: Final = frozenset(
    {",", ";", "-", "–", "—", ":", "(", ")", "...", "and", "so", "but", "while", "because", "\n"}
)
_SUBJECTLESS: Final = frozenset(
    "have had got am just now also still recovering having been broke broken getting currently waiting on in with "
    "history".split()
)
_BEFORE_OBJECT: Final = frozenset(
    "for of after with to from about at by than like off see seeing visit visiting carrying lifting".split()
)
_BESIDE_WORK: Final = _BREAKS | frozenset("with since after following recovering having but".split())
_CLOSED: Final = frozenset(("", ".", ",", "!", ";", ")", "\n"))
_PATIENTS_VERBS: Final = frozenset("have has had are were got get suffer both all".split())
_ANIMALS: Final = frozenset("dog dogs cat cats horse pony puppy kitten pet rabbit hamster parrot".split())
_DETERMINERS: Final = frozenset("my our the his her their a neighbours neighbour friends friend".split())
_MANY_OF_THEM: Final = frozenset(
    "patients survivors victims sufferers people folk folks clients kids residents".split()
)
_HAVING: Final = frozenset(
    "have had has having get got getting my our with from of after these those some both two three many few and".split()
)
_ONE: Final = frozenset("a an one another few several".split())
_HAVING_IT: Final = frozenset("have had has having got getting with since after".split())
_TAKING: Final = frozenset("took taken popped swallowed borrowed stole".split())
_TAKING_REACH: Final = 7  # words
_TRADE_REACH: Final = 8  # words
_OPENS_SUBJECT: Final = frozenset("our my the a an this that some one another".split())
_OPENERS: Final = frozenset(
    "well ok okay hey hi hello like because since as that lol oh cause cos context apparently".split()
)
_SUBJECT_WORDS: Final = 5
_WHERE: Final = frozenset("on at in from of for".split())
_GROUPS: Final = frozenset(
    "side team squad club class gym office street league crew band choir building work school group".split()
)
_FINDS: Final = frozenset(
    "found finds thinks thought said says saw noticed felt feels reckons suspects diagnosed told tells sees confirmed".split()
)
_HELPERS: Final = frozenset(
    "doctor doc gp physio physiotherapist surgeon nurse consultant radiologist oncologist dermatologist dentist specialist therapist masseuse "
    "masseur chiropractor chiro osteopath midwife pharmacist cardiologist neurologist orthopedist rheumatologist technician paramedic "
    "practitioner urologist gynaecologist gynecologist hospital clinic scan test xray mri".split()
)
"""People who report a diagnosis to the visitor."""
AT_LARGE: Final = "people"
_ANYBODY: Final = frozenset(
    "client clients patients customer customers man woman lady guy bloke guest child kid kids children baby boy girl teen teenager family".split()
) | {None, AT_LARGE}
"""Words for people that do not mean a particular person in a question."""
OWN: Final = frozenset("i me my myself mine we us our".split())


def is_other_person(message: ScreenedMessage, first: int, last: int) -> bool:
    """Return whether the mention belongs to a person who is neither the visitor nor the client."""
    if any(message.norm(at) in OWN for at in range(first, last + 1)) or on_own_body(message, last):
        return False
    if includes_visitor(message, first, last):
        return False
    if _at_work(message, first, last) or _in_family(message, first, last) or _belongs_to_other(message, last):
        return True
    if _takes_from_another(message, first):
        return False
    owner = _owner(message, first, last)
    return owner is not None and not _is_client(message, owner) and not _asks_on_behalf(message)


def _belongs_to_other(message: ScreenedMessage, last: int) -> bool:
    """Return whether the words behind the mention give it to another person: "the warfarin is my husband's"."""
    return any(match.first == last + 1 for match in message.in_sentence("belongs_to", last))


def _takes_from_another(message: ScreenedMessage, first: int) -> bool:
    """Return whether the visitor took something of another person: "Took two of my wife's sleeping pills"."""
    start = message.bounds(first)[0]
    before = [message.norm(at) for at in range(max(start, first - _TAKING_REACH), first)]
    verb = next((at for at, norm in enumerate(before) if norm in _TAKING), None)
    if verb is None or before[-1] in _PATIENTS_VERBS:
        return False
    doer = before[verb - 1] if verb else "i"
    return doer in OWN | {"just", "already", "also", "only", "and", "so", "have", "had"}


def is_of_someone(message: ScreenedMessage, first: int, last: int) -> bool:
    """Return whether the mention is stated of one other person, not supposed of people: "our goalie broke his hand, is
    that right?".
    """
    if not is_other_person(message, first, last):
        return False
    return _owner(message, first, last) not in _ANYBODY


def includes_visitor(message: ScreenedMessage, first: int, last: int) -> bool:
    """Return whether the sentence includes the visitor: "... and so did I", "my dad never had one but I have"."""
    if any(match.first > last for match in message.in_sentence("not_me", first)):
        return any(match.first > last for match in message.in_sentence("comes_after_all", first))
    if any(match.first > last or match.last < first for match in message.in_sentence("also_me", first)):
        return True
    return any(
        match.first > last and message.norm(match.last + 1) in _CLOSED
        for match in message.in_sentence("also_me_end", first)
    )


def contradicts(message: ScreenedMessage, last: int) -> bool:
    """Return whether "but I have", "I've had three" contradicts a denial about another person."""
    ends = [m for m in message.in_sentence("also_me_end", last) if message.norm(m.last + 1) in _CLOSED]
    if any(match.first > last and message.norm(match.first) == "but" for match in ends):
        return True
    mine = [*ends, *message.in_sentence("also_me", last)]
    return any(match.first > last for match in mine) and is_of_third_person(message, last)


def is_of_animal(message: ScreenedMessage, first: int) -> bool:
    """Return whether the clause of the finding begins with an animal and names no person: "Our cat was run over"."""
    animal = next((at for at in (first - 1, first - 2, first) if message.norm(at) in _ANIMALS), None)
    if animal is None:
        return False
    before = animal - 1 if message.norm(animal - 1) in _DETERMINERS else animal
    return before in (0, message.bounds(first)[0]) or message.norm(before - 1) in _BREAKS


def on_own_body(message: ScreenedMessage, last: int) -> bool:
    """Return whether a finding is on the visitor's own body, whoever noticed it: "... a mole on my back"."""
    end = message.bounds(last)[1]
    near = [message.norm(at) for at in range(last + 1, min(last + 5, end + 1))]
    for place in ("on", "in", "behind", "under", "near"):
        if place in near[:2] and "my" in near[near.index(place) + 1 : near.index(place) + 3]:
            after = last + 1 + near.index("my") + 1
            return after not in message.covered("person") and message.norm(after) not in ("family", "dads", "mums")
    return False


def _at_work(message: ScreenedMessage, first: int, last: int) -> bool:
    """Return whether the condition describes a trade or a place: "I work with cancer patients", "opposite the fracture
    clinic". A condition outside that phrase ("I'm a nurse with a DVT") belongs to the visitor.
    """
    working = list(message.in_sentence("work", first))
    if message.norm(last + 1) in _MANY_OF_THEM and message.norm(first - 1) not in ("us", "we", "fellow"):
        return True
    if _all_day(message, first, last) or is_met_at_work(message, first, last):
        return True
    if any(at in message.covered("workplace") for at in range(last + 1, last + 3)):
        return bool(working) or not any(True for _ in message.in_sentence("self_word", first))
    beside = _BESIDE_WORK | OWN | {"have", "had", "got"}
    return any(
        match.first <= last
        and not any(message.norm(at) in beside for at in range(match.last + 1, first))
        and not any(message.norm(at) in _BREAKS for at in range(match.first, first))
        for match in working
    )


def is_met_at_work(message: ScreenedMessage, first: int, last: int) -> bool:
    """Return whether a counted illness was met on a shift: "we had two strokes on the ward", "I'm a medic, three seizures
    this shift".
    """
    start = message.bounds(first)[0]
    counts = [at for at in range(start, first) if (number_value(message.norm(at)) or 0) > 1]
    is_counted = first - 1 in counts or message.norm(first - 1) in _ONE
    if not is_counted or not any(True for _ in message.in_sentence("on_shift", first)):
        return False
    at = next((n for n in range(first - 1, start - 1, -1) if message.norm(n) in OWN), None)
    if at is None:
        return bool(counts)
    if message.norm(at) in ("we", "us"):
        return True
    return at in message.covered("work") and not any(message.norm(n) in _HAVING_IT for n in range(at + 1, first))


def _all_day(message: ScreenedMessage, first: int, last: int) -> bool:
    """Return whether a bare plural is the object of a trade: "I fit pacemakers for a living"."""
    if last not in message.covered("plural") or message.norm(first - 1) in _HAVING:
        return False
    return any(0 < match.first - last <= _TRADE_REACH for match in message.in_sentence("trade_time", last))


def _in_family(message: ScreenedMessage, first: int, last: int) -> bool:
    """Return whether a family history is meant: "Heart disease runs in my family", unless "mine was in 2018"
    follows.
    """
    if not any(match.first - last in (1, 2) for match in message.in_sentence("in_family", last)):
        return False
    return message.norm(first - 1) not in OWN and not any(word.norm == "mine" for word in message.words)


def is_of_third_person(message: ScreenedMessage, last: int) -> bool:
    """Return whether the nearest person left of word `last` is neither the visitor nor the visitor's doctors."""
    return _owner(message, last, last) is not None


def _owner(message: ScreenedMessage, first: int, last: int) -> str | None:
    """Return the word for the nearest person left of the mention, or the "his" inside it; None for the visitor."""
    start = message.bounds(first)[0]
    persons, reports = message.covered("person"), message.covered("reporter")
    if any(message.norm(at) in ("his", "her") for at in range(first, last + 1)):
        return _antecedent(message, first)
    for at in range(first - 1, start - 1, -1):
        norm = message.norm(at)
        if at in message.covered("at_large"):
            return AT_LARGE
        if at in persons and at not in reports and not _speaks_of_self(message, at, start):
            if _is_left_behind(message, at, first):
                return None
            return norm
        if norm in ("he", "she", "his", "her", "him", "hers"):
            return _antecedent(message, at)
        if norm in ("they", "their", "them") and not _are_doctors(message, at):
            return _antecedent(message, at)
        if norm in OWN and not _owns_person(message, at):
            if norm in ("i", "we") and _is_relative(message, at, first):
                continue
            return None
    return None


def _is_relative(message: ScreenedMessage, at: int, first: int) -> bool:
    """Return whether an "I" opens a relative clause: in "the lady I sit for has thin skin", "has" agrees with the
    lady.
    """
    person = at - 2 if message.norm(at - 1) in ("who", "that", "whom") else at - 1
    return person in message.covered("person") and any(message.norm(n) == "has" for n in range(at + 1, first + 1))


def _owns_person(message: ScreenedMessage, at: int) -> bool:
    """Return whether a first-person word only owns a person: "my old father", "a friend of mine", "the lad on our
    team".
    """
    if message.norm(at) == "mine":
        return message.norm(at - 1) == "of" and at - 2 in message.covered("person")
    if message.norm(at - 1) in _WHERE and message.norm(at + 1) in _GROUPS:
        return True
    return message.norm(at) in ("my", "our") and any(n in message.covered("person") for n in range(at + 1, at + 4))


def _speaks_of_self(message: ScreenedMessage, at: int, start: int) -> bool:
    """Return whether a word for a person means the visitor: "I'm a mum of two", "as a new mother", "old lady here"."""
    before = [message.norm(n) for n in range(max(start, at - 5), at)]
    if message.norm(at + 1) == "here":
        return True
    return (
        ("am" in before or "as" in before or "being" in before)
        and ("a" in before or "an" in before)
        and "my" not in before
    )


def _is_left_behind(message: ScreenedMessage, at: int, first: int) -> bool:
    """Return whether the person is an object before a new clause without a subject: "Caring for my mum, now have
    shingles".
    """
    start = message.bounds(at)[0]
    preceding = [message.norm(n) for n in range(max(start, at - 3), at)]
    for n in range(at + 1, first):
        if message.norm(n) in _BREAKS and any(
            message.norm(m) in _SUBJECTLESS for m in range(n + 1, min(n + 3, first + 1))
        ):
            return any(word in _BEFORE_OBJECT for word in preceding)
    return False


def _are_doctors(message: ScreenedMessage, at: int) -> bool:
    """Return whether "they" means doctors: "They found a clot", or any "they" in a message that names no people before
    it.
    """
    if message.norm(at) == "they" and message.norm(at + 1) not in _PATIENTS_VERBS:
        return True
    return not any(n < at for n in message.covered("person"))


def _antecedent(message: ScreenedMessage, at: int) -> str | None:
    """Return the person that a pronoun refers to; without an antecedent, the client whom the conversation is about."""
    named = [n for n in message.covered("person") if n < at]
    return message.norm(max(named)) if named else _subject(message, at)


def _subject(message: ScreenedMessage, at: int) -> str | None:
    """Return the noun that opens the message, or the clause of a pronoun, and is not part of the visitor: "our drummer
    can't ..., she has", "the guy upstairs broke his hand". Only nouns with a verb count.
    """
    if message.norm(at + 1) in _FINDS:
        return None
    says, bodies, conditions = message.covered("says_of_one"), _bodies(message), message.mentions
    for start in range(message.bounds(at)[0], at):
        if message.norm(start) not in _OPENS_SUBJECT or (start and start - 1 not in _starts(message, at)):
            continue
        for verb in range(start + 2, min(start + 2 + _SUBJECT_WORDS, at + 1)):
            between = range(start + 1, verb)
            if any(
                message.norm(n) in OWN or message.words[n].is_mark or n in bodies or n in conditions for n in between
            ):
                break
            if verb in says:
                noun = message.norm(verb - 1)
                return None if noun in _HELPERS else noun
    return None


def _starts(message: ScreenedMessage, at: int) -> frozenset[int]:
    """Return the marks and function words after which a subject may follow in the sentence of word `at`."""
    first, last = message.bounds(at)
    openers = {n for n in range(first, last + 1) if message.norm(n) in _BREAKS or message.norm(n) in _OPENERS}
    return frozenset(openers | {first - 1})


def _bodies(message: ScreenedMessage) -> frozenset[int]:
    """Return the words for body parts, treatments and times, which are not people."""
    kinds = ("body_part", "treatment", "time", "weekday", "month")
    return frozenset(
        at
        for span in message.doc.spans["phrases"]
        if span.label_.partition(":")[0] in kinds
        for at in range(span.start, span.end)
    )


def _asks_on_behalf(message: ScreenedMessage) -> bool:
    """Return whether a question is asked for that person: "Dad has a clot, is it safe?", without a word about the
    writer.
    """
    if not message.all("asks_permission"):
        return False
    return all(_owns_person(message, at) for at in message.covered("self_word"))


def _is_client(message: ScreenedMessage, owner: str) -> bool:
    """Return whether the message books or asks for this person; a booking for "someone with a clot" is for that person."""
    if owner == AT_LARGE:
        return bool(message.clients) or any(word.norm in ("me", "mine", "myself") for word in message.words)
    return any(not named or owner in named for named in message.clients)
