"""What a monitor wants to know, in Prometheus' format. Nothing of it is about a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from lamoon.gateway.model import Draft

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)


class Metrics:
    """Counters of one gateway."""

    def __init__(
        self, streams: Callable[[], float], waiting: Callable[[], float], rasa_up: Callable[[], float]
    ) -> None:
        self._registry = registry = CollectorRegistry()
        self.messages = Counter("lamoon_messages", "Messages of visitors", registry=registry)
        self.replies = Counter("lamoon_replies", "Replies by kind", ["kind"], registry=registry)
        self.apologies = Counter("lamoon_apologies", "Answers that Rasa did not give", ["reason"], registry=registry)
        self.delayed = Counter("lamoon_delayed", "Messages told to wait for Rasa", ["reason"], registry=registry)
        self.refused = Counter("lamoon_refused", "Requests over a limit", ["limit"], registry=registry)
        self.seconds = Histogram(
            "lamoon_answer_seconds", "From taking up a message to its kept answer", buckets=SECONDS, registry=registry
        )
        for name, what, value in (
            ("lamoon_streams", "Open streams", streams),
            ("lamoon_waiting", "Messages that wait for their answer", waiting),
            ("lamoon_rasa_up", "Whether Rasa was reached the last time", rasa_up),
        ):
            Gauge(name, what, registry=registry).set_function(value)

    def answered(self, drafts: Sequence[Draft], seconds: float) -> None:
        """A message has its answer."""
        self.seconds.observe(seconds)
        for draft in drafts:
            self.replies.labels(draft.kind).inc()

    def page(self) -> bytes:
        """All of them as text."""
        return generate_latest(self._registry)
