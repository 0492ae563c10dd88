"""`python -m tools.bench.parts FILE rasa run ...`: Rasa's server, recording the cost of each part of a turn in FILE.

Each line of FILE is a turn: processor milliseconds of the process by part, each part without those inside it. A turn
lasts until Rasa takes in the next message, so its last part, the HTTP server, holds the answer of one message and the
request of the next. Turns must come one after the other. `tools.bench.turn` starts it and reads the file.
"""

from __future__ import annotations

import functools
import inspect
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

HTTP: Final = "HTTP server, event loop"
TURN: Final = "rest of Rasa: tracker, slots, actions"


class Clock:
    """Charge the time of the process to the running part."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._spent: dict[str, float] = defaultdict(float)
        self._running = [HTTP]
        self._since = time.process_time()
        self._turns = 0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Charge the block to `name`."""
        if name == TURN:
            self._next_turn()
        self._charge()
        self._running.append(name)
        try:
            yield
        finally:
            self._charge()
            self._running.pop()

    def _charge(self) -> None:
        now = time.process_time()
        self._spent[self._running[-1]] += (now - self._since) * 1000
        self._since = now

    def _next_turn(self) -> None:
        self._charge()
        if self._turns:  # before the first there was only the start
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(self._spent) + "\n")
        self._turns += 1
        self._spent.clear()
        self._since = time.process_time()  # writing the line is not the server's work


def charged(clock: Clock, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a method or coroutine so that its time is charged to `name`."""
    if inspect.iscoroutinefunction(method):

        @functools.wraps(method)
        async def waits(*args: Any, **kwargs: Any) -> Any:
            with clock.part(name):
                return await method(*args, **kwargs)

        return waits

    @functools.wraps(method)
    def runs(*args: Any, **kwargs: Any) -> Any:
        with clock.part(name):
            return method(*args, **kwargs)

    return runs


def parts() -> Iterator[tuple[str, object, str]]:
    """Yield what is measured: the part, and the class or module and attribute of its function."""
    from rasa.core.actions.action import RemoteAction
    from rasa.core.policies.memoization import MemoizationPolicy
    from rasa.core.processor import MessageProcessor

    from lamoon.nlu import action_calls
    from lamoon.nlu.candidates import CandidateGenerator, CandidateSelector
    from lamoon.nlu.context import FormAnswers
    from lamoon.nlu.conversation_store import ConversationStore
    from lamoon.nlu.hybrid_classifier import HybridIntentClassifier
    from lamoon.nlu.multi_question_policy import MultiQuestionPolicy
    from lamoon.nlu.preprocessing import FreeText, SpellingRepairComponent
    from lamoon.nlu.safety_screening import SafetyScreening
    from lamoon.nlu.studio_responses import StudioResponses
    from lamoon.understanding.classifier import HybridClassifier
    from lamoon.understanding.encoder import SentenceEncoder

    yield TURN, MessageProcessor, "handle_message"
    for component in (FreeText, CandidateGenerator, CandidateSelector, FormAnswers):
        yield "cleaning, other readings, form", component, "process"
    yield "spelling", SpellingRepairComponent, "process"
    yield "sentence embedding", SentenceEncoder, "encode"
    yield "classifier: kernel over the phrases", HybridClassifier, "_ridge_scores"
    yield "classifier: the rest", HybridIntentClassifier, "process"
    yield "screening", SafetyScreening, "process"
    for policy in (MultiQuestionPolicy, MemoizationPolicy):
        yield "policies", policy, "predict_action_probabilities"
    for access in ("retrieve", "save"):
        yield "conversation store", ConversationStore, access
    yield "call of the action server", RemoteAction, "run"
    yield "check of its answer", action_calls, "_validated"
    yield "replies", StudioResponses, "generate"


def main(arguments: list[str]) -> None:
    """Install the clock and start the server, under the rules of our logs."""
    from lamoon import logs

    clock = Clock(Path(arguments[0]))
    for name, owner, method in parts():
        setattr(owner, method, charged(clock, name, vars(owner)[method]))
    logs.run(arguments[1], arguments[2:])


if __name__ == "__main__":
    main(sys.argv[1:])
