"""The whole way: visitor, gateway, Rasa, action server and back."""

from __future__ import annotations

import uuid

import httpx
import pytest
from scenarios.assistant import Assistant

from lamoon.chat.limits import LONGEST
from lamoon.nlu.rest_channel import MAX_MESSAGE
from lamoon.screening.screener import MAX_LENGTH
from tools.bench.load.__main__ import drive
from tools.bench.load.layouts import Running
from tools.bench.load.scripts import endless, load_scripts
from web.serving import GatewayProcess, until
from web.visitor import Visitor


def text_of(message: dict) -> str:
    """All text of a message's tree."""

    def read(nodes: list[dict]) -> str:
        return "".join(node.get("v", "") + read(node.get("c", [])) for node in nodes)

    return read(message["body"])


def test_a_greeting_comes_back_with_signed_choices_that_work(talk: Visitor) -> None:
    (hello,) = talk.ask("hi")
    assert "welcome to La Moon Massage and Facial" in text_of(hello)
    hurts = next(choice for choice in hello["choices"] if choice["title"] == "Does it hurt?")
    sent = talk.post("messages", client_id=str(uuid.uuid4()), choice=hurts["choice"])
    assert sent.status_code == 202
    (answer,) = talk.replies(sent.json()["id"])
    assert answer["source"]["topic"] == "does_it_hurt"
    clicked = next(message for message in talk.messages() if message["id"] == sent.json()["id"])
    assert text_of(clicked) == "Does it hurt?"


def test_an_emergency_is_a_card_whose_number_can_be_called(talk: Visitor) -> None:
    (card,) = talk.ask("i have crushing chest pain and can't breathe")
    assert card["kind"] == "emergency"
    assert "tel:911" in str(card["body"])


def test_despair_is_a_card_with_the_crisis_line(talk: Visitor) -> None:
    (card,) = talk.ask("I want to kill myself")
    assert card["kind"] == "crisis"
    assert "tel:988" in str(card["body"])


def test_a_contraindication_is_a_warning_before_the_answer(talk: Visitor) -> None:
    first, second = talk.ask("does it hurt? i had a blood clot last year")
    assert (first["kind"], second["kind"]) == ("warning", "text")


def test_the_health_page_says_that_a_real_message_is_answered(
    assistant: Assistant, gateway_of_assistant: GatewayProcess
) -> None:
    answer = httpx.get(f"{gateway_of_assistant.url}/health", trust_env=False, timeout=20)
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert set(answer.json()["parts"].values()) == {"ok"}


def test_deleting_leaves_nothing_with_rasa_the_store_or_the_requests(assistant: Assistant, talk: Visitor) -> None:
    sender = f"web-{talk.conversation}-0"
    talk.ask("hello")
    left = talk.post(
        "message-to-team",
        client_id=str(uuid.uuid4()),
        name="Maria",
        contact="maria@example.com",
        text="Please call me",
        consent=True,
    )
    assert left.status_code == 202
    assert assistant.events_kept(sender) > 0
    assert [request.reference for request in assistant.requests(sender)] == [left.json()["reference"]]
    assert talk.delete(requests="withdraw").status_code == 204
    until(lambda: assistant.events_kept(sender) == 0, "Rasa to forget")
    until(lambda: assistant.requests(sender) == [], "the requests to go")
    assert talk.get("messages").json()["error"]["code"] == "conversation_deleted"


def test_forgetting_in_words_deletes_what_the_gateway_keeps_too(assistant: Assistant, talk: Visitor) -> None:
    talk.ask("hello zanzibar")
    with talk.listening() as stream:
        (question,) = talk.ask("delete my data")
        assert [choice["title"] for choice in question["choices"]] == ["Yes, delete it", "No, keep it"]
        last = talk.send("Yes, delete it").json()["id"]
        until(lambda: "deleted this conversation" in str(stream.messages[-1:]), "the answer")
        kept = talk.messages()
        assert [message["from"] for message in kept] == ["bot"]
        assert kept[0]["id"] > last
        until(lambda: stream.named("status")[-1]["shown_from"] == kept[0]["id"], "the status")
    assert "zanzibar" not in talk.get("transcript").text


def test_starting_over_makes_rasa_forget_the_form(talk: Visitor) -> None:
    talk.ask("I'd like to book a session")
    assert talk.post("restart").status_code == 204
    (notice,) = talk.messages()
    assert (notice["from"], notice["kind"]) == ("system", "notice")
    (hello,) = talk.ask("hi")
    assert "What name" not in text_of(hello)


def test_the_same_message_again_is_heard_once_by_rasa(assistant: Assistant) -> None:
    sender = f"again-{uuid.uuid4().hex}"
    body = {"sender": sender, "message": "I'd like to book a session", "metadata": {"message_id": 7}}
    first = assistant.http.post("/webhooks/rest/webhook", json=body).json()
    again = assistant.http.post("/webhooks/rest/webhook", json=body | {"again": True}).json()
    assert [reply["text"] for reply in again] == [reply["text"] for reply in first]
    assert [reply.get("buttons") for reply in again] == [reply.get("buttons") for reply in first]
    assert all(reply["metadata"]["utter_action"] for reply in again)
    tracker = assistant.http.get(f"/conversations/{sender}/tracker").json()
    assert [event["event"] for event in tracker["events"]].count("user") == 1


def test_a_message_that_rasa_never_heard_is_handled_when_sent_again(assistant: Assistant) -> None:
    body = {"sender": f"new-{uuid.uuid4().hex}", "message": "hi", "metadata": {"message_id": 8}, "again": True}
    assert "welcome" in assistant.http.post("/webhooks/rest/webhook", json=body).text


def test_a_message_is_screened_without_being_heard(assistant: Assistant) -> None:
    def outcome(text: str) -> str:
        return assistant.http.post("/webhooks/rest/screening", json={"message": text}).json()["outcome"]

    assert outcome("i have crushing chest pain and can't breathe") == "emergency"
    assert outcome("I want to kill myself") == "emergency"
    assert outcome("i had a blood clot last year") == "warn"
    assert outcome("does it hurt?") == "none"


def test_messages_are_read_by_the_rules_alone(assistant: Assistant) -> None:
    texts = ["does it hurt?", "i have crushing chest pain and can't breathe", "i had a blood clot last year"]
    answer = assistant.http.post("/webhooks/rest/triage", json={"messages": texts})
    assert answer.json() == {"outcomes": ["none", "emergency", "warn"]}


@pytest.mark.parametrize(
    "body", [{}, [], {"messages": "hi"}, {"messages": [7]}, {"messages": ["x" * (MAX_MESSAGE + 1)]}]
)
def test_what_are_no_messages_is_not_read(assistant: Assistant, body: object) -> None:
    answer = assistant.http.post("/webhooks/rest/triage", json=body)
    assert (answer.status_code, "messages" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize("body", [{}, [], {"message": 7}, {"message": "x" * (MAX_MESSAGE + 1)}])
def test_what_is_no_message_is_not_screened(assistant: Assistant, body: object) -> None:
    answer = assistant.http.post("/webhooks/rest/screening", json=body)
    assert (answer.status_code, "message" in answer.json()["error"]) == (400, True)


def test_what_the_gateway_takes_rasa_reads_and_screening_reads_to_its_end() -> None:
    assert LONGEST == MAX_MESSAGE == MAX_LENGTH


def test_the_last_reply_says_on_request_why_it_came(assistant: Assistant) -> None:
    body = {"sender": f"why-{uuid.uuid4().hex}", "message": "does it hurt? i had a blood clot", "explain": True}
    replies = assistant.http.post("/webhooks/rest/webhook", json=body).json()
    turn = replies[-1]["metadata"]["turn"]
    assert (turn["label"], turn["safety"]["outcome"]) == ("faq/does_it_hurt", "warn")
    assert turn["actions"][0]["name"] == "action_warn_contraindication"
    plain = assistant.http.post("/webhooks/rest/webhook", json=body | {"explain": False}).json()
    assert "turn" not in plain[-1]["metadata"]


def test_the_load_bench_plays_scenarios_here_and_loses_none(
    talk: Visitor, gateway_of_assistant: GatewayProcess
) -> None:
    pids = {"gateway": [gateway_of_assistant.pid]}
    quick = [script for script in load_scripts() if script.name.startswith(("happy_path/follow", "digressions/help"))]
    found = drive("here", Running([gateway_of_assistant.url], pids), endless(quick, 1), visitors=2, seconds=1.5)
    assert found.turns >= 2
    assert found.lost == {}
    assert found.processor["gateway"] > 0
    assert found.p50 <= found.p95 <= found.p99
