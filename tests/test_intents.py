"""The properties of intents: data/intents.yml."""

from __future__ import annotations

import pytest

from lamoon.errors import KnowledgeError
from lamoon.intents import Takes, parse_intents, shared_intents

SHORT = "intents:\n  sing: {meaning: Sings}\n"


def test_an_intent_needs_a_meaning_only_and_then_asks_interrupts_and_leans() -> None:
    intents = parse_intents(SHORT, "intents.yml")
    (sing,) = intents.by_name.values()
    assert (sing.meaning, sing.asks, sing.gives_context, sing.needs_context) == ("Sings", True, True, "maybe")
    assert "sing" not in intents.taken_by("answers") | intents.taken_by("health")
    assert "sing" in intents.taken_by("messages")
    assert not intents.beside_questions | intents.opening_forms | intents.without_context | intents.unsure


@pytest.mark.parametrize("takes", ["answers", "health", "messages"])
def test_what_always_interrupts_is_only_ever_passed_on(takes: Takes) -> None:
    taken = shared_intents().taken_by(takes) & shared_intents().always_interrupting
    assert taken == ({"handoff_to_human"} if takes == "messages" else set())


def test_a_kind_is_named_as_a_label() -> None:
    text = SHORT.replace("Sings", "Sings, rarely_need_context: [bass, alto]")
    assert parse_intents(text, "intents.yml").rarely_needing_context == {"sing/bass", "sing/alto"}


def test_a_mistake_is_named_with_its_line() -> None:
    with pytest.raises(KnowledgeError, match=r"intents\.yml, line 2: .*needs_context"):
        parse_intents(SHORT.replace("Sings", "Sings, needs_context: often"), "intents.yml")
