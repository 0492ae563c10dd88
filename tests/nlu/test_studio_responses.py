"""Replies carry the studio's facts, their topic and what to read next, without the action server."""

from __future__ import annotations

import asyncio
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from lamoon.chat.model import Draft
from lamoon.chat.replies import Replies
from lamoon.contract import Disclosure, Emergency, HealthRecord
from lamoon.errors import ContractError, StudioError
from lamoon.knowledge import load_topics
from lamoon.nlu import safety_rule_policy
from lamoon.nlu.rest_channel import RepliesWithMetadata, replies_for
from lamoon.nlu.studio_responses import SUGGESTIONS, StudioResponses
from lamoon.settings import load_settings
from lamoon.studio import load_studio

TOPICS = load_topics()


@pytest.fixture
def responses(settings_of_test: Path, domain: Domain) -> StudioResponses:
    return StudioResponses(EndpointConfig(), domain)


def tracker(domain: Domain, *events: Event) -> DialogueStateTracker:
    listening: list[Event] = [ActionExecuted("action_listen"), *events]
    return DialogueStateTracker.from_events("visitor", listening, slots=domain.slots)


async def said(responses: StudioResponses, name: str, tracker: DialogueStateTracker, **kwargs: Any) -> dict[str, Any]:
    message = await responses.generate(name, tracker, "rest", **kwargs)
    assert message is not None
    return message


def answered(topic: str) -> BotUttered:
    return BotUttered("an answer", metadata={"topic": f"faq/{topic}", "section": "a section"})


async def test_the_studios_facts_are_filled_in(responses: StudioResponses, domain: Domain) -> None:
    here = tracker(domain)
    assert "welcome to La Moon!" in (await said(responses, "utter_greet", here))["text"]
    assert "call 911" in (await said(responses, "utter_emergency", here))["text"]
    assert "(212) 555-0147" in (await said(responses, "utter_unavailable", here))["text"]


async def test_the_emergency_wording_follows_its_slot(responses: StudioResponses, domain: Domain) -> None:
    here = tracker(domain, SlotSet("emergency_text", "suicidal"))
    assert "988 (Suicide and Crisis Lifeline)" in (await said(responses, "utter_emergency", here))["text"]


async def test_no_reply_shows_a_placeholder(responses: StudioResponses, domain: Domain) -> None:
    names = ("visitor_name", "contact", "wish", "conditions_text")
    here = tracker(domain, *(SlotSet(name, "something") for name in names))
    for name in domain.responses:
        values = {
            "reference": "LM-1",
            "fact": "a fact",
            "suggestion": "a@b.com",
            "parts": "the name",
            "known": "a name",
            "noted": "a name",
            "wished": " (Friday)",
            "new_contact": "c@d.com",
            "time": "Thu 3 December, 10:00 am",
            "appointment": "Thu 3 December, 10:00 am",
        }
        message = await said(responses, name, here, **values)
        assert "{" not in message["text"], name
        assert "None" not in message["text"], name


async def test_an_open_emergency_and_open_conditions_are_put_in_words(
    responses: StudioResponses, domain: Domain
) -> None:
    record = HealthRecord(open=(Disclosure("blood_clot"),), emergency=Emergency("suspected_dvt", "open"))
    here = tracker(domain, SlotSet("health_ledger", record.to_slot()))
    assert "a doctor needs to see that leg today" in (await said(responses, "utter_emergency_open", here))["text"]
    assert "a blood clot" in (await said(responses, "utter_condition_allowed", here))["text"]


async def test_the_variations_of_a_response_take_turns(responses: StudioResponses, domain: Domain) -> None:
    events: list[Event] = []
    texts = []
    count = len(domain.responses["utter_emergency_open"])
    for _ in range(count + 1):
        message = await said(responses, "utter_emergency_open", tracker(domain, *events))
        texts.append(message["text"])
        metadata = {"utter_action": "utter_emergency_open", "variation": message["variation"]}
        events += [BotUttered(message["text"], metadata=metadata), BotUttered("another", metadata={})]
    assert count > 1
    assert len(set(texts[:count])) == count, "each one once"
    assert texts[count] == texts[0], "then from the first one again"


async def test_variations_with_a_condition_take_turns_among_themselves(
    responses: StudioResponses, domain: Domain
) -> None:
    here = SlotSet("emergency_text", "suspected_dvt")
    first = await said(responses, "utter_emergency", tracker(domain, here))
    metadata = {"utter_action": "utter_emergency", "variation": first["variation"]}
    again = await said(responses, "utter_emergency", tracker(domain, here, BotUttered("x", metadata=metadata)))
    assert "leg" in first["text"]
    assert "leg" in again["text"]
    assert first["text"] != again["text"]


async def test_which_one_has_the_conditions_as_buttons(responses: StudioResponses, domain: Domain) -> None:
    here = tracker(domain, SlotSet("conditions_told", ["blood_clot", "tumor_cancer"]))
    message = await said(responses, "utter_which_condition", here)
    assert message["buttons"][0]["payload"] == "I have a blood clot"
    assert len(message["buttons"]) == 2


async def test_an_action_may_add_its_own_values(responses: StudioResponses, domain: Domain) -> None:
    values = {"visitor_name": "Maria", "contact": "maria@example.com", "reference": "LM-ABCD"}
    message = await said(responses, "utter_booking_sent", tracker(domain), **values)
    assert all(value in message["text"] for value in values.values())


async def test_an_answer_carries_its_topic_and_section(responses: StudioResponses, domain: Domain) -> None:
    message = await said(responses, "utter_faq/does_it_hurt", tracker(domain))
    assert message["topic"] == "faq/does_it_hurt"
    assert message["section"] == TOPICS.by_id["does_it_hurt"].section
    expected = [topic.title for topic in TOPICS.related("does_it_hurt")]
    assert [button["title"] for button in message["buttons"]] == expected
    assert [button["payload"] for button in message["buttons"]] == expected


async def test_every_topic_has_an_answer_with_a_source(responses: StudioResponses, domain: Domain) -> None:
    for topic in TOPICS.all:
        message = await said(responses, f"utter_faq/{topic.id}", tracker(domain))
        assert message["topic"] == f"faq/{topic.id}"
        assert 1 <= len(message["buttons"]) <= SUGGESTIONS


async def test_topics_that_were_answered_are_not_suggested_again(responses: StudioResponses, domain: Domain) -> None:
    first, second, third = TOPICS.by_id["does_it_hurt"].related
    here = tracker(domain, answered(first), BotUttered("something else"), answered(third))
    message = await said(responses, "utter_faq/does_it_hurt", here)
    assert [button["title"] for button in message["buttons"]] == [TOPICS.by_id[second].title]


async def test_when_all_were_answered_nothing_is_suggested(responses: StudioResponses, domain: Domain) -> None:
    here = tracker(domain, *map(answered, TOPICS.by_id["does_it_hurt"].related))
    assert (await said(responses, "utter_faq/does_it_hurt", here))["buttons"] == []


async def test_in_a_form_nothing_is_suggested_but_the_source_is_named(
    responses: StudioResponses, domain: Domain
) -> None:
    message = await said(responses, "utter_faq/does_it_hurt", tracker(domain, ActiveLoop("booking_form")))
    assert not message.get("buttons")
    assert message["topic"] == "faq/does_it_hurt"


async def test_other_replies_name_no_topic(responses: StudioResponses, domain: Domain) -> None:
    assert "topic" not in await said(responses, "utter_greet", tracker(domain))


async def test_asking_twice_gives_two_independent_messages(responses: StudioResponses, domain: Domain) -> None:
    first = await said(responses, "utter_faq/does_it_hurt", tracker(domain))
    first["buttons"].clear()
    assert (await said(responses, "utter_faq/does_it_hurt", tracker(domain)))["buttons"]
    assert "topic" not in domain.responses["utter_faq/does_it_hurt"][0]


async def test_an_unknown_reply_is_none(responses: StudioResponses, domain: Domain) -> None:
    assert await responses.generate("utter_nothing_of_this", tracker(domain), "rest") is None


@pytest.mark.parametrize(
    ("slots", "health"),
    [
        ({"health_screening": "no"}, "nothing to report"),
        ({}, "not answered yet"),
        ({"health_screening": "details", "health_details": "my knee"}, "my knee"),
    ],
)
async def test_the_read_back_says_what_was_told_about_health(
    responses: StudioResponses, domain: Domain, slots: dict[str, Any], health: str
) -> None:
    given = {"visitor_name": "Maria", "contact": "m@example.com", "wish": "soon"} | slots
    here = tracker(domain, *(SlotSet(name, value) for name, value in given.items()))
    message = await said(responses, "utter_ask_booking_form_send_booking", here)
    assert message["text"].endswith(f"\n- Health: {health}"), "a list, a line each"
    assert [button.get("beside") for button in message["buttons"]][1:5] == ["Name", "Contact", "Wish", "Health"]


async def test_a_second_response_goes_on_in_the_same_message(responses: StudioResponses, domain: Domain) -> None:
    message = await said(
        responses, "utter_invalid_mistyped_email", tracker(domain), then="utter_stuck", suggestion="a@b.com"
    )
    assert message["text"] == (
        "Did you mean a@b.com? Please send the address once more. "
        "We seem to be stuck here. Would you rather talk to a person?"
    )
    assert [button["title"] for button in message["buttons"]] == ["Talk to a person", "Stop"]


# How replies are shown does not hang on their names.


KINDS = {
    safety_rule_policy.WARN_WITHOUT_SERVER: "warning",
    "utter_emergency_before": "warning",
    "utter_emergency_open": "warning",
    "utter_condition_allowed": "warning",
    safety_rule_policy.UNAVAILABLE: "apology",
}


def drafts(message: dict[str, Any]) -> list[Draft]:
    """Return what the gateway makes of a reply, as Rasa's REST channel sends it."""
    channel = RepliesWithMetadata()
    asyncio.run(channel.send_response("visitor", message))
    return Replies(load_studio(load_settings().studio), TOPICS).drafts(channel.messages)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (None, "emergency"),
        ("general", "emergency"),
        ("cauda_equina", "emergency"),
        ("suspected_dvt", "emergency"),
        ("suicidal", "crisis"),
    ],
)
def test_every_emergency_wording_has_its_kind(
    responses: StudioResponses, domain: Domain, text: str | None, kind: str
) -> None:
    here = tracker(domain, SlotSet("emergency_text", text))
    (draft,) = drafts(asyncio.run(said(responses, "utter_emergency", here)))
    assert draft.kind == kind
    assert draft.is_vital


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_what_the_policy_says_by_itself_has_its_kind(
    responses: StudioResponses, domain: Domain, name: str, kind: str
) -> None:
    here = tracker(domain, SlotSet("conditions_text", "a blood clot"))
    (draft,) = drafts(asyncio.run(said(responses, name, here)))
    assert draft.kind == kind


def test_renaming_a_response_changes_neither_its_kind_nor_its_effect(settings_of_test: Path, domain: Domain) -> None:
    renamed = copy(domain)
    renamed.responses = {f"utter_renamed_{n}": domain.responses[name] for n, name in enumerate(domain.responses)}
    before, after = StudioResponses(EndpointConfig(), domain), StudioResponses(EndpointConfig(), renamed)
    emergency = tracker(domain, SlotSet("emergency_text", "suicidal"))
    seen = set()
    for old, new in zip(domain.responses, renamed.responses, strict=True):
        (was,) = drafts(asyncio.run(said(before, old, emergency, reference="LM-1")))
        (now,) = drafts(asyncio.run(said(after, new, emergency, reference="LM-1")))
        shown = (was.kind, was.forgets, was.withdraws, was.calls_team, was.reports)
        assert shown == (now.kind, now.forgets, now.withdraws, now.calls_team, now.reports), old
        seen |= {was.kind, *(name for name in ("forgets", "withdraws", "calls_team", "reports") if getattr(was, name))}
    assert seen == {"text", "warning", "crisis", "apology", "forgets", "withdraws", "calls_team", "reports"}


def test_prose_decides_no_kind(responses: StudioResponses, domain: Domain) -> None:
    message = asyncio.run(said(responses, "utter_thank", tracker(domain)))
    message["text"] = "Please call 988 (Suicide and Crisis Lifeline)."
    assert drafts(message)[0].kind == "text"


@pytest.mark.parametrize("metadata", [{"kind": "loud"}, {"effect": "sings"}])
def test_a_kind_or_effect_that_does_not_exist_stops_the_start(
    settings_of_test: Path, domain: Domain, metadata: dict[str, str]
) -> None:
    broken = copy(domain)
    broken.responses = {"utter_greet": [{"text": "Hello", "metadata": metadata}]}
    with pytest.raises(ContractError, match="expected one of"):
        StudioResponses(EndpointConfig(), broken)


def test_a_reply_whose_metadata_makes_no_sense_is_said_as_plain_text(settings_of_test: Path) -> None:
    (draft,) = drafts({"text": "Hello", "kind": "loud"})
    assert (draft.text, draft.kind) == ("Hello", "text")


def test_a_broken_studio_file_stops_the_start(settings_of_test: Path, domain: Domain) -> None:
    studio = settings_of_test.parent / "studio.yml"
    studio.write_text(studio.read_text(encoding="utf-8").replace("(212) 555-0147", "x"), encoding="utf-8")
    with pytest.raises(StudioError, match="line 2"):
        StudioResponses(EndpointConfig(), domain)


def asked(confidence: float, *topics: str) -> UserUttered:
    """A message that was read as the first of `topics`."""
    intent = {"name": "faq", "confidence": confidence}
    ranking = [{"intent_response_key": f"faq/{topic}", "confidence": 0.4} for topic in topics]
    parsed: dict[str, Any] = {"intent": intent, "response_selector": {"faq": {"ranking": ranking}}}
    return UserUttered("words", intent, parse_data=parsed)  # type: ignore[arg-type]


async def test_a_half_sure_answer_offers_the_other_reading_first(responses: StudioResponses, domain: Domain) -> None:
    here = tracker(domain, asked(0.6, "cost", "benefits"))
    message = await said(responses, "utter_faq/cost", here)
    title = TOPICS.by_id["benefits"].title
    assert message["text"].endswith(f"Or did you mean: {title}")
    assert [button["title"] for button in message["buttons"]].count(title) == 1
    assert message["buttons"][0]["title"] == title
    assert len(message["buttons"]) <= SUGGESTIONS


@pytest.mark.parametrize("message", [asked(0.9, "cost", "benefits"), asked(0.6, "cost")])
async def test_a_sure_answer_stands_alone(responses: StudioResponses, domain: Domain, message: UserUttered) -> None:
    assert "did you mean" not in (await said(responses, "utter_faq/cost", tracker(domain, message)))["text"]


async def test_inside_a_form_no_other_reading_is_offered(responses: StudioResponses, domain: Domain) -> None:
    here = tracker(domain, ActiveLoop("booking_form"), asked(0.6, "cost", "benefits"))
    assert "did you mean" not in (await said(responses, "utter_faq/cost", here))["text"]


def asking(fact: str, text: str = "words") -> UserUttered:
    found = {"id": fact, "topic": fact.partition("/")[0], "confidence": 0.9}
    return UserUttered(text, {"name": "faq", "confidence": 0.9}, parse_data={"text": text, "fact": found})


async def test_a_specific_question_is_answered_by_its_fact(responses: StudioResponses, domain: Domain) -> None:
    message = await said(responses, "utter_faq/how_it_works", tracker(domain, asking("how_it_works/hold_time")))
    assert message["text"].startswith("For 3 to 5 minutes or longer.")
    assert (message["topic"], message["block"]) == ("faq/how_it_works", "hold_time")
    assert message["buttons"][0]["title"] == TOPICS.by_id["how_it_works"].title


async def test_the_fact_of_another_topic_changes_nothing(responses: StudioResponses, domain: Domain) -> None:
    message = await said(responses, "utter_faq/cost", tracker(domain, asking("how_it_works/hold_time")))
    assert message["text"].startswith("Our guide gives no prices.")
    assert "block" not in message


async def test_the_team_is_offered_where_it_knows_more(responses: StudioResponses, domain: Domain) -> None:
    message = await said(
        responses, "utter_faq/session_experience", tracker(domain, asking("session_experience/position"))
    )
    assert "Our guide doesn't say whether you lie down" in message["text"]
    assert "The team can tell you." in message["text"]
    assert message["buttons"][-1]["title"] == "Talk to a person"


@pytest.mark.parametrize("fact", ["", "how_it_works/oil"])
async def test_no_answer_comes_twice_in_a_row(responses: StudioResponses, domain: Domain, fact: str) -> None:
    events: list[Event] = []
    texts: list[str] = []
    for _ in range(6):
        events.append(asking(fact) if fact else UserUttered("how does it work", {"name": "faq"}))
        message = await said(responses, "utter_faq/how_it_works", tracker(domain, *events))
        assert not texts or texts[-1] != message["text"]
        texts.append(message["text"])
        events.append(
            BotUttered(message["text"], metadata={name: message.get(name, "") for name in ("topic", "block")})
        )
    assert len(set(texts[:3])) == 3


async def test_what_the_guide_does_not_cover_is_said_in_other_words(responses: StudioResponses, domain: Domain) -> None:
    name = "utter_out_of_scope/parking"
    events: list[Event] = []
    texts: list[str] = []
    for _ in range(4):
        events.append(UserUttered("can i park", {"name": "out_of_scope"}))
        message = await said(responses, name, tracker(domain, *events))
        texts.append(message["text"])
        metadata = {"utter_action": name, "variation": message["variation"]}
        events.append(BotUttered(message["text"], metadata=metadata))
    assert len(set(texts[:3])) == 3
    assert texts[3] == texts[0]


async def test_a_number_that_the_guide_does_not_give_is_said_so(responses: StudioResponses, domain: Domain) -> None:
    asked = asking("what_is_mfr/pressure_kind", "how much pressure is it")
    message = await said(responses, "utter_faq/what_is_mfr", tracker(domain, asked))
    assert message["text"].startswith("Our guide doesn't give a number for that. The pressure is slow")


async def test_a_channel_may_have_words_of_its_own(settings_of_test: Path, domain: Domain) -> None:
    words = {"utter_greet": [{"text": "Hello."}, {"text": "Hello on Telegram.", "channel": "telegram"}]}
    responses = StudioResponses(EndpointConfig(), Domain.from_dict(domain.as_dict() | {"responses": words}))
    here = tracker(domain)
    said_on = {}
    for channel in ("telegram", "web"):
        output = replies_for(channel)
        message = await responses.generate("utter_greet", here, output.name())
        said_on[channel] = (message or {})["text"]
    assert said_on == {"telegram": "Hello on Telegram.", "web": "Hello."}
