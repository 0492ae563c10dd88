"""Traces: off without the packages or the setting; with both, one trace goes through the real processes, without words."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scenarios.servers import Servers, free_port, settings_of
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from web.fixtures import FAST
from web.serving import GatewayProcess, Serving, until
from web.visitor import Visitor

from lamoon import tracing
from lamoon.project import PROJECT
from lamoon.request_id import HEADER

PLANTED = "xyzzyknee"
INSTALLED = importlib.util.find_spec("opentelemetry") is not None
needs_packages = pytest.mark.skipif(not INSTALLED, reason="the packages of requirements/tracing.lock are not installed")


def test_it_is_off_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tracing.VARIABLE, raising=False)
    assert not tracing.start("gateway")
    with tracing.span("turn", root=True):
        assert tracing.headers() == {}
    with pytest.raises(KeyError), tracing.span("turn"):
        raise KeyError


def test_without_the_packages_it_says_so_and_goes_on() -> None:
    program = (
        "import sys, logging\n"
        "sys.modules['opentelemetry'] = None\n"
        "from lamoon import logs, tracing\n"
        "logs.configure('INFO')\n"
        "print(tracing.start('gateway'), tracing.headers())\n"
    )
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), tracing.VARIABLE: "http://127.0.0.1:9"}
    done = subprocess.run([sys.executable, "-c", program], env=variables, capture_output=True, text=True, check=True)
    assert done.stdout == "False {}\n"
    assert "tracing is not installed" in done.stderr


class Collector:
    """Stand where the collector is, and keep what comes."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.app = Starlette(routes=[Route("/v1/traces", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        return Response()

    def spans(self) -> list[dict[str, Any]]:
        """Service, name, trace and attributes of every span."""
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        return [
            {
                "service": next(a.value.string_value for a in one.resource.attributes if a.key == "service.name"),
                "name": span.name,
                "trace": span.trace_id,
                "id": span.span_id,
                "parent": span.parent_span_id,
                **{a.key: a.value.string_value for a in span.attributes},
            }
            for body in self.bodies
            for one in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in one.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def collector() -> Iterator[tuple[Collector, str]]:
    made = Collector()
    with Serving(made.app) as serving:
        yield made, serving.url


@needs_packages
def test_one_trace_goes_through_all_three(collector: tuple[Collector, str], model: Path, tmp_path: Path) -> None:
    kept, address = collector
    variables = settings_of(tmp_path / "data", free_port()) | {
        tracing.VARIABLE: address,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    servers = Servers(variables, tmp_path)
    gateway = GatewayProcess(variables | FAST, tmp_path / "gateway.log")
    name = uuid.uuid4().hex
    try:
        servers.start()
        gateway.start()
        visitor = Visitor(gateway.url)
        visitor.headers[HEADER] = name
        visitor.ask(f"I have a blood clot in my {PLANTED}, what do you know about me?")
        until(lambda: {"lamoon-gateway", "lamoon-rasa", "lamoon-actions"} <= {one["service"] for one in kept.spans()})
        visitor.headers[HEADER] = uuid.uuid4().hex
        visitor.ask("I'd like to book a massage, please")
        until(lambda: "validate_booking_form" in {one["name"] for one in kept.spans()}, "a span of the form")
    finally:
        gateway.stop()
        servers.stop()
    spans = [one for one in kept.spans() if one["lamoon.request_id"] == name]
    turn = next(one for one in spans if one["name"] == "turn")
    message = next(one for one in spans if one["name"] == "message")
    actions = [one for one in spans if one["service"] == "lamoon-actions"]
    assert turn["parent"] == b""
    assert message["parent"] == turn["id"]
    assert all(one["parent"] == message["id"] for one in actions)
    assert {one["trace"] for one in spans} == {turn["trace"]}
    assert not any(PLANTED.encode() in body or b"blood" in body for body in kept.bodies)


@needs_packages
def test_an_error_is_told_by_its_type_and_an_absent_collector_holds_up_nobody() -> None:
    program = (
        "import sys, time\n"
        "from lamoon import tracing\n"
        "assert tracing.start('gateway')\n"
        "try:\n"
        "    with tracing.span('turn'):\n"
        f"        raise ValueError({PLANTED!r})\n"
        "except ValueError:\n"
        "    pass\n"
    )
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join((str(PROJECT), os.environ.get("PYTHONPATH", ""))),
    }
    variables[tracing.VARIABLE] = f"http://127.0.0.1:{free_port()}"
    done = subprocess.run([sys.executable, "-c", program], env=variables, check=False, timeout=15)
    assert done.returncode == 0
