"""Screening of every message for emergencies and contraindications."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.dialogue.reading import TURN, read_turn
from lamoon.dialogue.signs import MESSAGES, SECONDS, adds_up, with_sum
from lamoon.intents import shared_intents
from lamoon.language.foreign import ForeignReading
from lamoon.nlu.act_classifier import ACTS
from lamoon.nlu.component import set_intent
from lamoon.nlu.foreign_messages import conversation_language, mark_language, settle_emoji, settle_foreign
from lamoon.nlu.hybrid_classifier import PROBABILITIES
from lamoon.nlu.preprocessing import screened
from lamoon.screening.answers import reads_as_name, screening_answer
from lamoon.screening.crisis import (
    harm_done,
    is_bereaved,
    is_fear_of_session,
    is_past_and_over,
    is_taken_for_a_session,
    is_violent,
)
from lamoon.screening.message import Finding, ScreenedMessage
from lamoon.screening.other_languages import shared_foreign_reader, with_foreign
from lamoon.screening.screener import shared_screener, summary
from lamoon.screening.second_opinion import NO_FINDING, Opinion, Thresholds, combine
from lamoon.text.emoji import Emoji, emoji_meaning

NAME = "visitor_name"  # the slot of the booking's first question
SAFETY = "safety"
SCREENING_ANSWER = "screening_answer"  # for the action server, which then needs no screening of its own

COMFORT: Final = "out_of_scope/companion_and_comfort"
UNSURE_OF_FEAR: Final = frozenset(("report_condition", "nlu_fallback", "inform"))
WEAK: Final = frozenset(
    "ask_services ask_hours ask_location ask_prices help bot_challenge feedback_positive feedback_negative".split()
)
WEAK_BELOW: Final = 0.6
SHORTEST_IN_OTHERS: Final = 3
"""Maximum length of an English abbreviation that is ignored in a message in another language."""
FACT = "fact"
LIST = "contraindications"
LISTED_FACTS: Final = {
    "open_wound": "skin", "infection": "skin", "fragile_skin": "skin", "blood_clot": "clots", "tumor_cancer": "tumors",
    "cancer_history": "tumors", "recent_fracture": "fractures", "acute_injury": "fractures",
}  # fmt: skip
"""The fact of `data/facts/contraindications.yml` for each condition on the guide's list."""
MEDICINES: Final = frozenset(("blood_thinners", "steroids"))
"""Conditions of the catalogue that are medicines, which the guide's list does not name."""
_UNSPECIFIC: Final = frozenset(
    f"{LIST}/{name}" for name in ("why_harm", "how_long_wait", "complete_list", "tell_therapist")
)
_ASKS_ON: Final = frozenset(("asks_why", "asks_how_long", "only_elsewhere"))
_WHO: Final = re.compile(
    r"(?!.*\b(?:mention|tell|declare|disclose|report)\b)\W*(so |and |ok |okay )*(who|which (people|folks|clients|ailments|illnesses|conditions|diseases|problems|troubles)"
    r"|what (kind|sort)s? of (people|illness\w*|conditions?|problems?)|what (conditions|illnesses|ailments|diseases))\b",
    re.IGNORECASE,
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyScreening(GraphComponent):
    """Add `safety` to the parse result and, in an emergency, override the intent.

    The catalogue's rules come first. The classifier is a second opinion: it may raise their result, never lower it.
    """

    def __init__(self, thresholds: Thresholds) -> None:
        """Load the catalogue.

        Raises:
            CatalogueError: when the catalogue is broken; Rasa then does not start.
            KnowledgeError: when a file of `data/languages/` is.
        """
        self._thresholds = thresholds
        self._screener = shared_screener()
        conditions = self._screener.catalogue.conditions.values()
        self._emergencies = frozenset(one.id for one in conditions if one.severity == "emergency")
        self._foreign = shared_foreign_reader()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The defaults of `lamoon.screening.second_opinion.Thresholds`."""
        return asdict(Thresholds())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyScreening:
        """Make the component (called by Rasa); `config` holds the fields of `Thresholds`."""
        return cls(Thresholds(**{name: config[name] for name in asdict(Thresholds())}))

    def process(
        self,
        messages: list[Message],
        tracker: DialogueStateTracker = None,  # Rasa accepts no other annotation
    ) -> list[Message]:
        """Screen each message as Rasa received it, before `FreeText` and the spelling repair changed it.

        The gateway removes command prefixes and invisible characters; other programs may send them. Earlier messages
        are included, because signs of one illness may come one by one.
        """
        current = conversation_language(tracker)
        earlier = recent_signs(tracker.events) if tracker else []
        for message in messages:
            read = screened(message)
            is_name = False
            if tracker and tracker.get_slot(REQUESTED_SLOT) == NAME and reads_as_name(read):
                read.findings, read.outcome = [], "none"
                is_name = read.text.istitle()
            self._screen(message, read, current, earlier, is_name=is_name)
        return messages

    def _screen(
        self, message: Message, read: ScreenedMessage, current: str | None, earlier: list[str], *, is_name: bool
    ) -> None:
        text = read.text
        foreign = self._foreign.read(text, current)
        if is_name and not self._is_emergency(foreign, text):
            foreign = ForeignReading()  # "Runa Vik" is not Polish
        emoji = emoji_meaning(text)
        if foreign.is_foreign and all(len(_found_text(read, one)) <= SHORTEST_IN_OTHERS for one in read.findings):
            read.findings, read.outcome = [], "none"  # "od" is Polish for "from", not an overdose
        screening = with_foreign(summary(read), foreign, text, self._screener.catalogue)
        if not foreign.is_foreign:
            screening = with_sum(screening, adds_up(earlier, read, self._screener), text)
        over, harmless = is_past_and_over(read), is_taken_for_a_session(read)
        feared = is_fear_of_session(read)
        safety = combine(
            screening,
            message.get(PROBABILITIES) or {},
            self._thresholds,
            over,
            harmless,
            harm_done(read),
            bereaved=is_bereaved(read),
            feared=feared,
            violent=is_violent(read),
        )
        safety = _beyond_english(safety, foreign, emoji)
        _settle_intent(message, safety["outcome"], safety["question"])
        if feared and safety["outcome"] == "none" and (message.get(INTENT) or {}).get("name") in UNSURE_OF_FEAR:
            set_intent(message, COMFORT, f"utter_{COMFORT}", alone=True)
        if foreign.is_foreign:
            settle_foreign(message, foreign)
        if emoji:
            settle_emoji(message, emoji)
        mark_language(message, foreign, current)
        message.set(SAFETY, dict(safety), add_to_output=True)
        turn = read_turn(read, self._emergencies, () if foreign.is_foreign else message.get(ACTS) or ())
        if "looked_after" in foreign.says:
            turn["acts"].append("seen_by_doctor")
        message.set(TURN, turn, add_to_output=True)
        _settle_fact(message, read, turn["acts"])
        message.set(SCREENING_ANSWER, screening_answer(read), add_to_output=True)

    def _is_emergency(self, foreign: ForeignReading, text: str) -> bool:
        """Return whether several words state an emergency ("Mi Papá No Respira"): a single one may be a name."""
        return any(
            one.id in self._emergencies and one.status == "affirmed" and " " in text[one.start : one.end]
            for one in foreign.mentions
        )


def _found_text(message: ScreenedMessage, finding: Finding) -> str:
    return message.text[message.words[finding.first].start : message.words[finding.last].end]


def _settle_fact(message: Message, read: ScreenedMessage, acts: list[str]) -> None:
    """Give a question about one condition of the guide its fact, and a question for the list the list. "Do you touch
    anyone with an open wound?" is close to the fact that there is no waiting time, but does not ask for it.
    """
    fact = message.get(FACT) or {}
    found = {finding.condition for finding in read.findings}
    named = {LISTED_FACTS[condition] for condition in found if condition in LISTED_FACTS}
    if not named and not MEDICINES.isdisjoint(found) and str(fact.get("id")).startswith(f"{LIST}/"):
        message.set(FACT, {**fact, "id": f"{LIST}/medicines"}, add_to_output=True)
    elif fact.get("id") in _UNSPECIFIC and not named and _WHO.match(read.text):
        message.set(FACT, None, add_to_output=True)
    elif fact.get("id") in _UNSPECIFIC and len(named) == 1 and not _ASKS_ON.intersection(acts):
        message.set(FACT, {**fact, "id": f"{LIST}/{named.pop()}"}, add_to_output=True)


def _beyond_english(safety: Opinion, foreign: ForeignReading, emoji: Emoji | None) -> Opinion:
    """Drop the classifier's question about health for other languages, where it is a guess; emoji may raise one."""
    if foreign.is_foreign:
        return {**safety, "question": False}
    if emoji == "emergency":
        return {**safety, "outcome": "emergency"}
    return {**safety, "question": safety["outcome"] == "none"} if emoji == "health" else safety


def recent_signs(events: Sequence[Event]) -> list[str]:
    """Return the visitor's latest related messages with signs of illness, oldest first."""
    found: list[UserUttered] = []
    for event in reversed(events):
        if isinstance(event, UserUttered) and event.text and _may_add_up(event.parse_data):
            found.append(event)
            if len(found) == MESSAGES or found[0].timestamp - event.timestamp > SECONDS:
                break
    now = time.time()
    return [event.text for event in reversed(found) if now - event.timestamp <= SECONDS]


def _may_add_up(parsed: Mapping[str, Any]) -> bool:
    """Return whether a message has signs and was not an emergency itself, which would govern later replies anyway."""
    outcome = (parsed.get(SAFETY) or {}).get("outcome")
    return bool((parsed.get(TURN) or {}).get("signs")) and outcome != "emergency"


def _settle_intent(message: Message, outcome: str, question: bool) -> None:
    name = (message.get(INTENT) or {}).get("name")
    found = outcome not in NO_FINDING
    if outcome == "emergency":
        set_intent(message, "emergency")
    elif name == "emergency":
        set_intent(message, _second_best(message) if found else "report_condition")
    elif (found or question) and (name is None or name in shared_intents().unsure or _is_weak(message)):
        # The warning covers the disclosure; this interpretation of the rest would only add confusion.
        set_intent(message, "report_condition")


def _is_weak(message: Message) -> bool:
    """Return whether a message is unlikely to be a question or a word to the assistant: "yes wound and sugar"."""
    intent = message.get(INTENT) or {}
    return (
        intent.get("name") in WEAK
        and float(intent.get("confidence") or 0.0) < WEAK_BELOW
        and "?" not in (message.get(TEXT) or "")
    )


def _second_best(message: Message) -> str:
    """Return the runner-up intent if the classifier took a condition that the rules named for an emergency."""
    ranking = message.get(INTENT_RANKING_KEY) or []
    names = [
        str(entry["name"]) for entry in ranking if entry["name"] not in (None, "emergency", *shared_intents().unsure)
    ]
    return names[0] if names else "report_condition"
