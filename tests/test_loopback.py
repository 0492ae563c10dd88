"""Rasa, with its HTTP API, and the action server take what programs send, and nothing that a web page can send."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from scenarios.assistant import Assistant

JSON = "application/json"
FOREIGN = "https://evil.example"
MESSAGE = b'{"sender": "page", "message": "hi"}'


def addresses(assistant: Assistant) -> list[tuple[str, str]]:
    """Method and address of what does something."""
    rasa, actions = assistant.servers.rasa, assistant.servers.actions
    one = f"{rasa}/webhooks/rest/conversations/page"
    return [
        ("POST", f"{rasa}/webhooks/rest/webhook"),
        ("GET", one),
        ("DELETE", one),
        ("POST", f"{one}/hold"),
        ("POST", f"{one}/later"),
        ("POST", f"{rasa}/model/parse"),
        ("POST", f"{rasa}/conversations/page/messages"),
        ("GET", f"{rasa}/conversations/page/tracker"),
        ("PUT", f"{rasa}/model"),
        ("POST", f"{actions}/webhook"),
        ("GET", f"{actions}/actions"),
    ]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": FOREIGN, "Content-Type": "text/plain"}, 403),
        ({"Origin": FOREIGN, "Content-Type": JSON}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:8080", "Content-Type": JSON}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Host": "evil.example:5005", "Content-Type": JSON}, 421),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "Text/Plain; charset=utf-8"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
    ],
)
def test_what_a_page_can_send_is_refused_everywhere(assistant: Assistant, headers: dict[str, str], status: int) -> None:
    with httpx.Client(trust_env=False, timeout=10) as client:
        for method, address in addresses(assistant):
            answer = client.request(method, address, content=MESSAGE, headers=headers)
            assert answer.status_code == status, address
            assert answer.json()["error"]


def test_nothing_of_a_refused_message_is_kept(assistant: Assistant) -> None:
    rest = f"{assistant.servers.rasa}/webhooks/rest"
    headers = {"Content-Type": "text/plain", "Origin": FOREIGN}
    sent: Any = {"sender": "refused", "message": "hi"}
    assert httpx.post(f"{rest}/webhook", json=sent, headers=headers, trust_env=False).status_code == 403
    assert httpx.get(f"{rest}/conversations/refused", trust_env=False).json() == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "rasa"])
def test_a_program_needs_no_token(assistant: Assistant, host: str) -> None:
    with httpx.Client(trust_env=False, timeout=30, headers={"Host": host}) as client:
        sent = {"sender": "program", "message": "hi"}
        answer = client.post(f"{assistant.servers.rasa}/webhooks/rest/webhook", json=sent)
        assert answer.json()[0]["text"]
        assert client.post(f"{assistant.servers.rasa}/model/parse", json={"text": "hi"}).status_code == 200
        assert client.get(f"{assistant.servers.actions}/actions").status_code == 200
        assert client.delete(f"{assistant.servers.rasa}/webhooks/rest/conversations/program").status_code == 204


def test_a_body_without_a_type_is_taken(assistant: Assistant) -> None:
    """Some programs name none; a page that leaves it out names its origin."""
    address = f"{assistant.servers.rasa}/webhooks/rest/webhook"
    assert httpx.post(address, content=MESSAGE, trust_env=False, timeout=30).status_code == 200
