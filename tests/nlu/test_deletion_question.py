"""The question whether to delete, as the policy follows it on the project's own rules."""

from __future__ import annotations

import pytest

from lamoon.contract import DELETION_QUESTION
from lamoon.nlu.safety_rule_policy import UNAVAILABLE, WARN
from nlu.conftest import LISTEN, Conversation

CLOT = ("blood_clot", "affirmed")


@pytest.mark.parametrize("intent", ["affirm", "deny", "stop", "forget_me", "inform", "nlu_fallback"])
def test_after_the_question_about_deleting_the_answer_goes_to_the_action(
    conversation: Conversation, intent: str
) -> None:
    assert conversation.say("forget_me") == ["action_ask_forget", LISTEN]
    assert conversation.say(intent) == ["action_forget_me", LISTEN]
    assert conversation.say("stop") == ["action_stop_form", LISTEN]


def test_a_warning_before_the_question_about_deleting_leaves_it_open(conversation: Conversation) -> None:
    assert conversation.say("forget_me", CLOT) == [WARN, "action_ask_forget", LISTEN]
    assert conversation.say("affirm") == ["action_forget_me", LISTEN]


def test_any_other_message_closes_the_question_about_deleting(conversation: Conversation) -> None:
    conversation.say("forget_me")
    assert conversation.say("faq") == ["utter_faq", LISTEN]
    assert conversation.slot(DELETION_QUESTION) is None
    assert "action_forget_me" not in conversation.say("affirm")


def test_the_question_about_deleting_closes_a_form(booking: Conversation) -> None:
    assert booking.say("forget_me") == ["action_deactivate_loop", "action_ask_forget", LISTEN]
    assert booking.say("inform") == ["action_forget_me", LISTEN]


def test_without_the_action_server_nothing_is_deleted_and_the_visitor_reads_why(conversation: Conversation) -> None:
    conversation.say("forget_me")
    conversation.down = {"action_forget_me"}
    assert conversation.say("affirm") == ["action_forget_me", UNAVAILABLE, LISTEN]
