"""What every request passes: origins, headers, policies of pages."""

from __future__ import annotations

import re
import socket

import httpx
import pytest

from lamoon.settings import load_settings
from lamoon.web.guards import HEADERS, PAGE_POLICY, own_names
from web.fixtures import Front

ALLOWED, FOREIGN = "https://studio.example", "https://evil.example"


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/widget.js", "/chat/studio", "/metrics", "/nothing"])
def test_security_headers_are_on_every_answer(front: Front, path: str) -> None:
    answer = httpx.get(f"{front.url}{path}", trust_env=False)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_have_a_strict_policy_and_hold_to_it(front: Front, path: str) -> None:
    answer = httpx.get(f"{front.url}{path}", trust_env=False)
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == PAGE_POLICY
    assert "unsafe" not in PAGE_POLICY
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", answer.text)
    for source in re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"', answer.text):
        found = httpx.get(httpx.URL(answer.url).join(source), trust_env=False)
        assert found.status_code == 200, source


def test_the_docs_page_names_every_address(front: Front) -> None:
    page = httpx.get(f"{front.url}/docs", trust_env=False).text
    for path in httpx.get(f"{front.url}/openapi.json", trust_env=False).json()["paths"]:
        assert path in page


def test_the_widget_may_be_loaded_by_other_pages(front: Front) -> None:
    answer = httpx.get(f"{front.url}/widget.js", trust_env=False)
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("origin", [FOREIGN, "null", "https://studio.example.evil.example", "http://studio.example"])
def test_a_foreign_page_is_refused(front: Front, origin: str) -> None:
    answer = httpx.post(f"{front.url}/chat/conversations", headers={"Origin": origin}, trust_env=False)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "origin_not_allowed"
    assert "access-control-allow-origin" not in answer.headers


def test_an_allowed_page_and_our_own_are_let_in(front: Front) -> None:
    allowed = httpx.post(f"{front.url}/chat/conversations", headers={"Origin": ALLOWED}, trust_env=False)
    assert allowed.status_code == 201
    assert allowed.headers["access-control-allow-origin"] == ALLOWED
    assert "access-control-allow-credentials" not in allowed.headers
    assert (
        httpx.post(f"{front.url}/chat/conversations", headers={"Origin": front.url}, trust_env=False).status_code == 201
    )


def test_our_own_page_is_ours_behind_a_proxy_that_speaks_https(front: Front) -> None:
    host = front.url.removeprefix("http://")
    answer = httpx.post(f"{front.url}/chat/conversations", headers={"Origin": f"https://{host}"}, trust_env=False)
    assert answer.status_code == 201
    assert "access-control-allow-origin" not in answer.headers


def test_a_browser_s_question_before_a_request_is_answered(front: Front) -> None:
    ask = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "authorization,last-event-id"}
    answer = httpx.options(f"{front.url}/chat/conversation", headers=ask | {"Origin": ALLOWED}, trust_env=False)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ALLOWED
    refused = httpx.options(f"{front.url}/chat/conversation", headers=ask | {"Origin": FOREIGN}, trust_env=False)
    assert refused.status_code == 403


@pytest.mark.parametrize("path", ["/pages/../app.py", "/static/..%2f..%2fstudio.yml", "/docs/docs.css/../../app.py"])
def test_no_file_beside_the_pages_can_be_had(front: Front, path: str) -> None:
    with httpx.Client(trust_env=False) as client:
        answer = client.send(client.build_request("GET", f"{front.url}{path}"))
    assert answer.status_code == 404


def test_private_answers_are_not_kept_by_browsers(front: Front) -> None:
    visitor = front.visitor()
    for answer in (visitor.get("messages"), visitor.get("transcript"), visitor.send("hi")):
        assert answer.headers["cache-control"] == "no-store"


def test_metrics_count_what_happens(front: Front) -> None:
    front.visitor().ask("hi")
    page = httpx.get(f"{front.url}/metrics", trust_env=False)
    assert page.headers["content-type"].startswith("text/plain")
    for line in ("lamoon_messages_total 1.0", 'lamoon_replies_total{kind="text"} 1.0', "lamoon_waiting 0.0"):
        assert line in page.text


def front_as(front: Front, host: str, path: str = "/chat/studio", **headers: str) -> httpx.Response:
    """What a request for `host` gets."""
    return httpx.get(f"{front.url}{path}", headers={"Host": host, **headers}, trust_env=False)


@pytest.mark.parametrize("path", ["/", "/chat/studio", "/health", "/desk", "/webhooks/telegram", "/pages", "/nothing"])
def test_a_name_that_is_not_ours_is_refused_everywhere(front: Front, path: str) -> None:
    answer = front_as(front, "evil.example:8080", path)
    assert answer.status_code == 421
    assert answer.json()["error"]["code"] == "wrong_host"
    assert "LAMOON_PUBLIC_URL" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example@evil.example"]
)
def test_a_page_under_a_name_that_points_at_us_begins_nothing(front: Front, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}
    answer = httpx.post(f"{front.url}/chat/conversations", headers=headers, trust_env=False)
    assert answer.status_code == 421


def test_two_hosts_are_refused(front: Front) -> None:
    with socket.create_connection(("127.0.0.1", int(front.url.rpartition(":")[2]))) as connection:
        connection.sendall(b"GET /chat/studio HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 421")


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8080",
        "LOCALHOST",
        "127.0.0.1:8080",
        "[::1]:8080",
        "192.168.1.20:8080",
        "10.0.0.7",
        "reception",
        "studio.example",
    ],
)
def test_our_own_names_and_addresses_are_ours(front: Front, host: str) -> None:
    assert front_as(front, host).status_code == 200
    begun = httpx.post(
        f"{front.url}/chat/conversations", headers={"Host": host, "Origin": f"http://{host}"}, trust_env=False
    )
    assert begun.status_code == 201


def test_the_public_address_and_this_machine_s_name_are_ours() -> None:
    settings = load_settings({"LAMOON_PUBLIC_URL": "https://Chat.Example.com:8443/", "LAMOON_ALLOWED_ORIGINS": ""})
    assert own_names(settings) >= {"chat.example.com", socket.gethostname().lower()}
    for nonsense in ("", "chat.example.com", "http://[x"):
        assert own_names(load_settings({"LAMOON_PUBLIC_URL": nonsense})) == own_names(load_settings({}))


@pytest.mark.parametrize("path", ["/pages", "/static", "/docs/", "/chat/studio/", "/metrics/"])
def test_nobody_is_sent_to_the_host_of_the_request(front: Front, path: str) -> None:
    answer = front_as(front, "203.0.113.66", path)
    assert answer.status_code == 404
    assert "location" not in answer.headers


@pytest.mark.parametrize("path", ["/docs/docs.html.jinja", "/docs/docs.html.jinja/", "/docs/%64ocs.html.jinja"])
def test_the_sources_of_pages_are_not_served(front: Front, path: str) -> None:
    assert httpx.get(f"{front.url}{path}", trust_env=False).status_code == 404
