"""Metrics of one gateway for Prometheus: what happened here, and what the database holds for all gateways together.

Names follow Prometheus' convention (unit in the name, `_total` for counters). Labels are of fixed sets, which are there
from the start with 0, so that rates and alerts work before the first event: no words of anybody, no id of a visitor.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from lamoon import __version__
from lamoon.chat.backlog import Backlog
from lamoon.chat.model import Draft
from lamoon.contract import EMERGENCIES, KINDS
from lamoon.errors import StoreError

log = logging.getLogger("lamoon.chat.metrics")

SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)
WAIT_SECONDS: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5)
Result = Literal["answered", "not_in_guide", "fallback", "no_answer"]
"""How a turn ended: not_in_guide: understood, and the guide is silent. fallback: not understood. no_answer: Rasa failed."""
RESULTS: Final[tuple[Result, ...]] = get_args(Result)
LIMITS: Final = (
    "flood", "beginnings", "reading", "conversation", "address", "streams", "signature", "connections", "request",
    "head", "body",
)  # fmt: skip
FAILURES: Final = ("down", "store", "slow", "empty", "failed", "refused")


class Metrics:
    """Counters of one gateway, and gauges of the database that it shares."""

    def __init__(
        self, streams: Callable[[], float], backlog: Callable[[], Backlog], rasa_up: Callable[[], float]
    ) -> None:
        self._registry = registry = CollectorRegistry()
        self.messages = Counter("lamoon_messages", "Messages of visitors", registry=registry)
        self.replies = _counter(registry, "lamoon_replies", "Replies by kind", "kind", KINDS)
        self.turns = _counter(registry, "lamoon_turns", "Turns by how they ended", "result", RESULTS)
        self.alarms = _counter(registry, "lamoon_alarms", "Emergency and crisis texts shown", "kind", EMERGENCIES)
        self.apologies = _counter(registry, "lamoon_apologies", "Answers that Rasa did not give", "reason", FAILURES)
        self.delayed = _counter(registry, "lamoon_delayed", "Messages that had to wait for Rasa", "reason", FAILURES)
        self.refused = _counter(registry, "lamoon_refused", "Requests over a limit", "limit", LIMITS)
        self.database_errors = Counter("lamoon_database_errors", "Failed database operations", registry=registry)
        self.busy_leases = Counter(
            "lamoon_lease_busy", "Leases that another gateway held when they were wanted", registry=registry
        )
        self.seconds = Histogram(
            "lamoon_answer_seconds", "From taking up a message to its kept answer", buckets=SECONDS, registry=registry
        )
        self.lease_seconds = Histogram(
            "lamoon_lease_wait_seconds", "Waiting for a lease", buckets=WAIT_SECONDS, registry=registry
        )
        self.lock_seconds = Histogram(
            "lamoon_database_wait_seconds", "From wanting to write to the database to being let in", buckets=WAIT_SECONDS,
            registry=registry,
        )  # fmt: skip
        for name, what, value in (
            ("lamoon_streams", "Open streams", streams),
            ("lamoon_rasa_up", "Whether Rasa was reached the last time", rasa_up),
        ):
            Gauge(name, what, registry=registry).set_function(value)
        version = Gauge("lamoon_build_info", "1, and the version of the gateway", ["version"], registry=registry)
        version.labels(__version__).set(1)
        registry.register(_DatabaseGauges(backlog))

    def answered(self, drafts: Sequence[Draft], seconds: float, details: Mapping[str, Any]) -> None:
        """Counts an answered message; `details` is Rasa's explanation, {} when it gave no answer."""
        self.seconds.observe(seconds)
        self.turns.labels(result_of(details)).inc()
        self.shown(drafts)
        for draft in drafts:
            self.replies.labels(draft.kind).inc()

    def shown(self, drafts: Iterable[Draft]) -> None:
        """Counts the emergency and crisis texts among what was shown."""
        for draft in drafts:
            if draft.kind in EMERGENCIES:
                self.alarms.labels(draft.kind).inc()

    def leased(self, seconds: float, *, granted: bool) -> None:
        """Counts a lease that was asked for."""
        self.lease_seconds.observe(seconds)
        if not granted:
            self.busy_leases.inc()

    def page(self) -> bytes:
        """The metrics page. It blocks: the gauges of the database are read now."""
        return generate_latest(self._registry)


def result_of(details: Mapping[str, Any]) -> Result:
    """How a turn ended, by its explanation; the figures page of the desk counts the same."""
    label = str(details.get("label") or "")
    if not label:
        return "no_answer"
    if label == "nlu_fallback":
        return "fallback"
    return "not_in_guide" if label.startswith("out_of_scope") else "answered"


def _counter(registry: CollectorRegistry, name: str, what: str, label: str, values: Iterable[str]) -> Counter:
    counter = Counter(name, what, [label], registry=registry)
    for value in values:
        counter.labels(value)
    return counter


class _DatabaseGauges(Collector):
    """Read when the page is asked for. While the database is down only `lamoon_database_up` is there, at 0."""

    def __init__(self, backlog: Callable[[], Backlog]) -> None:
        self._backlog = backlog

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing: else the registry would read the database when this is registered."""
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """All gauges."""
        try:
            found = self._backlog()
        except StoreError as error:
            log.warning("The metrics lack what the database holds: %s", error)
            yield GaugeMetricFamily("lamoon_database_up", "Whether the database answered", 0)
            return
        yield GaugeMetricFamily("lamoon_database_up", "Whether the database answered", 1)
        for name, what, value in (
            ("lamoon_waiting", "Messages that wait for their answer", found.waiting),
            ("lamoon_waiting_oldest_seconds", "Age of the oldest message whose turn has come", found.oldest_message),
            ("lamoon_outbox_oldest_due_seconds", "How long the oldest due notice is overdue", found.oldest_notice),
            ("lamoon_erasures_waiting", "Conversations that Rasa still has to forget", found.erasures),
            ("lamoon_leases_held", "Leases that some process holds", found.leases),
            ("lamoon_database_lock_waiters", "Sessions that wait for a lock of the database", found.lock_waiters),
        ):
            yield GaugeMetricFamily(name, what, value)
        yield _family("lamoon_outbox_notices", "Notices of the outbox not delivered yet", found.notices)
        yield _family("lamoon_deliveries", "Messages to platforms not delivered yet", found.deliveries)
        if found.calendar_age is not None:
            yield GaugeMetricFamily("lamoon_calendar_age_seconds", "Age of the calendar's copy", found.calendar_age)


def _family(name: str, what: str, values: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=["state"])
    for state, value in values.items():
        family.add_metric([state], value)
    return family
