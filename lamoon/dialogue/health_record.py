"""Updates of the health record: conditions disclosed, mentioned and retracted, and the state of an emergency or
crisis.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from lamoon.contract import HARM_DONE, Crisis, CrisisLevel, Disclosure, Emergency, HealthRecord, Whose
from lamoon.dialogue.reading import TurnReading
from lamoon.dialogue.references import ALL_LISTED, of_new_client, of_others, quotes_list, referred
from lamoon.screening.catalogue import Catalogue

MAX_WORDS: Final = 200
MAX_NOTE: Final = 200
REMEMBERED: Final = 12
"""Maximum mentions of other people's conditions kept for references."""
CRISIS: Final = "suicidal"
LEVELS: Final[tuple[CrisisLevel, ...]] = ("none", "past", "soft", "acute")
GRAVEST_FIRST: Final = ("general", "cauda_equina", "doctor_today", "suspected_dvt")
"""Texts of emergencies: "call now" is not replaced by "see a doctor today"."""
UNNAMED: Final = "other_condition"
"""Matches a message about an illness that it does not name: "diagnosed with the same thing"."""
LIST_TOPIC: Final = "faq/contraindications"
# An emergency that is ruled out by name rules out its signs.
SAME_ILLNESS: Final[Mapping[str, tuple[str, ...]]] = {"blood_clot": ("suspected_dvt",)}
_SENTENCE: Final = re.compile(r"[^.!?\n]+(?:[.!?]+(?=\S)[^.!?\n]+)*")


@dataclass(frozen=True)
class Changes:
    """What a message changed.

    Attributes:
        warn: ids of conditions the visitor has not been warned about, in the order of the message; none in an emergency.
        understood: those of them that were claimed by reference ("same here"), or that were known and are referred to
            again.
        others: ids of another person's conditions that it continues to talk about.
        of_other: ids that it states of another person.
        unclear: ids that a reference may mean.
        retracted: ids that the message retracted.
        unnamed: id of the condition that it seems to retract without naming it, or empty.
        emergency: name of the text of an emergency in the message; empty if there is none.
        crisis: level of a crisis in the message itself.
        attended: whether it says that help is there or on its way.
        held: whether an open condition requires that a booking is held for a person.
    """

    warn: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    of_other: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    retracted: tuple[str, ...] = ()
    unnamed: str = ""
    emergency: str = ""
    crisis: CrisisLevel = "none"
    attended: bool = False
    held: bool = False


def update(
    record: HealthRecord, turn: TurnReading, catalogue: Catalogue, asks_list: bool = False
) -> tuple[HealthRecord, Changes]:
    """The record after a message, and its changes.

    Args:
        record: before the message.
        turn: the message.
        catalogue: the conditions with their severity and hold.
        asks_list: whether the form's open question contains the list of conditions.
    """
    record = replace(record, turn=record.turn + 1)
    affirmed = turn.mentions("affirmed")
    if quotes_list(affirmed, turn) and turn.safety["outcome"] != "emergency":
        return replace(record, mentioned=_mentioned(record, turn, catalogue)), Changes(unclear=ALL_LISTED, held=True)
    reference = referred(record, turn, asks_list) if set(affirmed) <= {UNNAMED} else None
    claimed = reference.ids if reference and reference.is_clear else ()
    of_other = claimed if reference and reference.of_other else ()
    understood = () if of_other else claimed
    clients = of_new_client(record, turn)
    retracted, unnamed = _retracted(record, turn, affirmed)
    emergencies = [id for id in affirmed if _severity(id, catalogue) == "emergency" and not _is_crisis(id, catalogue)]
    emergency = _emergency_text(turn, emergencies, catalogue)
    crisis = _crisis(turn)
    if crisis == "soft" and reference:
        crisis = "none"  # "same here" is about what was mentioned
    opened = _opened(record, turn, [] if understood else affirmed, understood, clients, retracted)
    # "The second on your list, since March": the reference names the illness, or the reply asks which one it is.
    named = [] if reference and not reference.of_other else affirmed
    disclosed = list(dict.fromkeys([*named, *understood, *clients]))
    warn = tuple(
        id
        for id in disclosed
        if id in catalogue.conditions
        and _severity(id, catalogue) != "emergency"
        and (id not in record.warned or id in retracted or id in understood)
        and not (emergency or crisis == "acute")
    )
    attended = "help_is_coming" in turn.acts
    seen = not emergency and "seen_by_doctor" in turn.acts
    after = replace(
        record,
        open=tuple(opened),
        retracted=(*record.retracted, *(entry for entry in record.open if entry.id in retracted)),
        warned=(*(id for id in record.warned if id not in retracted), *warn),
        mentioned=(
            *_mentioned(record, turn, catalogue),
            *(Disclosure(id, whose="other", turn=record.turn) for id in of_other),
        ),
        emergency=_emergency(record, turn, emergency, attended, seen),
        violence=record.violence or bool(turn.safety.get("violence")),
        crisis=_raised(record, crisis, turn, looked_after=attended or seen),
    )
    held = any(catalogue.conditions[entry.id].hold for entry in opened if entry.id in catalogue.conditions)
    changes = Changes(
        warn=warn,
        understood=understood,
        others=of_others(record, turn) if not turn.safety["conditions"] else (),
        of_other=of_other or tuple(turn.mentions("other_person")),
        unclear=reference.ids if reference and not reference.is_clear else (),
        retracted=tuple(retracted),
        unnamed=unnamed,
        emergency=emergency,
        crisis=crisis,
        attended=attended,
        held=held,
    )
    return after, changes


def cleared(record: HealthRecord) -> HealthRecord:
    """Return the record after a review by staff: open conditions and an emergency are cleared; new disclosures count
    again.
    """
    ids = {entry.id for entry in record.open}
    warned = tuple(id for id in record.warned if id not in ids)
    return replace(over(record), open=(), warned=warned, cleared=(*record.cleared, *record.open))


def over(record: HealthRecord) -> HealthRecord:
    """Return the record after staff closed the emergency; its conditions and the hold remain."""
    if not record.emergency.is_open:
        return record
    return replace(record, emergency=replace(record.emergency, status="cleared_by_staff"))


def without(record: HealthRecord, id: str) -> HealthRecord:
    """Return the record without a condition that was confirmed as a mistake."""
    gone = {id, *SAME_ILLNESS.get(id, ())}
    return replace(
        record,
        open=tuple(entry for entry in record.open if entry.id not in gone),
        retracted=(*record.retracted, *(entry for entry in record.open if entry.id in gone)),
        warned=tuple(known for known in record.warned if known not in gone),
        pending="",
    )


def _opened(
    record: HealthRecord,
    turn: TurnReading,
    affirmed: Sequence[str],
    understood: Sequence[str],
    clients: Sequence[str],
    retracted: Sequence[str],
) -> list[Disclosure]:
    kept = (entry for entry in record.open if entry.id not in retracted)
    opened = [replace(entry, certain=True) if entry.id in affirmed else entry for entry in kept]
    own = {*understood, *(affirmed if turn.first_person and not turn.names_person and not turn.of_other else ())}
    opened = [_also_own(entry, turn, record.turn) if entry.id in own else entry for entry in opened]
    known = {entry.id for entry in opened}
    mentions = {mention["id"]: mention for mention in reversed(turn.safety["conditions"])}
    for id in (id for id in affirmed if id not in known):
        whose: Whose = "other" if turn.of_other or _is_of_third(turn) else "visitor"
        opened.append(Disclosure(id, _words(mentions[id], turn.text), whose=whose, turn=record.turn))
    for id in (id for id in understood if id not in known):
        opened.append(Disclosure(id, turn.text[:MAX_WORDS], certain=False, turn=record.turn))
    words = {entry.id: entry.words for entry in record.mentioned}
    for id in (id for id in clients if id not in known | set(affirmed) | set(understood)):
        opened.append(
            Disclosure(
                id,
                words.get(id) or (_words(mentions[id], turn.text) if id in mentions else ""),
                whose="other",
                turn=record.turn,
            )
        )
    return opened


def _also_own(entry: Disclosure, turn: TurnReading, at: int) -> Disclosure:
    """Return the disclosure of another's illness as the visitor's too: "husband is on Xarelto", "me I take the same"."""
    if entry.whose != "other" or _is_of_third(turn):
        return entry
    return replace(entry, whose="visitor", words=f"{entry.words}; {turn.text}"[:MAX_WORDS], turn=at)


_SHE: Final = re.compile(r"\b(?:she|he|her|his|him)\b", re.IGNORECASE)
_OWN: Final = re.compile(r"\b(?:i|i'm|i've|me|my|mine|we|our|us)\b", re.IGNORECASE)


def _is_of_third(turn: TurnReading) -> bool:
    """Return whether a message is only about another person: "And she has a fever today"."""
    return bool(_SHE.search(turn.text)) and not _OWN.search(turn.text)


def _retracted(record: HealthRecord, turn: TurnReading, affirmed: Iterable[str]) -> tuple[list[str], str]:
    """Return the open ids that the message denies by name, and the one that it seems to retract without naming it."""
    open_ids = [entry.id for entry in record.open]
    denied = set(turn.mentions("negated")) if turn.corrects or turn.denies_own or not turn.names_person else set()
    if turn.corrects:
        denied |= set(turn.mentions("other_person"))
    denied |= {same for id in denied for same in SAME_ILLNESS.get(id, ())}
    closed = [id for id in dict.fromkeys(open_ids) if id in denied - set(affirmed)]
    if closed or not open_ids or turn.safety["conditions"]:
        return closed, ""
    return [], open_ids[-1] if "takes_back" in turn.acts else ""


def _crisis(turn: TurnReading) -> CrisisLevel:
    """Return the crisis level that the screening found in the message (`lamoon/screening/crisis.py`)."""
    return next((level for level in LEVELS if level == turn.safety.get("crisis")), "none")


def _emergency_text(turn: TurnReading, emergencies: list[str], catalogue: Catalogue) -> str:
    """Return the text of the gravest emergency named; otherwise the second opinion's."""
    if emergencies:
        return min((catalogue.conditions[id].emergency_text for id in emergencies), key=GRAVEST_FIRST.index)
    if turn.safety["outcome"] != "emergency" or any(_is_crisis(id, catalogue) for id in turn.mentions("affirmed")):
        return ""
    text = str((turn.safety.get("second_opinion") or {}).get("text") or "general")
    return "" if text == CRISIS else text


def _raised(record: HealthRecord, level: CrisisLevel, turn: TurnReading, *, looked_after: bool) -> Crisis:
    harm = (record.crisis.harm or bool(turn.safety.get(HARM_DONE))) and not looked_after
    before = replace(record.crisis, harm=harm)
    return (
        replace(before, level=level, turn=record.turn) if LEVELS.index(level) > LEVELS.index(before.level) else before
    )


def _emergency(record: HealthRecord, turn: TurnReading, text: str, attended: bool, seen: bool) -> Emergency:
    before = record.emergency
    if text:
        if before.status == "open":
            text = min(text, before.text, key=GRAVEST_FIRST.index)
        goes_on = before.status == "open" and not (turn.first_person and _is_named(turn))
        whose: Whose = "other" if turn.of_other else before.whose if goes_on else "visitor"
        since = before.turn if before.is_open else record.turn
        return Emergency(text, "attended" if attended else "open", whose, since)
    if not before.is_open:
        return before
    if seen:
        return replace(before, status="cleared_by_visitor")
    return replace(before, status="attended") if attended else before


def _is_named(turn: TurnReading) -> bool:
    """Return whether the message itself mentions an illness, and does not only complete an earlier message."""
    whole = (0, len(turn.text))
    found = [mention for mention in turn.safety["conditions"] if mention["status"] == "affirmed"]
    return any((mention["start"], mention["end"]) != whole for mention in found)


def _mentioned(record: HealthRecord, turn: TurnReading, catalogue: Catalogue) -> tuple[Disclosure, ...]:
    """Return the possible antecedents of later references: others' conditions, those asked about, and our own list."""
    found = [
        Disclosure(mention["id"], mention["text"][:MAX_WORDS], whose=whose, turn=record.turn)
        for mention in turn.safety["conditions"]
        for whose in ("other" if _asks_for_one(mention, turn) else _WHOSE.get(mention["status"]),)
        if whose and mention["id"] in catalogue.conditions
    ]
    found += [
        Disclosure(id, whose="other", turn=record.turn)
        for id in turn.mentions("affirmed")
        if turn.names_person and id in catalogue.conditions
    ]
    if turn.topic == LIST_TOPIC and turn.intent == "faq":
        found += [Disclosure(id, whose="list", turn=record.turn) for id in ALL_LISTED]
    return (*record.mentioned, *found)[-REMEMBERED:]


def _asks_for_one(mention: Mapping[str, Any], turn: TurnReading) -> bool:
    """Return whether a supposition is about one person, not people at large: "Is it all right if she's pregnant?"."""
    return mention["status"] == "hypothetical" and turn.third_person and not turn.first_person


_WHOSE: Final[Mapping[str, Any]] = {"other_person": "other", "hypothetical": "people"}


def _words(mention: Mapping[str, Any], text: str) -> str:
    """Return the sentence of the mention as written, shortened around the mention if it is long."""
    if not text:
        return str(mention["text"])[:MAX_WORDS]
    for match in _SENTENCE.finditer(text):
        if match.start() <= mention["start"] < match.end():
            start, end = match.start(), max(match.end(), mention["end"])
            if end - start > MAX_WORDS:
                start = max(start, min(mention["start"] - MAX_WORDS // 4, end - MAX_WORDS))
            return text[start : min(end, start + MAX_WORDS)].strip()
    return str(mention["text"])[:MAX_WORDS]


def _severity(id: str, catalogue: Catalogue) -> str:
    return catalogue.conditions[id].severity if id in catalogue.conditions else ""


def _is_crisis(id: str, catalogue: Catalogue) -> bool:
    return id in catalogue.conditions and catalogue.conditions[id].emergency_text == CRISIS
