"""OpenTelemetry traces, if `OTEL_EXPORTER_OTLP_ENDPOINT` is set and the packages of requirements/tracing.lock are
installed.

A trace is a turn: the gateway's, Rasa's message in it, and the calls of the action server. Spans contain our own names,
the request's id and times; never words, and of an error only its type. Nothing here costs time if tracing is off.
"""

from __future__ import annotations

import atexit
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from lamoon import request_id

VARIABLE: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
HEADER: Final = "traceparent"
FLUSH_MILLISECONDS: Final = 1_000
"""How long an ending process waits for the collector."""
NOT_INSTALLED: Final = "%s is set, and tracing is not installed. See docs/settings.md, Traces"

log = logging.getLogger("lamoon.tracing")

_parent: ContextVar[str] = ContextVar("parent_span", default="")


class _Tracing:
    """The tracer of this process; None if tracing is off."""

    tracer: Any = None


def start(process: str) -> bool:
    """Start tracing in this process, under the service name `lamoon-<process>`; False if it is off."""
    if not os.environ.get(VARIABLE, "").strip():
        return False
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning(NOT_INSTALLED, VARIABLE)
        return False
    name = os.environ.get("OTEL_SERVICE_NAME", "").strip() or f"lamoon-{process}"
    # Its own shutdown would wait indefinitely for an unreachable collector.
    provider = TracerProvider(resource=Resource.create({"service.name": name}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    atexit.register(provider.force_flush, FLUSH_MILLISECONDS)
    _Tracing.tracer = provider.get_tracer("lamoon")
    return True


def set_parent(header: str | None) -> None:
    """Use the span of another process as the parent of later ones in this task."""
    _parent.set(header or "")


@contextmanager
def span(name: str, *, root: bool = False) -> Iterator[None]:
    """Open a span around the block, below the current one or that of `set_parent`. `root`: starts a new trace."""
    if _Tracing.tracer is None:
        yield
        return
    from opentelemetry import trace
    from opentelemetry.context import Context

    context = Context() if root else _context()
    with _Tracing.tracer.start_as_current_span(
        name, context=context, record_exception=False, set_status_on_exception=False
    ) as current:
        current.set_attribute("lamoon.request_id", request_id.current())
        try:
            yield
        except BaseException as error:
            current.set_attribute("error.type", type(error).__name__)
            current.set_status(trace.StatusCode.ERROR)
            raise


def headers() -> dict[str, str]:
    """Return the header that passes on the current span; empty if there is none."""
    if _Tracing.tracer is None:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    found: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(found)
    return {HEADER: found[HEADER]} if HEADER in found else {}


def _context() -> Any:
    """Return the current span's context, or that of the other process if there is no span yet."""
    from opentelemetry import trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    if trace.get_current_span().get_span_context().is_valid or not _parent.get():
        return None
    return TraceContextTextMapPropagator().extract({HEADER: _parent.get()})
