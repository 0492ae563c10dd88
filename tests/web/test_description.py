"""The gateway against its own description: no 5xx, no answer that is not described, whatever is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from scenarios.servers import free_port
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lamoon.chat.services import build
from lamoon.web.app import make_app
from lamoon.web.chat_api import ChatApi
from lamoon.web.openapi import DOCUMENT
from web.fixtures import FAST, settings_in
from web.serving import ScriptedRasa, Serving
from web.visitor import Visitor

EXAMPLES = 15
UNTESTABLE = ("/chat/stream", "/health")
"""The stream does not end, and without an action server the health page's 503 is right: other tests look at them."""
schema = schemathesis.openapi.from_dict(DOCUMENT).exclude(path=list(UNTESTABLE))


@pytest.fixture(scope="module")
def gateway_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway that is not held back by its limits."""
    with Serving(ScriptedRasa().app) as rasa:
        settings = settings_in(tmp_path_factory.mktemp("description"), rasa.port, **FAST)
        with Serving(make_app(settings)) as serving:
            yield serving.url


@pytest.fixture(scope="module")
def token(gateway_url: str) -> dict[str, str]:
    """A conversation to try things in; when a try deletes it, its token is one of the bad ones."""
    return Visitor(gateway_url).headers


@schema.parametrize()
@examples(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_described(case: schemathesis.Case, gateway_url: str, token: dict[str, str]) -> None:
    answer = case.call(base_url=gateway_url, headers=token)
    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    case.validate_response(answer, checks=checks)


def test_every_address_is_described(tmp_path: Path) -> None:
    services = build(settings_in(tmp_path, free_port()))
    routes = {
        (route.path, method) for route in ChatApi(services).routes for method in route.methods or () if method != "HEAD"
    }
    routes |= {("/health", "GET"), ("/metrics", "GET")}
    described = {(path, method.upper()) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert routes == described
