"""Which text of a response is said, and which values are computed for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.utils.endpoints import EndpointConfig

from lamoon.nlu.studio_responses import StudioResponses
from nlu.test_studio_responses import responses, said, tracker

__all__ = ["responses"]


async def test_a_boundary_stays_firm_and_offers_nobody(responses: StudioResponses, domain: Domain) -> None:
    name = "utter_out_of_scope/sexual"
    shared = {text["text"] for text in domain.responses["utter_nothing_more"]}
    for variation in range(4):
        before = BotUttered("x", metadata={"utter_action": name, "variation": variation})
        assert (await said(responses, name, tracker(domain, before)))["text"] not in shared


async def test_only_what_a_response_names_is_computed(
    responses: StudioResponses, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(slots: object) -> str:
        raise AssertionError("computed for a text that does not name it")

    monkeypatch.setattr(responses, "_computed", dict.fromkeys(responses._computed, fail))
    assert (await said(responses, "utter_greet", tracker(domain)))["text"]
    with pytest.raises(AssertionError, match="computed"):
        await said(responses, "utter_emergency_open", tracker(domain))


async def test_the_responses_of_a_model_that_is_loaded_later_are_filled_in(
    settings_of_test: Path, domain: Domain
) -> None:
    early = StudioResponses(EndpointConfig(), Domain.empty())
    early.responses = domain.responses
    assert "911" in (await said(early, "utter_emergency_open", tracker(domain)))["text"]


async def test_an_overview_that_leaves_the_question_open_gives_way_to_its_gist(
    responses: StudioResponses, domain: Domain
) -> None:
    asked = UserUttered("is cupping any good for that", {"name": "faq"})
    message = await said(responses, "utter_faq/what_is_mfr", tracker(domain, asked))
    assert message["text"].startswith("Our guide doesn't mention that.")
    assert message["block"] == "short"


async def test_the_last_answer_of_a_topic_comes_again_in_one_line(responses: StudioResponses, domain: Domain) -> None:
    events: list[Event] = [BotUttered("...", metadata={"topic": "faq/how_it_works", "block": ""})]
    short = await said(responses, "utter_last_answer", tracker(domain, *events))
    assert short["text"].startswith("In a nutshell")
    fact = BotUttered("...", metadata={"topic": "faq/how_it_works", "block": "oil"})
    assert (await said(responses, "utter_last_answer", tracker(domain, fact)))["text"].startswith("In plainer words")
