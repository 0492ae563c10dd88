"""Base class of our actions: they apologise instead of failing, and never log a visitor's words."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from lamoon import tracing

logger = logging.getLogger(__name__)

Events = list[dict[str, Any]]


class SafeAction(Action, ABC):
    """An action whose failure is reported to the visitor."""

    events_on_failure: ClassVar[Events] = []
    """Events after a failure, for an action that has to change the conversation anyway."""

    @abstractmethod
    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utter at least one message and return events."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Run `answer` in a span of its own and catch failures (called by the action server)."""
        with tracing.span(self.name()):
            return self._run(dispatcher, tracker, domain)

    def _run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        try:
            events = self.answer(dispatcher, tracker, domain)
        except Exception as error:
            # Only the type and place: the text of an error may hold the visitor's words.
            where = error.__traceback__.tb_next if error.__traceback__ else None
            logger.error("%s failed: %s in line %s", self.name(), type(error).__name__, where and where.tb_lineno)
            dispatcher.messages.clear()
            events = [*self.events_on_failure]
        if not dispatcher.messages:
            dispatcher.utter_message(response="utter_unavailable")
        return events
